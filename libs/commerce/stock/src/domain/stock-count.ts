import { DomainError, type Cause } from '#kernel';
import { type StockEvent } from './stock-messages.js';
import { onHandChange, type StockItem } from './stock-state.js';

interface StockCount {
  readonly countId: string;
  readonly counted: number;
  readonly asOf: string;
  readonly sourceSeq: number;
}

/**
 * A count says how many units were on hand at the instant `asOf`. It does not undo movements that happened later, whenever
 * they are recorded:
 *
 *   difference = counted − (on hand − Σ movements after asOf)
 *
 * @throws DomainError `count-stale`, `count-in-future`, `count-too-old`
 */
export const reconcileCount = (count: StockCount, item: Readonly<StockItem>, cause: Cause): StockEvent[] => {
  if (count.countId === item.lastCount?.countId) return [];
  checkCountIsTimely(count, item, cause);
  let onHandThen = item.onHand;
  for (const { at, change } of item.movements) if (at > count.asOf) onHandThen -= change;
  const counted: StockEvent = { type: 'StockCounted', data: { ...count } };
  const difference = count.counted - onHandThen;
  return difference === 0 ? [counted] : [counted, countCorrection(difference, count.countId)];
};

/**
 * Undoes movements that happened before the last count but are recorded after it, for example by an offline till: the count
 * has seen their effect already.
 */
export const correctForLastCount = (
  events: readonly StockEvent[],
  { lastCount }: Readonly<StockItem>,
  cause: Cause,
): StockEvent[] => {
  if (!lastCount || cause.occurredAt >= lastCount.asOf) return [];
  const change = events.reduce((sum, event) => sum + onHandChange(event), 0);
  return change === 0 ? [] : [countCorrection(-change, lastCount.countId)];
};

const countCorrection = (delta: number, countId: string): StockEvent => ({
  type: 'StockAdjusted',
  data: { delta, reason: 'count', ref: countId },
});

const checkCountIsTimely = ({ asOf, sourceSeq }: StockCount, item: Readonly<StockItem>, cause: Cause) => {
  const lastSeq = item.countSeqs.get(cause.channel);
  if (lastSeq !== undefined && sourceSeq <= lastSeq) {
    throw new DomainError('count-stale', `Count ${sourceSeq} is not newer than count ${lastSeq} of the same channel`, {
      lastSeq,
    });
  }
  if (item.lastCount && asOf < item.lastCount.asOf) {
    const lastAsOf = item.lastCount.asOf;
    throw new DomainError('count-stale', `A count as of ${lastAsOf} was recorded already`, { lastAsOf });
  }
  if (asOf > cause.occurredAt) {
    throw new DomainError('count-in-future', `The count is as of ${asOf}, which is later than it was sent`);
  }
  if (asOf < item.movementsKnownAfter) {
    const earliest = item.movementsKnownAfter;
    throw new DomainError('count-too-old', `Too much has moved since ${asOf}: count as of ${earliest} or later`, {
      earliest,
    });
  }
};

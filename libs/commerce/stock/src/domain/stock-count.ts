import { DomainError, type Cause } from '#kernel';
import { type StockEvent } from './stock-messages.js';
import { movementOf, type StockItem } from './stock-state.js';

interface Count {
  readonly countId: string;
  readonly counted: number;
  readonly asOf: string;
  readonly sourceSeq: number;
}

/**
 * A count says what was there as of an instant. Movements after it are kept, whenever they are recorded:
 *
 *   difference = counted − (on hand − Σ movements after asOf)
 */
export const reconcile = (count: Count, item: Readonly<StockItem>, cause: Cause): StockEvent[] => {
  if (count.countId === item.lastCount?.countId) return [];
  checkTimely(count, item, cause);
  let then = item.onHand;
  for (const { at, change } of item.movements) if (at > count.asOf) then -= change;
  const counted: StockEvent = { type: 'StockCounted', data: { ...count } };
  return count.counted === then ? [counted] : [counted, found(count.counted - then, count.countId)];
};

/** What a count has already seen must not be counted again when the fact of it arrives late, say from an offline till. */
export const seenByCount = (events: readonly StockEvent[], item: Readonly<StockItem>, cause: Cause): StockEvent[] => {
  const { lastCount } = item;
  if (!lastCount || cause.occurredAt >= lastCount.asOf) return [];
  const moved = events.reduce((all, event) => all + movementOf(event), 0);
  return moved === 0 ? [] : [found(-moved, lastCount.countId)];
};

const found = (delta: number, countId: string): StockEvent => ({
  type: 'StockAdjusted',
  data: { delta, reason: 'count', ref: countId },
});

const checkTimely = ({ asOf, sourceSeq }: Count, item: Readonly<StockItem>, cause: Cause) => {
  const lastSeq = item.countSeqs.get(cause.channel);
  if (lastSeq !== undefined && sourceSeq <= lastSeq) {
    throw new DomainError('count-stale', `Count ${sourceSeq} comes after count ${lastSeq} was taken`, { lastSeq });
  }
  if (item.lastCount && asOf < item.lastCount.asOf) {
    const lastAsOf = item.lastCount.asOf;
    throw new DomainError('count-stale', `A count as of ${lastAsOf} was recorded already`, { lastAsOf });
  }
  if (asOf > cause.occurredAt) throw new DomainError('count-in-future', `Nobody can count as of ${asOf} yet`);
  if (asOf < item.movementsKnownAfter) {
    const earliest = item.movementsKnownAfter;
    throw new DomainError('count-too-old', `Too much has moved since ${asOf}: count as of ${earliest} or later`, {
      earliest,
    });
  }
};

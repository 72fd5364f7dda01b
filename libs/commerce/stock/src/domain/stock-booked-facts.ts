import { DomainError } from '#kernel';
import { type StockEvent } from './stock-messages.js';
import { MIN_FACTS_REMEMBERED, quantityChanges, type StockItem } from './stock-state.js';

/**
 * Whether a fact with this identity was booked before.
 *
 * @throws DomainError `fact-id-reused` if a different fact was booked under the same identity. One of the two is wrong, and
 *   only their sender knows which; the mistake is corrected by AdjustStock.
 */
export const isAlreadyBooked = (fact: StockEvent, { bookedFacts }: Readonly<StockItem>): boolean => {
  const factId = factIdOf(fact);
  if (factId === undefined) return false;
  const booked = bookedFacts.recent.get(factId) ?? bookedFacts.older.get(factId);
  if (booked === undefined) return false;
  if (booked === factContent(fact)) return true;
  throw new DomainError('fact-id-reused', `${factId} was booked before with other content`, { factId });
};

export const rememberFact = (item: StockItem, fact: StockEvent): void => {
  const factId = factIdOf(fact);
  if (factId === undefined) return;
  item.bookedFacts.recent.set(factId, factContent(fact));
  if (item.bookedFacts.recent.size < MIN_FACTS_REMEMBERED) return;
  item.bookedFacts = { recent: new Map(), older: item.bookedFacts.recent };
};

const factIdOf = ({ data }: StockEvent) => ('factId' in data ? data.factId : undefined);

/** A fact that is reported twice must have the same type and change the same quantities; documents may differ. */
const factContent = (event: StockEvent) => {
  const { onHand = 0, unavailable = 0 } = quantityChanges(event);
  return `${event.type} ${onHand} ${unavailable}`;
};

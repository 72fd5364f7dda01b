import { DomainError } from '#kernel';
import { type StockEvent } from './stock-messages.js';
import { effectOf, FACTS, type StockItem } from './stock-state.js';

const factIdOf = ({ data }: StockEvent) => ('factId' in data ? data.factId : undefined);

/** What a fact did: said again under the same name, it must say the same. */
const contentOf = (event: StockEvent) => {
  const { onHand = 0, unavailable = 0 } = effectOf(event);
  return `${event.type} ${onHand} ${unavailable}`;
};

/**
 * Whether a named fact has been booked before.
 * @throws DomainError when another fact was booked under its name: one of the two is wrong, and only who told them knows
 *   which. A mistake is put right by AdjustStock.
 */
export const isBooked = (fact: StockEvent, { facts }: Readonly<StockItem>): boolean => {
  const factId = factIdOf(fact);
  const known = factId === undefined ? undefined : (facts.recent.get(factId) ?? facts.older.get(factId));
  if (factId === undefined || known === undefined) return false;
  if (known === contentOf(fact)) return true;
  throw new DomainError('fact-id-reused', `${factId} was booked before, as something else`, { factId });
};

export const remember = (item: StockItem, fact: StockEvent): void => {
  const factId = factIdOf(fact);
  if (factId === undefined) return;
  item.facts.recent.set(factId, contentOf(fact));
  if (item.facts.recent.size >= FACTS) item.facts = { recent: new Map(), older: item.facts.recent };
};

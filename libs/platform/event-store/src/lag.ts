import { type EventStore } from './port.js';
import { type Position } from './position.js';

/** What a consumer has yet to handle. */
export interface Lag {
  /** Events of its categories, counted up to {@link MOST_COUNTED}. */
  readonly events: number;
  /** Age of the oldest of them; 0 when there is none. */
  readonly seconds: number;
}

/** A consumer that has more before it is far behind: how far no longer matters. */
export const MOST_COUNTED = 1_000;

/** @param after everything up to here is handled @throws Error when the store does not answer */
export const lagOf = async (store: EventStore, after: Position, categories: readonly string[]): Promise<Lag> => {
  let events = 0;
  let oldest: number | undefined;
  for await (const { recordedAt } of store.readAll(after, categories)) {
    oldest ??= recordedAt;
    if (++events === MOST_COUNTED) break;
  }
  return { events, seconds: oldest === undefined ? 0 : Math.max(0, Date.now() - oldest) / 1000 };
};

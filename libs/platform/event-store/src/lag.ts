import { type EventStore } from './port.js';
import { type Position } from './position.js';

/** How far a consumer is behind the log. */
export interface Lag {
  /** Events of its categories that it has not handled, counted up to {@link MAX_COUNTED_EVENTS}. */
  readonly events: number;
  /** Age of the oldest of these events in seconds; 0 if there is none. */
  readonly seconds: number;
}

/** Counting stops here: the exact lag of a consumer that is far behind does not matter. */
export const MAX_COUNTED_EVENTS = 1_000;

/** @param after position up to which everything is handled @throws Error when the store does not answer */
export const measureLag = async (store: EventStore, after: Position, categories: readonly string[]): Promise<Lag> => {
  let events = 0;
  let oldest: number | undefined;
  for await (const { recordedAt } of store.readAll(after, categories)) {
    oldest ??= recordedAt;
    if (++events === MAX_COUNTED_EVENTS) break;
  }
  return { events, seconds: oldest === undefined ? 0 : Math.max(0, Date.now() - oldest) / 1000 };
};

import { type Position } from '#event-store';

/** The health of the event store. */
export abstract class EventStoreHealth {
  /** The number of subscriptions that have ended and were opened again without their consumers noticing. */
  abstract readonly resubscriptions: number;

  /** Position of the newest event of these categories. */
  abstract head(categories: readonly string[]): Promise<Position>;

  /** Whether events can be read and written now. @throws Error within 2 s, with a sentence that says why not */
  abstract check(): Promise<void>;
}

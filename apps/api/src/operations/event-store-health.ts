import { type Position } from '#event-store';

/** Whether the event store serves. */
export abstract class EventStoreHealth {
  /** How many subscriptions have ended that were opened again below their consumers. */
  abstract readonly resubscriptions: number;

  /** Position of the newest event of these categories. */
  abstract head(categories: readonly string[]): Promise<Position>;

  /** Whether an event stands at the position. */
  abstract contains(position: Position): Promise<boolean>;

  /** Whether events can be read and written now. @throws Error within 2 s, with a sentence that says why not */
  abstract check(): Promise<void>;
}

import { type EntityManager } from 'typeorm';
import { type PublishedEvent } from './published-event.js';

/** Someone who reads published events. */
export interface PublishedConsumer {
  /** Stable: names its inbox, its group in Kafka and its metrics. */
  readonly name: string;
  /** Of the streams that it reads. It must take all events of a stream: completeness is proven by their revisions. */
  readonly categories: readonly string[];
  /**
   * All effects are rows written with `tx`: they are kept together with the inbox, or not at all, so each event has its
   * effect exactly once. What goes out to others is put in an outbox. Throws for an event that it cannot digest: its
   * stream is parked then, and the others go on.
   */
  handle(event: PublishedEvent, tx: EntityManager): Promise<void>;
}

export interface ConsumptionStatus {
  readonly name: string;
  readonly state: string;
  /** Events, or positions of the log, that it does not have yet. */
  readonly lag: number;
  /** When the newest event that it has was recorded, milliseconds since 1970; undefined before the first. */
  readonly newestAt: number | undefined;
  readonly lastError: unknown;
}

/** A consumer at work. */
export interface Consumption {
  /** Runs until `signal` aborts and the batch in hand is kept. Never rejects: every failure is tried again. */
  run(signal: AbortSignal): Promise<void>;
  status(): Promise<ConsumptionStatus>;
}

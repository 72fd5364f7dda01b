import { type EntityManager } from 'typeorm';
import { type PublishedEvent } from './published-event.js';

/** Reacts to published events. */
export interface PublishedEventConsumer {
  /** Names the consumer's inbox, its group in Kafka and its metrics, so it must not change later. */
  readonly name: string;
  /** Categories of the streams to read. All events of such a stream are delivered: their revisions prove that none is missing. */
  readonly categories: readonly string[];
  /**
   * Writes all effects of the event with `tx`. They are committed together with the inbox, so each event has its effect
   * exactly once. Messages to partners are added to the outbox.
   * @throws TransientError to have the event delivered again after a pause
   * @throws Error for an event that cannot be handled: its stream is parked, and other streams go on
   */
  handle(event: PublishedEvent, tx: EntityManager): Promise<void>;
}

export interface SubscriptionStatus {
  /** Name of the consumer. */
  readonly name: string;
  readonly state: string;
  /** Events that the consumer has not handled yet. From the log they are counted up to 1,000. */
  readonly lag: number;
  /** When the newest handled event was recorded, in milliseconds since 1970; undefined before the first. */
  readonly newestAt: number | undefined;
  /** Why reading last failed, until it works again. */
  readonly lastError: unknown;
}

/** Delivers published events to one consumer through its inbox. */
export interface EventSubscription {
  /** Returns once `signal` has aborted and the current batch is committed. Never rejects: every failure is tried again. */
  run(signal: AbortSignal): Promise<void>;
  status(): Promise<SubscriptionStatus>;
}

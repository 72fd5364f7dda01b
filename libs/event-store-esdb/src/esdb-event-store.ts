import { BACKWARDS, END, EventStoreDBClient, StreamDeletedError, StreamNotFoundError } from '@eventstore/db-client';
import {
  EventStore,
  StreamMissing,
  StreamTombstoned,
  type Appended,
  type Batch,
  type NewEvent,
  type Recorded,
  type Retention,
  type Retentions,
  type SubscribeOptions,
} from '#event-store';
import { Appender, dispose } from './appender.js';
import { inTime } from './in-time.js';
import { fromStore, positionOf } from './recorded.js';
import { followRetentions, readRetention } from './retentions.js';
import { SharedReading } from './shared-reading.js';
import { Subscription } from './subscription.js';

export interface EsdbOptions {
  /** After this an append without an answer is `unknown`, and a read without progress fails. Default 5 s. */
  readonly appendTimeoutMs?: number;
  /** After this a silent subscription is asked for again, and fails if that is not answered either. Default 15 s. */
  readonly silenceMs?: number;
}

/** The log in EventStoreDB. One for a process: the client's appends share a fate, see {@link Appender}. */
export class EsdbEventStore extends EventStore {
  private readonly appender: Appender;
  private readonly reader: EventStoreDBClient;
  private readonly closing = new AbortController();
  private readonly shared = new SharedReading(
    (after, options) => this.subscription(after, options),
    () => this.head(),
  );

  private constructor(
    connect: () => EventStoreDBClient,
    private readonly timeoutMs: number,
    private readonly silenceMs: number,
  ) {
    super();
    this.appender = new Appender(connect, timeoutMs);
    this.reader = connect();
  }

  /**
   * Connects at the first use, and again after every failure.
   * @param url a connection string, for example `esdb://127.0.0.1:2113?tls=false`
   */
  static connect(url: string, { appendTimeoutMs = 5000, silenceMs = 15_000 }: EsdbOptions = {}) {
    return new EsdbEventStore(() => EventStoreDBClient.connectionString(url), appendTimeoutMs, silenceMs);
  }

  override append(stream: string, expectedRevision: number, events: readonly NewEvent[]): Promise<Appended> {
    return this.appender.append(stream, expectedRevision, events);
  }

  override async *read(stream: string, from = 0): AsyncIterable<Recorded> {
    const reading = this.reader.readStream(stream, { fromRevision: BigInt(from) });
    try {
      for await (const { event } of inTime(reading, this.timeoutMs)) if (event) yield fromStore(event);
    } catch (error) {
      if (error instanceof StreamDeletedError) throw new StreamTombstoned(stream);
      if (!(error instanceof StreamNotFoundError)) throw error;
      if (from > 0) throw new StreamMissing(stream);
    }
  }

  override retentionOf(stream: string): Promise<Retention | undefined> {
    return readRetention(this.reader, stream, this.timeoutMs);
  }

  override retentions(signal: AbortSignal): AsyncIterable<Retentions> {
    return followRetentions(this.reader, AbortSignal.any([signal, this.closing.signal]));
  }

  override subscribe(after: number, options: SubscribeOptions): AsyncIterable<Batch> {
    return this.shared.batches(after, { ...options, signal: AbortSignal.any([options.signal, this.closing.signal]) });
  }

  /** A subscription, and another one whenever it has been silent for too long. */
  private async *subscription(after: number, options: SubscribeOptions): AsyncIterable<Batch> {
    let position = after;
    while (!options.signal.aborted) {
      const subscription = await Subscription.open(this.reader, position, options);
      for await (const batch of subscription.batches(this.silenceMs)) {
        ({ position } = batch);
        yield batch;
      }
    }
  }

  override async head() {
    const reading = this.reader.readAll({ direction: BACKWARDS, fromPosition: END, maxCount: 1 });
    let position = 0;
    // Its position alone: the mark of a tombstoned stream has a revision that no number holds.
    for await (const { event } of inTime(reading, this.timeoutMs)) if (event) position = positionOf(event);
    return position;
  }

  override async close() {
    this.closing.abort();
    await Promise.all([this.appender.close(), dispose(this.reader)]);
  }
}

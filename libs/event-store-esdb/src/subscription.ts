import {
  START,
  streamNameFilter,
  type AllStreamResolvedEvent,
  type AllStreamSubscription,
  type EventStoreDBClient,
} from '@eventstore/db-client';
import { type Batch, type Recorded, type SubscribeOptions } from '#event-store';
import { fromStore, toNumber } from './recorded.js';

/** Events that the client buffers on top of the batch that is read ahead. */
const BUFFER = 128;
/** A filtered subscription tells its position every 32 × this many events that it skips. */
const CHECKPOINT_INTERVAL = 32;

/** One subscription of the client, read in batches: whatever has arrived by the time the consumer asks. */
export class Subscription {
  /** The server has answered. */
  private confirmed = false;
  private readonly batchSize: number;
  private readonly source: AllStreamSubscription;
  private pending: Recorded[] = [];
  private caughtUp = false;
  /** Position of the last batch, and whether it was caught up. */
  private told: { readonly position: number; readonly caughtUp: boolean };
  private over: Error | undefined;
  private wake: (() => void) | undefined;

  constructor(
    client: EventStoreDBClient,
    /** Everything up to here is in `pending` or was told. */
    private position: number,
    private readonly options: SubscribeOptions,
  ) {
    const { categories, batchSize = 500 } = options;
    this.batchSize = batchSize;
    this.told = { position, caughtUp: false };
    const filter = streamNameFilter({
      ...namesOf(categories),
      checkpointInterval: CHECKPOINT_INTERVAL,
      checkpointReached: (_, { commit }) => {
        this.pull(Infinity); // what was announced before the checkpoint comes before it
        this.position = Math.max(this.position, toNumber(commit));
        this.changed();
      },
    } as Parameters<typeof streamNameFilter>[0]);
    const commit = BigInt(position);
    const fromPosition = position > 0 ? { commit, prepare: commit } : START;
    this.source = client.subscribeToAll({ fromPosition, filter }, { highWaterMark: BUFFER });
    this.listen();
  }

  /**
   * Ends when the signal aborts, and when nothing was heard for so long, which is all that an idle log has to say.
   * @throws Error when the server ends it or never answers
   */
  async *batches(silenceMs: number): AsyncIterable<Batch> {
    const { signal } = this.options;
    const stop = () => this.end(new Error('The subscription was aborted'));
    signal.addEventListener('abort', stop);
    try {
      while (this.hasNews || (await this.news(silenceMs))) yield await this.next();
      if (!this.confirmed) throw new Error(`no answer to a subscription within ${silenceMs} ms`);
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      signal.removeEventListener('abort', stop);
      this.source.unsubscribe().catch(() => undefined);
      this.source.destroy();
    }
  }

  private async next(): Promise<Batch> {
    // What comes in the same packet belongs to the same batch.
    if (this.pending.length < this.batchSize) await new Promise(setImmediate);
    this.pull(this.batchSize);
    if (this.over && this.pending.length === 0) throw this.over;
    const batch = this.cut();
    this.pull(this.batchSize); // reads ahead while the consumer works
    return batch;
  }

  private listen() {
    this.source.on('confirmation', () => (this.confirmed = true));
    this.source.on('caughtUp', () => {
      this.pull(Infinity);
      this.caughtUp = true;
      this.changed();
    });
    this.source.on('readable', () => {
      this.pull(this.batchSize);
      this.changed();
    });
    // Stays until the end: an error without a listener would end the process.
    this.source.on('error', (error) => this.end(error));
    this.source.on('end', () => this.end(new Error('The server ended the subscription')));
  }

  private end(reason: Error) {
    this.over ??= reason;
    this.changed();
  }

  /** Takes what the client has buffered, up to so many pending events. */
  private pull(limit: number) {
    while (this.pending.length < limit) {
      const resolved = this.source.read() as AllStreamResolvedEvent | null;
      if (!resolved) return;
      this.take(resolved);
    }
  }

  private take({ event }: AllStreamResolvedEvent) {
    if (!event) return;
    this.position = Math.max(this.position, toNumber(event.position.commit));
    if (!event.type.startsWith('$')) this.pending.push(fromStore(event));
  }

  private cut(): Batch {
    const events = this.pending.length > this.batchSize ? this.pending.splice(0, this.batchSize) : this.pending;
    const all = events === this.pending;
    if (all) this.pending = [];
    const position = all ? this.position : (events.at(-1)?.position ?? this.told.position);
    this.told = { position, caughtUp: all && this.caughtUp && this.source.readableLength === 0 };
    return { events, ...this.told };
  }

  private get hasNews() {
    if (this.pending.length > 0 || this.over) return true;
    return this.position > this.told.position || (this.caughtUp && !this.told.caughtUp);
  }

  private news(silenceMs: number) {
    return new Promise<boolean>((resolve) => {
      const silence = setTimeout(() => this.changed(), silenceMs);
      this.wake = () => {
        clearTimeout(silence);
        this.wake = undefined;
        resolve(this.hasNews);
      };
    });
  }

  private changed() {
    this.wake?.();
  }
}

/** No prefix at all would let everything through. */
const namesOf = (categories: readonly string[] | undefined) => {
  if (!categories) return { regex: '^[^$]' };
  return categories.length > 0 ? { prefixes: categories.map((category) => `${category}-`) } : { regex: '^$' };
};

import { type EventStoreDBClient } from '@eventstore/db-client';
import { type ClientReadableStream } from '@grpc/grpc-js';
import { type Batch, type Recorded, type SubscribeOptions, laterOf, type Position } from '#event-store';
import { type Frame } from './frames.js';
import { openReading, subscriptionOf } from './read-request.js';

/** One subscription, read in batches: whatever has arrived by the time the consumer asks. */
export class Subscription {
  /** The server has answered. */
  private confirmed = false;
  private readonly batchSize: number;
  private pending: Recorded[] = [];
  private caughtUp = false;
  /** Position of the last batch, and whether it was caught up. */
  private told: { readonly position: Position; readonly caughtUp: boolean };
  private over: Error | undefined;
  private wake: (() => void) | undefined;

  private constructor(
    private readonly call: ClientReadableStream<Frame>,
    /** Everything up to here is in `pending` or was told. */
    private position: Position,
    private readonly options: SubscribeOptions,
  ) {
    this.batchSize = options.batchSize ?? 500;
    this.told = { position, caughtUp: false };
    call.on('data', (frame: Frame) => this.take(frame));
    // Stays until the end: an error without a listener would end the process.
    call.on('error', (error) => this.end(error));
    call.on('end', () => this.end(new Error('The server ended the subscription')));
  }

  static async open(client: EventStoreDBClient, position: Position, options: SubscribeOptions): Promise<Subscription> {
    return new Subscription(await openReading(client, subscriptionOf(position, options.categories)), position, options);
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
      while (!signal.aborted && (this.hasNews || (await this.news(silenceMs)))) yield await this.next();
      if (!this.confirmed) throw new Error(`no answer to a subscription within ${silenceMs} ms`);
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      signal.removeEventListener('abort', stop);
      this.call.cancel();
    }
  }

  private async next(): Promise<Batch> {
    // What comes in the same packet belongs to the same batch.
    if (this.pending.length < this.batchSize) await new Promise(setImmediate);
    if (this.over && this.pending.length === 0) throw this.over;
    const batch = this.cut();
    if (this.pending.length < this.batchSize) this.call.resume();
    return batch;
  }

  private take(frame: Frame) {
    if (frame.kind === 'event') {
      this.position = frame.recorded.position;
      this.pending.push(frame.recorded);
      if (this.pending.length >= 2 * this.batchSize) this.call.pause(); // one batch is read ahead while another is handled
    } else if (frame.kind === 'position') this.position = laterOf(this.position, frame.position);
    else if (frame.kind === 'caughtUp') this.caughtUp = true;
    else this.confirmed ||= frame.kind === 'confirmed';
    if (this.hasNews) this.wake?.();
  }

  private end(reason: Error) {
    this.over ??= reason;
    this.wake?.();
  }

  private cut(): Batch {
    const events = this.pending.length > this.batchSize ? this.pending.splice(0, this.batchSize) : this.pending;
    const all = events === this.pending;
    if (all) this.pending = [];
    const position = all ? this.position : (events.at(-1)?.position ?? this.told.position);
    this.told = { position, caughtUp: all && this.caughtUp && this.call.readableLength === 0 };
    return { events, ...this.told };
  }

  private get hasNews() {
    if (this.pending.length > 0 || this.over) return true;
    return this.position > this.told.position || (this.caughtUp && !this.told.caughtUp);
  }

  private news(silenceMs: number) {
    return new Promise<boolean>((resolve) => {
      const silence = setTimeout(() => this.wake?.(), silenceMs);
      this.wake = () => {
        clearTimeout(silence);
        this.wake = undefined;
        resolve(this.hasNews);
      };
    });
  }
}

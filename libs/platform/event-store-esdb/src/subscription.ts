import { type ClientReadableStream } from '@grpc/grpc-js';
import { type Batch, type Position, type Recorded, type SubscribeOptions } from '#event-store';
import { type Connection } from './connection.js';
import { type ReadResponse } from './read-response.js';
import { CheckpointResolver } from './checkpoint-resolver.js';
import { readNewestBefore, subscribeAfter } from './read-request.js';
import { newestPositionAt, positionReadAt } from './reader.js';

/** A live subscription ends when more events than this wait for the consumer. */
const MAX_EVENTS_AHEAD = 10_000;

/**
 * One subscription, read in batches of the events that have arrived when the consumer asks. Each position that it hands out is
 * that of an event up to which everything was delivered.
 */
export class Subscription {
  /** The server has confirmed the subscription. */
  private confirmed = false;
  private readonly batchSize: number;
  private pending: Recorded[] = [];
  private caughtUp = false;
  /** The batch that was handed out last. */
  private lastBatch: { readonly position: Position; readonly caughtUp: boolean };
  /** Why it has ended: an error, or a consumer that is too far behind. */
  private endReason: Error | 'behind' | undefined;
  private wake: (() => void) | undefined;
  /** Anything was received since this was last set to false. */
  private hasReceived = false;
  private readonly checkpoints: CheckpointResolver;

  private constructor(
    private readonly call: ClientReadableStream<ReadResponse>,
    private readonly progress: Progress,
    private readonly options: SubscribeOptions,
    eventBefore: (position: Position) => Promise<Position>,
  ) {
    this.batchSize = options.batchSize ?? 500;
    this.lastBatch = { position: progress.position, caughtUp: false };
    this.checkpoints = new CheckpointResolver(eventBefore, (position) => this.advanceTo(position));
    call.on('data', (response: ReadResponse) => this.receive(response));
    // This listener is never removed: an error without a listener would end the process.
    call.on('error', (error) => this.end(error));
    call.on('end', () => this.end(new Error('The server ended the subscription')));
  }

  /** @param timeoutMs how long each of the reads around it may take @throws ServiceError */
  static async open(connection: Connection, position: Position, options: SubscribeOptions, timeoutMs: number) {
    // Asked of the same node before the subscription: when that has caught up, everything up to this event was delivered.
    const end = await newestPositionAt(connection, timeoutMs);
    const call = connection.read(subscribeAfter(position, options.categories));
    const eventBefore = (checkpoint: Position) => positionReadAt(connection, readNewestBefore(checkpoint), timeoutMs);
    return new Subscription(call, { position, end }, options, eventBefore);
  }

  /**
   * Ends when the signal aborts, when the consumer is too far behind, and when nothing was received for `silenceMs`, as on a
   * log to which nothing is written.
   * @throws Error when the server ends it or never answers
   */
  async *batches(silenceMs: number): AsyncIterable<Batch> {
    const { signal } = this.options;
    const stop = () => this.end(new Error('The subscription was aborted'));
    signal.addEventListener('abort', stop);
    try {
      while (!signal.aborted && (this.hasNews || (await this.waitForNews(silenceMs)))) {
        const batch = await this.nextBatch();
        if (!batch) return;
        yield batch;
      }
      if (!this.confirmed) throw new Error(`no answer to a subscription within ${silenceMs} ms`);
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      signal.removeEventListener('abort', stop);
      this.checkpoints.stop();
      this.call.cancel();
    }
  }

  /** Undefined when it has ended because the consumer is too far behind. */
  private async nextBatch(): Promise<Batch | undefined> {
    // Events that come in the same packet belong to the same batch.
    if (this.pending.length < this.batchSize) await new Promise(setImmediate);
    if (this.endReason && this.pending.length === 0) {
      if (this.endReason === 'behind') return undefined;
      throw this.endReason;
    }
    const batch = this.cutBatch();
    if (this.pending.length < this.batchSize) this.call.resume();
    return batch;
  }

  private receive(response: ReadResponse) {
    this.hasReceived = true;
    if (this.endReason === 'behind') return;
    if (response.kind === 'event') this.addEvent(response.recorded);
    else if (response.kind === 'checkpoint') this.checkpoints.onCheckpoint(response.position);
    else if (response.kind === 'caughtUp') this.onCaughtUp();
    else this.confirmed ||= response.kind === 'confirmed';
    if (this.hasNews) this.wake?.();
  }

  private addEvent(recorded: Recorded) {
    this.progress.position = recorded.position;
    if (!isSystemEvent(recorded)) this.pending.push(recorded);
    // One batch is read ahead while another is handled.
    if (this.pending.length < 2 * this.batchSize) return;
    // A live call must not be paused: the server drops a reader that makes it wait.
    if (!this.caughtUp) this.call.pause();
    else if (this.pending.length > MAX_EVENTS_AHEAD) {
      this.call.cancel();
      this.end('behind');
    }
  }

  private onCaughtUp() {
    this.caughtUp = true;
    this.advanceTo(this.progress.end);
  }

  private advanceTo(position: Position) {
    if (this.endReason || position <= this.progress.position) return;
    this.progress.position = position;
    this.wake?.();
  }

  private end(reason: Error | 'behind') {
    this.endReason ??= reason;
    this.wake?.();
  }

  private cutBatch(): Batch {
    const events = this.pending.length > this.batchSize ? this.pending.splice(0, this.batchSize) : this.pending;
    const isAll = events === this.pending;
    if (isAll) this.pending = [];
    const position = isAll ? this.progress.position : (events.at(-1)?.position ?? this.lastBatch.position);
    this.lastBatch = { position, caughtUp: isAll && this.caughtUp && this.call.readableLength === 0 };
    return { events, ...this.lastBatch };
  }

  private get hasNews() {
    if (this.pending.length > 0 || this.endReason) return true;
    return this.progress.position > this.lastBatch.position || (this.caughtUp && !this.lastBatch.caughtUp);
  }

  /** @returns false when nothing was received for `silenceMs` */
  private waitForNews(silenceMs: number) {
    return new Promise<boolean>((resolve) => {
      this.hasReceived = false;
      const silence = setInterval(() => {
        if (!this.hasReceived) this.wake?.();
        this.hasReceived = false;
      }, silenceMs);
      this.wake = () => {
        clearInterval(silence);
        this.wake = undefined;
        resolve(this.hasNews);
      };
    });
  }
}

/** Events that the store itself writes. Any other event in a stream of another name is somebody's, even if its type begins with `$`. */
const isSystemEvent = ({ stream, event }: Recorded) => stream.startsWith('$') || event.type === '$streamDeleted';

interface Progress {
  /** Everything up to here is pending or was delivered. */
  position: Position;
  /** The newest event of the log when the subscription began. */
  readonly end: Position;
}

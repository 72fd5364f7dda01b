import { type ClientReadableStream } from '@grpc/grpc-js';
import { type Batch, type Position, type Recorded, type SubscribeOptions } from '#event-store';
import { type Connection } from './connection.js';
import { type Frame } from './frames.js';
import { PassedOver } from './passed-over.js';
import { newestBefore, subscriptionAfter } from './read-request.js';
import { endOf, positionIn } from './reader.js';

/** A subscription that is live is not read ahead of its consumer by more events than this: it ends instead. */
const MOST_AHEAD = 10_000;

/**
 * One subscription, read in batches: whatever has arrived by the time the consumer asks. Each position that it hands out
 * is that of an event which was delivered, or before which everything was.
 */
export class Subscription {
  /** The server has answered. */
  private confirmed = false;
  private readonly batchSize: number;
  private pending: Recorded[] = [];
  private caughtUp = false;
  /** Position of the last batch, and whether it was caught up. */
  private told: { readonly position: Position; readonly caughtUp: boolean };
  /** Why it has ended: an error, or too much to read ahead. */
  private over: Error | 'behind' | undefined;
  private wake: (() => void) | undefined;
  /** Anything has come since it was last looked at. */
  private heard = false;
  private readonly passedOver: PassedOver;

  private constructor(
    private readonly call: ClientReadableStream<Frame>,
    private readonly place: Place,
    private readonly options: SubscribeOptions,
    eventBefore: (position: Position) => Promise<Position>,
  ) {
    this.batchSize = options.batchSize ?? 500;
    this.told = { position: place.position, caughtUp: false };
    this.passedOver = new PassedOver(eventBefore, (position) => this.moveTo(position));
    call.on('data', (frame: Frame) => this.take(frame));
    // Stays until the end: an error without a listener would end the process.
    call.on('error', (error) => this.end(error));
    call.on('end', () => this.end(new Error('The server ended the subscription')));
  }

  /** @param timeoutMs how long each of the reads around it may take @throws ServiceError */
  static async open(connection: Connection, position: Position, options: SubscribeOptions, timeoutMs: number) {
    // Asked of the same node and before it subscribes: whoever has caught up there then has all its own up to this event.
    const end = await endOf(connection, timeoutMs);
    const call = connection.read(subscriptionAfter(position, options.categories));
    const eventBefore = (checkpoint: Position) => positionIn(connection, newestBefore(checkpoint), timeoutMs);
    return new Subscription(call, { position, end }, options, eventBefore);
  }

  /**
   * Ends when the signal aborts, when the consumer is too far behind what is live, and when nothing was heard for so long,
   * which is all that an idle log has to say.
   * @throws Error when the server ends it or never answers
   */
  async *batches(silenceMs: number): AsyncIterable<Batch> {
    const { signal } = this.options;
    const stop = () => this.end(new Error('The subscription was aborted'));
    signal.addEventListener('abort', stop);
    try {
      while (!signal.aborted && (this.hasNews || (await this.news(silenceMs)))) {
        const batch = await this.next();
        if (!batch) return;
        yield batch;
      }
      if (!this.confirmed) throw new Error(`no answer to a subscription within ${silenceMs} ms`);
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      signal.removeEventListener('abort', stop);
      this.passedOver.stop();
      this.call.cancel();
    }
  }

  /** Undefined: it is over, and the consumer goes on with another one. */
  private async next(): Promise<Batch | undefined> {
    // What comes in the same packet belongs to the same batch.
    if (this.pending.length < this.batchSize) await new Promise(setImmediate);
    if (this.over && this.pending.length === 0) {
      if (this.over === 'behind') return undefined;
      throw this.over;
    }
    const batch = this.cut();
    if (this.pending.length < this.batchSize) this.call.resume();
    return batch;
  }

  private take(frame: Frame) {
    this.heard = true;
    if (this.over === 'behind') return;
    if (frame.kind === 'event') this.add(frame.recorded);
    else if (frame.kind === 'checkpoint') this.passedOver.hear(frame.position);
    else if (frame.kind === 'caughtUp') this.catchUp();
    else this.confirmed ||= frame.kind === 'confirmed';
    if (this.hasNews) this.wake?.();
  }

  private add(recorded: Recorded) {
    this.place.position = recorded.position;
    if (!isOfTheStore(recorded)) this.pending.push(recorded);
    // One batch is read ahead while another is handled.
    if (this.pending.length < 2 * this.batchSize) return;
    // What is live may not wait: the server gives up who makes it wait.
    if (!this.caughtUp) this.call.pause();
    else if (this.pending.length > MOST_AHEAD) {
      this.call.cancel();
      this.end('behind');
    }
  }

  private catchUp() {
    this.caughtUp = true;
    this.moveTo(this.place.end);
  }

  private moveTo(position: Position) {
    if (this.over || position <= this.place.position) return;
    this.place.position = position;
    this.wake?.();
  }

  private end(reason: Error | 'behind') {
    this.over ??= reason;
    this.wake?.();
  }

  private cut(): Batch {
    const events = this.pending.length > this.batchSize ? this.pending.splice(0, this.batchSize) : this.pending;
    const all = events === this.pending;
    if (all) this.pending = [];
    const position = all ? this.place.position : (events.at(-1)?.position ?? this.told.position);
    this.told = { position, caughtUp: all && this.caughtUp && this.call.readableLength === 0 };
    return { events, ...this.told };
  }

  private get hasNews() {
    if (this.pending.length > 0 || this.over) return true;
    return this.place.position > this.told.position || (this.caughtUp && !this.told.caughtUp);
  }

  /** @returns false after a silence */
  private news(silenceMs: number) {
    return new Promise<boolean>((resolve) => {
      this.heard = false;
      const silence = setInterval(() => {
        if (!this.heard) this.wake?.();
        this.heard = false;
      }, silenceMs);
      this.wake = () => {
        clearInterval(silence);
        this.wake = undefined;
        resolve(this.hasNews);
      };
    });
  }
}

/** What the store writes itself. Whatever else stands in a stream of another name is somebody's event, also if its type begins so. */
const isOfTheStore = ({ stream, event }: Recorded) => stream.startsWith('$') || event.type === '$streamDeleted';

interface Place {
  /** Everything up to here is pending or was told. */
  position: Position;
  /** The newest event of the log when the subscription began. */
  readonly end: Position;
}

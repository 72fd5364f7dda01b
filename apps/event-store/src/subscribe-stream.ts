import { setImmediate as nextTurn, setTimeout as after } from 'node:timers/promises';
import { asGrpcError, consumerTooSlow, handlerFailed, streamDeleted } from './errors.js';
import { TOMBSTONE_REVISION } from './frames.js';
import { type StreamSubscriber } from './live.js';
import { LiveBuffer } from './live-buffer.js';
import { type Recorded } from './log.js';
import { type StreamReadOptions } from './read-options.js';
import { type Encode, encoder, type Reading } from './reading.js';
import { never } from './reads.js';
import { CAUGHT_UP, confirmation, FELL_BEHIND } from './subscription-frames.js';
import { visible } from './visibility.js';
import { firstVisible } from './visible-range.js';

/** There is none after it. */
const LARGEST_REVISION = 2 ** 63;

/** How often EventStoreDB looks whether a stream is there by now. */
const MISSING_STREAM_MS = 50;

export async function subscribeToStream(reading: Reading, options: StreamReadOptions): Promise<void> {
  const { from, stream } = options;
  const head = reading.log.heads.get(stream);
  if (from === 'end') {
    new StreamSubscription(reading, options, head.last).startLive();
    return;
  }
  if (from !== 'start' && from >= LARGEST_REVISION) throw handlerFailed();
  if (reading.log.heads.isGone(head)) throw streamDeleted(stream);
  await new StreamSubscription(reading, options, from === 'start' ? -1 : from).start();
}

/** As the subscription to `$all`, for one stream and by revision. */
class StreamSubscription implements StreamSubscriber {
  #isLive = false;
  readonly #encode: Encode;
  readonly #buffer: LiveBuffer;

  constructor(
    private readonly reading: Reading,
    private readonly options: StreamReadOptions,
    /** The last revision that was dealt with. */
    private cursor: number,
  ) {
    this.#encode = encoder(options, reading.log);
    this.#buffer = new LiveBuffer(reading.call);
  }

  startLive(): void {
    this.reading.call.send(confirmation());
    this.#join();
    this.#goLive();
  }

  async start(): Promise<void> {
    this.reading.call.send(confirmation());
    if (this.options.ids === undefined) await never();
    this.#join();
    await this.#untilThere();
    await this.#catchUp();
  }

  #join(): void {
    const { call, live } = this.reading;
    call.whenClosed(live.joinStream(this.options.stream, this));
  }

  /** A stream without events, or a deleted one, is waited for. */
  async #untilThere(): Promise<void> {
    const { call, log } = this.reading;
    while (!call.closed) {
      const head = log.heads.get(this.options.stream);
      if (log.heads.isGone(head)) throw streamDeleted(this.options.stream);
      if (head.last >= 0 && !head.softDeleted) return;
      await after(MISSING_STREAM_MS);
    }
  }

  onEvents(events: readonly Recorded[]): void {
    if (!this.#isLive) return;
    const news = events.filter(({ revision }) => revision > this.cursor);
    let { cursor } = this;
    const messages = news.map((event) => {
      const message = { frame: this.#encode(event), cursor };
      cursor = event.revision;
      return message;
    });
    this.cursor = cursor;
    if (!this.#buffer.add(messages)) this.#overflow();
    else if (cursor === TOMBSTONE_REVISION && news.length > 0) this.#end();
  }

  #end(): void {
    this.#isLive = false;
    this.#buffer.sendLast();
    this.reading.call.finish(streamDeleted(this.options.stream));
  }

  #overflow(): void {
    const { call, like } = this.reading;
    this.#isLive = false;
    if (like === '23.10') {
      this.#buffer.sendLast();
      call.finish(consumerTooSlow());
      return;
    }
    this.cursor = this.#buffer.drop() ?? this.cursor;
    call.send(FELL_BEHIND);
    this.#catchUp().catch((error: unknown) => call.finish(asGrpcError(error)));
  }

  async #catchUp(): Promise<void> {
    const { call } = this.reading;
    do {
      while (!call.closed && !this.#next()) await (call.blocked ? call.drained() : nextTurn());
      await call.emptied();
    } while (!call.closed && !this.#next());
    this.#goLive();
  }

  #goLive(): void {
    this.reading.call.send(CAUGHT_UP);
    this.#isLive = true;
  }

  /** Delivers a page; true if there was none any more. */
  #next(): boolean {
    const { log, call } = this.reading;
    const head = log.heads.get(this.options.stream);
    if (log.heads.isGone(head)) throw streamDeleted(this.options.stream);
    if (this.cursor >= head.last) return true;
    if (head.softDeleted) {
      this.cursor = head.last;
      return true;
    }
    const first = firstVisible(head.metadata, head.last);
    const page = log.storage.streamForwards(head.id, Math.max(this.cursor + 1, first));
    const { rows } = visible(page, first, head);
    if (rows.length > 0) call.send(Buffer.concat(rows.map(this.#encode)));
    this.cursor = Math.max(this.cursor, page.rows.at(-1)?.revision ?? head.last);
    return false;
  }
}

import { setImmediate as nextTurn } from 'node:timers/promises';
import { streamDeleted } from './errors.js';
import { TOMBSTONE_REVISION } from './frames.js';
import { asGrpcError } from './grpc.js';
import { type StreamSubscriber } from './live.js';
import { type Recorded } from './log.js';
import { encoder, type Reading, visible } from './reading.js';
import { type Row } from './storage.js';
import { CAUGHT_UP, confirmation } from './subscription-frames.js';
import { firstVisible } from './visible-range.js';

export async function subscribeToStream(reading: Reading, stream: string): Promise<void> {
  const { from } = reading.options;
  const head = reading.log.heads.get(stream);
  if (head.tombstoned) throw streamDeleted(stream);
  const cursor = from === 'start' ? -1 : from === 'end' ? head.last : from;
  await new StreamSubscription(reading, stream, cursor).start();
}

/** As the subscription to `$all`, for one stream and by revision. */
class StreamSubscription implements StreamSubscriber {
  #live = false;
  readonly #encode: (row: Row) => Buffer;

  constructor(
    private readonly reading: Reading,
    private readonly stream: string,
    /** The last revision that was dealt with. */
    private cursor: number,
  ) {
    this.#encode = encoder(reading.options, reading.log);
  }

  async start(): Promise<void> {
    const { call, live } = this.reading;
    call.send(confirmation());
    call.whenClosed(live.joinStream(this.stream, this));
    await this.#catchUp(true);
  }

  onEvent(event: Recorded): void {
    if (!this.#live || event.revision <= this.cursor) return;
    const { call } = this.reading;
    if (call.blocked) {
      this.#live = false;
      this.#catchUp(false).catch((error: unknown) => call.finish(asGrpcError(error)));
    } else this.#deliver(event);
  }

  #deliver(row: Row): void {
    const { call } = this.reading;
    this.cursor = row.revision;
    call.sendSoon(this.#encode(row));
    if (row.revision === TOMBSTONE_REVISION) call.finish(streamDeleted(this.stream));
  }

  async #catchUp(announce: boolean): Promise<void> {
    const { call } = this.reading;
    let behind = announce;
    await call.drained();
    while (!call.closed && !this.#next()) {
      behind = true;
      await (call.blocked ? call.drained() : nextTurn());
    }
    if (behind) call.sendSoon(CAUGHT_UP);
    this.#live = true;
  }

  /** Delivers a page; true if it was the last. */
  #next(): boolean {
    const { log, call } = this.reading;
    const head = log.heads.get(this.stream);
    if (this.cursor >= head.last) return true;
    if (head.softDeleted) {
      this.cursor = head.last;
      return true;
    }
    const first = firstVisible(head.metadata, head.last);
    const from = Math.max(this.cursor + 1, first);
    const page = log.storage.streamForwards(head.id, from);
    for (const row of visible(page, first, head).rows) this.#deliver(row);
    this.cursor = Math.max(this.cursor, page.rows.at(-1)?.revision ?? head.last);
    return page.end && !call.blocked;
  }
}

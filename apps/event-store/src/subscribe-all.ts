import { setImmediate as nextTurn } from 'node:timers/promises';
import { invalidPosition } from './errors.js';
import { asGrpcError } from './grpc.js';
import { type AllSubscriber, type Batch, inAll } from './live.js';
import { encoder, type Reading } from './reading.js';
import { type Row } from './storage.js';
import { CAUGHT_UP, checkpoint, confirmation } from './subscription-frames.js';

export async function subscribeToAll(reading: Reading): Promise<void> {
  const { from } = reading.options;
  const { head } = reading.log;
  if (typeof from === 'number' && from > head) throw invalidPosition();
  await new AllSubscription(reading, from === 'start' ? 0 : from === 'end' ? head : from).start();
}

/**
 * A subscriber of `$all`: behind, it is fed from the recent batches or from the table at its own pace; live, it gets
 * each batch as it is committed. A live one that does not keep up is behind again.
 */
class AllSubscription implements AllSubscriber {
  #live = false;
  /** Events since the last checkpoint. */
  #considered = 0;
  #checkpoint: number;
  readonly #encode: (row: Row) => Buffer;
  readonly #plain: boolean;

  constructor(
    private readonly reading: Reading,
    /** The last position that was dealt with. */
    private cursor: number,
  ) {
    const { options, log } = reading;
    this.#checkpoint = cursor;
    this.#encode = encoder(options, log);
    this.#plain = !options.resolveLinks && !options.filter;
  }

  async start(): Promise<void> {
    const { call, live } = this.reading;
    call.send(confirmation());
    call.whenClosed(live.joinAll(this));
    await this.#catchUp(true);
  }

  onBatch(batch: Batch): void {
    if (!this.#live) return;
    if (this.reading.call.blocked) {
      this.#live = false;
      this.#catchUp(false).catch((error: unknown) => this.reading.call.finish(asGrpcError(error)));
    } else if (this.#plain) {
      this.cursor = batch.last;
      if (batch.frames.length > 0) this.reading.call.send(batch.frames);
    } else this.#deliver(batch.events.filter(inAll), batch.last);
  }

  async #catchUp(announce: boolean): Promise<void> {
    const { call, log } = this.reading;
    let fromTable = announce;
    await call.drained();
    while (!call.closed && this.cursor < log.head) {
      fromTable = this.#next() || fromTable;
      await (call.blocked ? call.drained() : nextTurn());
    }
    if (fromTable) this.#announce();
    this.#live = true;
  }

  /** Delivers what comes next; true if it was no longer at hand. */
  #next(): boolean {
    const { live, log } = this.reading;
    const recent = live.after(this.cursor);
    if (recent) {
      this.#deliver(recent.filter(inAll), recent.at(-1)?.position ?? 0);
      return false;
    }
    const { rows } = log.storage.allForwards(this.cursor + 1);
    this.#deliver(rows, rows.at(-1)?.position ?? log.head);
    return true;
  }

  #announce(): void {
    const { call, options } = this.reading;
    const frames = options.filter && this.cursor > this.#checkpoint ? [this.#checkpointHere(this.cursor)] : [];
    call.send(Buffer.concat([...frames, CAUGHT_UP]));
  }

  #deliver(rows: readonly Row[], last: number): void {
    const frames = this.reading.options.filter ? this.#filtered(rows) : rows.map(this.#encode);
    this.cursor = last;
    if (frames.length > 0) this.reading.call.send(frames.length === 1 ? (frames[0] as Buffer) : Buffer.concat(frames));
  }

  #filtered(rows: readonly Row[]): Buffer[] {
    const { filter } = this.reading.options;
    const frames: Buffer[] = [];
    for (const row of rows) {
      if (filter?.matches(row.frame)) frames.push(this.#encode(row));
      if (++this.#considered >= (filter?.checkpointInterval ?? Infinity))
        frames.push(this.#checkpointHere(row.position));
    }
    return frames;
  }

  #checkpointHere(position: number): Buffer {
    this.#considered = 0;
    this.#checkpoint = position;
    return checkpoint(position);
  }
}

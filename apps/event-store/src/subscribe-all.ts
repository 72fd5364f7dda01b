import { setImmediate as nextTurn } from 'node:timers/promises';
import { FilteredMessages } from './checkpoints.js';
import { asGrpcError, consumerTooSlow, handlerFailed } from './errors.js';
import { type AllSubscriber, type Batch, type Following } from './live.js';
import { LiveBuffer } from './live-buffer.js';
import { type AllReadOptions, type StartPosition } from './read-options.js';
import { type Encode, encoder, type Reading } from './reading.js';
import { never } from './reads.js';
import {
  CAUGHT_UP,
  checkpoint,
  CHECKPOINT_BEFORE_EVERYTHING,
  confirmation,
  FELL_BEHIND,
} from './subscription-frames.js';

export async function subscribeToAll(reading: Reading, options: AllReadOptions): Promise<void> {
  const { from } = options;
  if (from === 'end') await new AllSubscription(reading, options, reading.log.head).start(undefined);
  else if (from === 'start' || from.commit === 0) {
    await new AllSubscription(reading, options, 0).start({ commit: 0, prepare: 0 });
  } else await new AllSubscription(reading, options, startAfter(reading, from)).start(undefined);
}

/** Beyond the end there is nothing yet, but what comes is new: as for one who starts at the end. */
function startAfter({ log }: Reading, { commit }: StartPosition): number {
  if (commit > log.head) return log.head;
  if (!log.storage.hasRecord(commit)) throw handlerFailed();
  return commit;
}

/**
 * A subscriber of `$all`: behind, it is fed from the recent batches or from the table at its own pace; live, it gets
 * each batch as it is committed, and has to keep up.
 */
class AllSubscription implements AllSubscriber {
  #isLive = false;
  #filtered: FilteredMessages | undefined;
  readonly #encode: Encode;
  readonly #isPlain: boolean;
  readonly #buffer: LiveBuffer;

  constructor(
    private readonly reading: Reading,
    private readonly options: AllReadOptions,
    /** The last position that was dealt with. */
    private cursor: number,
  ) {
    this.#encode = encoder(options, reading.log);
    this.#isPlain = !options.resolveLinks && options.ids === 'string';
    this.#buffer = new LiveBuffer(reading.call);
  }

  /** @param pageStart where EventStoreDB's first page begins, if that is no event */
  async start(pageStart: StartPosition | undefined): Promise<void> {
    const { call, live } = this.reading;
    const { filter, from, ids } = this.options;
    call.send(confirmation());
    if (ids === undefined || filter?.window === 0) await never();
    if (filter) this.#filtered = new FilteredMessages(filter, this.#encode, pageStart);
    call.whenClosed(live.joinAll(this));
    if (from === 'end' || this.#startsLive(from)) this.#goLive(CAUGHT_UP);
    else await this.#catchUp();
  }

  /** EventStoreDB 24.2 sees that there is nothing to catch up with. */
  #startsLive(from: AllReadOptions['from']): boolean {
    const { like, log } = this.reading;
    return like === '24.2' && typeof from === 'object' && this.cursor >= log.head;
  }

  onBatch(batch: Batch): void {
    if (!this.#isLive) return;
    const hasRoom = this.#filtered ? this.#addFiltered(this.#filtered, batch) : this.#addAll(batch);
    this.cursor = batch.last;
    if (!hasRoom) this.#overflow();
  }

  #addFiltered(filtered: FilteredMessages, batch: Batch): boolean {
    return this.#buffer.add(filtered.live(batch.shown, this.cursor));
  }

  #addAll(batch: Batch): boolean {
    if (this.#isPlain && (batch.shown.length === 0 || this.#buffer.sendAtOnce(batch.frames))) return true;
    let { cursor } = this;
    const messages = batch.shown.map((row) => {
      const message = { frame: this.#encode(row), cursor };
      cursor = row.position;
      return message;
    });
    return this.#buffer.add(messages);
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
    this.#filtered?.fellBehind();
    call.send(FELL_BEHIND);
    this.#catchUp().catch((error: unknown) => call.finish(asGrpcError(error)));
  }

  async #catchUp(): Promise<void> {
    const { call, log } = this.reading;
    while (!call.closed && this.cursor < log.head) {
      this.#deliver(this.#next());
      await (call.blocked ? call.drained() : nextTurn());
      if (this.cursor >= log.head) await call.emptied();
    }
    this.#filtered?.caughtUp();
    this.#goLive(Buffer.concat([...this.#lastCheckpoint(), CAUGHT_UP]));
  }

  #goLive(frames: Buffer): void {
    this.reading.call.send(frames);
    this.#isLive = true;
  }

  /** What comes next: recent, or from the table. */
  #next(): Following {
    const { live, log } = this.reading;
    const recent = live.after(this.cursor);
    if (recent) return recent;
    const { rows } = log.storage.allForwards(this.cursor + 1);
    return { rows, last: rows.at(-1)?.position ?? log.head };
  }

  #deliver({ rows, last }: Following): void {
    const frames = this.#filtered ? this.#filtered.catchingUp(rows) : rows.map(this.#encode);
    this.cursor = last;
    if (frames.length > 0) this.reading.call.send(frames.length === 1 ? (frames[0] as Buffer) : Buffer.concat(frames));
  }

  /** EventStoreDB 24.2 says the last position that it sent to one that has caught up. */
  #lastCheckpoint(): Buffer[] {
    if (!this.#filtered || this.reading.like === '23.10') return [];
    const { from } = this.options;
    const sent = this.#filtered.sent ?? (typeof from === 'object' ? from : undefined);
    return [sent ? checkpoint(sent) : CHECKPOINT_BEFORE_EVERYTHING];
  }
}

import { setTimeout as pause } from 'node:timers/promises';
import { type CommandRecord, type Handled, type LaneReceiver } from './handled.js';
import { type Outbox } from './outbox.js';

/** Commands of a partition that are carried out at the same time. */
const WIDTH = 64;
/** Records of a partition that are held in memory, those included that wait for the answer of one before. */
const MOST = 2_000;
const MOST_BYTES = 8 * 1024 * 1024;
/** Answers of one transaction. */
const MOST_ANSWERS = 500;
/** A transaction costs much the same for one answer as for many: shortly after one, more are waited for. */
const APART_MS = 100;

interface Entry {
  readonly record: CommandRecord;
  handled?: Handled;
}

interface Parts {
  readonly outbox: Outbox;
  readonly receiver: LaneReceiver;
  readonly signal: AbortSignal;
  readonly fail: (error: unknown) => void;
  readonly onAnswered: (handled: Handled) => void;
}

/** The records of one partition: begun in their order, carried out side by side, answered in their order. */
export class PartitionLane {
  private readonly entries: Entry[] = [];
  private readonly waiting: (() => void)[] = [];
  private admitting: Promise<void> = Promise.resolve();
  private running = 0;
  private settling = false;
  private bytes = 0;
  private committedAt = 0;

  constructor(private readonly parts: Parts) {
    parts.signal.addEventListener('abort', () => this.changed(), { once: true });
  }

  private isOver(): boolean {
    return this.parts.signal.aborted;
  }

  get isFull(): boolean {
    return this.entries.length >= MOST || this.bytes >= MOST_BYTES;
  }

  /** Resolves when it is half empty, or has ended. */
  async room(): Promise<void> {
    const isCrowded = () => this.entries.length > MOST / 2 || this.bytes > MOST_BYTES / 2;
    while (isCrowded() && !this.isOver()) await this.change();
  }

  take(record: CommandRecord): void {
    const entry: Entry = { record };
    this.entries.push(entry);
    this.bytes += sizeOf(record);
    this.admitting = this.admitting.then(() => this.admit(entry)).catch(this.failed);
  }

  private async admit(entry: Entry): Promise<void> {
    if (this.isOver()) return;
    const run = await this.parts.receiver.admit(entry.record);
    while (this.running >= WIDTH && !this.isOver()) await this.change();
    this.running++;
    // Not waited for, and begun here: so they begin in their order.
    this.finish(entry, run()).catch(this.failed);
  }

  private async finish(entry: Entry, running: Promise<Handled>): Promise<void> {
    try {
      entry.handled = await running;
    } finally {
      this.running--;
      this.changed();
    }
    await this.settle();
  }

  /** Answers what is done without a gap. What is done meanwhile goes with the next transaction. */
  private async settle(): Promise<void> {
    if (this.settling) return;
    this.settling = true;
    try {
      while (this.done().length > 0) {
        const early = this.committedAt + APART_MS - performance.now();
        if (early > 0) await pause(early);
        const done = this.done();
        this.committedAt = performance.now();
        await this.parts.outbox.commit(done);
        this.entries.splice(0, done.length);
        for (const { record, handled } of done) {
          this.bytes -= sizeOf(record);
          this.parts.onAnswered(handled);
        }
        this.changed();
      }
    } finally {
      this.settling = false;
    }
  }

  private done() {
    if (this.isOver()) return [];
    const end = this.entries.findIndex(({ handled }) => !handled);
    return this.entries
      .slice(0, Math.min(end < 0 ? this.entries.length : end, MOST_ANSWERS))
      .flatMap(({ record, handled }) => (handled ? [{ record, handled }] : []));
  }

  private readonly failed = (error: unknown) => {
    if (!this.isOver()) this.parts.fail(error);
  };

  private changed() {
    for (const wake of this.waiting.splice(0)) wake();
  }

  private change(): Promise<void> {
    return new Promise((wake) => this.waiting.push(wake));
  }
}

const sizeOf = ({ value }: CommandRecord) => value?.length ?? 0;

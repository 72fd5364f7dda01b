import { setTimeout as sleep } from 'node:timers/promises';
import { type AnswerProducer } from './answer-producer.js';
import { type CommandRecord, type HandledRecord, type PartitionRecordHandler } from './record-handler.js';

/** Commands of a partition that are carried out at the same time. */
const MAX_RUNNING = 64;
/** Records of a partition in memory, including those that are carried out and wait for an earlier one. */
const MAX_RECORDS = 2_000;
const MAX_BYTES = 8 * 1024 * 1024;
/** Answers in one transaction. */
const MAX_ANSWERS = 500;
/** A transaction costs about the same for one answer as for many, so there is a pause between two of them. */
const MIN_COMMIT_INTERVAL_MS = 100;

interface PendingRecord {
  readonly record: CommandRecord;
  /** Set once the record is carried out. */
  handled?: HandledRecord;
}

interface PartitionProcessorOptions {
  readonly answers: AnswerProducer;
  readonly handler: PartitionRecordHandler;
  /** Aborts when another member takes the partition over. */
  readonly signal: AbortSignal;
  readonly onFailure: (error: unknown) => void;
  /** Called for each record once its answer is committed. */
  readonly onAnswered: (handled: HandledRecord) => void;
}

/** The records of one partition: they are started in their order, carried out side by side, and answered in their order. */
export class PartitionProcessor {
  private readonly pending: PendingRecord[] = [];
  private readonly waiting: (() => void)[] = [];
  private admitting: Promise<void> = Promise.resolve();
  private running = 0;
  private isCommitting = false;
  private bytes = 0;
  private committedAt = 0;

  constructor(private readonly options: PartitionProcessorOptions) {
    options.signal.addEventListener('abort', () => this.notifyChange(), { once: true });
  }

  private isOver(): boolean {
    return this.options.signal.aborted;
  }

  get isFull(): boolean {
    return this.pending.length >= MAX_RECORDS || this.bytes >= MAX_BYTES;
  }

  /** Resolves when the processor is at most half full, or when the partition is taken over. */
  async waitForRoom(): Promise<void> {
    const isCrowded = () => this.pending.length > MAX_RECORDS / 2 || this.bytes > MAX_BYTES / 2;
    while (isCrowded() && !this.isOver()) await this.nextChange();
  }

  add(record: CommandRecord): void {
    const pending: PendingRecord = { record };
    this.pending.push(pending);
    this.bytes += sizeOf(record);
    this.admitting = this.admitting.then(() => this.start(pending)).catch(this.reportFailure);
  }

  private async start(pending: PendingRecord): Promise<void> {
    if (this.isOver()) return;
    const carryOut = await this.options.handler.admit(pending.record);
    while (this.running >= MAX_RUNNING && !this.isOver()) await this.nextChange();
    this.running++;
    // Called here and not awaited, so that commands start in their order and run side by side.
    this.finish(pending, carryOut()).catch(this.reportFailure);
  }

  private async finish(pending: PendingRecord, running: Promise<HandledRecord>): Promise<void> {
    try {
      pending.handled = await running;
    } finally {
      this.running--;
      this.notifyChange();
    }
    await this.commitAnswers();
  }

  /** Commits the answers to all handled records that have no unhandled one before them. */
  private async commitAnswers(): Promise<void> {
    if (this.isCommitting) return;
    this.isCommitting = true;
    try {
      while (this.answerable().length > 0) {
        const early = this.committedAt + MIN_COMMIT_INTERVAL_MS - performance.now();
        if (early > 0) await sleep(early);
        const answered = this.answerable();
        this.committedAt = performance.now();
        await this.options.answers.commit(answered);
        this.pending.splice(0, answered.length);
        for (const { record, handled } of answered) {
          this.bytes -= sizeOf(record);
          this.options.onAnswered(handled);
        }
        this.notifyChange();
      }
    } finally {
      this.isCommitting = false;
    }
  }

  private answerable() {
    if (this.isOver()) return [];
    const end = this.pending.findIndex(({ handled }) => !handled);
    return this.pending
      .slice(0, Math.min(end < 0 ? this.pending.length : end, MAX_ANSWERS))
      .flatMap(({ record, handled }) => (handled ? [{ record, handled }] : []));
  }

  private readonly reportFailure = (error: unknown) => {
    if (!this.isOver()) this.options.onFailure(error);
  };

  private notifyChange() {
    for (const wake of this.waiting.splice(0)) wake();
  }

  private nextChange(): Promise<void> {
    return new Promise((wake) => this.waiting.push(wake));
  }
}

const sizeOf = ({ value }: CommandRecord) => value?.length ?? 0;

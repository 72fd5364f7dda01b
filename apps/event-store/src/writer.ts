import { type Log, type CommittedEvent } from './log.js';

/** The outcome of a write. `revision` is -1 for a stream without events; `position` is undefined if there is none. */
export type WriteResult =
  | { kind: 'stored'; revision: number; position: number | undefined }
  | { kind: 'wrong'; current: number }
  | { kind: 'deleted' }
  | { kind: 'timeout' }
  | { kind: 'failed'; reason: string };

export interface Write {
  /** Milliseconds since the epoch; a write that comes later is not carried out. */
  readonly deadline: number;
  execute(log: Log): WriteResult;
  answer(result: WriteResult): void;
}

/**
 * The only writer. Writes that arrived since the last commit go into one transaction with one fsync; then they are answered and
 * their events are published, in the order of positions.
 */
export class Writer {
  #queue: Write[] = [];
  #isStopped = false;

  constructor(
    private readonly log: Log,
    private readonly publish: (batch: CommittedEvent[]) => void,
  ) {}

  submit(write: Write): void {
    if (this.#isStopped) return;
    this.#queue.push(write);
    if (this.#queue.length === 1) setImmediate(() => this.flush());
  }

  /** Carries out pending writes. Later ones are neither carried out nor answered. */
  stop(): void {
    this.flush();
    this.#isStopped = true;
  }

  flush(): void {
    const writes = this.#queue;
    if (writes.length === 0) return;
    this.#queue = [];
    const now = Date.now();
    let batch: CommittedEvent[] = [];
    let results: WriteResult[];
    try {
      results = writes.map((write) => (write.deadline <= now ? { kind: 'timeout' } : write.execute(this.log)));
      batch = this.log.commit();
    } catch (error) {
      this.log.rollback();
      const reason = reasonOf(error);
      console.error(`kontor event-store: ${writes.length} writes failed: ${reason}`);
      results = writes.map(() => ({ kind: 'failed', reason }));
    }
    writes.forEach((write, index) => write.answer(results[index] ?? { kind: 'failed', reason: 'not executed' }));
    if (batch.length > 0) this.publish(batch);
  }
}

const SQLITE_IOERR = 10;
const SQLITE_FULL = 13;

function reasonOf(error: unknown): string {
  const { errcode = 0, message = String(error) } = error as { errcode?: number; message?: string };
  const primary = errcode & 0xff;
  if (primary === SQLITE_FULL) return 'The disk is full. Nothing of this was stored.';
  if (primary === SQLITE_IOERR) return `The disk does not take the data (${message}). Nothing of this was stored.`;
  return message;
}

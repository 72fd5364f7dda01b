import { type Batch, categoryOf, laterOf, type Position, type Recorded, type SubscribeOptions } from '#event-store';

/** The number of events that are kept for slower readers; temporarily up to twice as many. */
const MAX_KEPT_EVENTS = 2_000;
/** After this number of events of other categories, a reader gets an empty batch with its position. */
const MAX_SKIPPED_EVENTS = 1_024;

/** The place of one reader. */
interface Cursor {
  /** Index of the next event. */
  next: number;
  /** Position of its last batch. */
  position: Position;
  silences: number;
  /** Number of events since then that were not for it. */
  skipped: number;
}

/** The newest events of the log, read once for all subscribers that have caught up. Each takes its events at its own pace. */
export class LogTail {
  /** The oldest first. */
  private events: Recorded[] = [];
  /** The number of events before them that are not kept any more. */
  private dropped = 0;
  private readers = 0;
  private caughtUp = true;
  /** Counts the times that the log had nothing new for a while. */
  private silences = 0;
  private failure: Error | undefined;
  private isRetired = false;
  private position: Position;
  private changed = Promise.withResolvers<undefined>();
  private readonly stopping = new AbortController();

  /** Reading begins with the first reader and ends with the last. */
  constructor(
    private readonly categories: readonly string[],
    /** Position after which it has all events of these categories. */
    private from: Position,
    private readonly read: (after: Position, options: SubscribeOptions) => AsyncIterable<Batch>,
  ) {
    this.position = from;
  }

  /** Whether a subscriber can be served from here on. */
  has(after: Position, categories: readonly string[]): boolean {
    if (this.failure || this.isRetired || this.stopping.signal.aborted || after < this.from) return false;
    return categories.every((category) => this.categories.includes(category));
  }

  /** Ends when the signal aborts, and for readers that have fallen too far behind. @throws Error when reading fails */
  async *batches(
    after: Position,
    { categories = [], batchSize = 500, signal }: SubscribeOptions,
  ): AsyncIterable<Batch> {
    const wanted = new Set(categories);
    const cursor = { next: this.dropped, position: after, silences: this.silences, skipped: 0 };
    this.join();
    try {
      while (!signal.aborted && this.canServe(cursor)) {
        const batch = this.nextBatch(cursor, wanted, batchSize);
        if (batch) yield batch;
        else if (cursor.next === this.end) await this.waitForChange(signal);
      }
    } finally {
      if (--this.readers === 0) this.stopping.abort();
    }
  }

  private join() {
    if (this.readers++ === 0) void this.run();
  }

  /** Ends the batches of all readers, which then subscribe to another tail. */
  retire(): void {
    this.isRetired = true;
    this.wakeReaders();
  }

  /** @throws Error */
  private canServe({ next }: Cursor) {
    if (this.failure) throw this.failure;
    return !this.isRetired && next >= this.dropped;
  }

  /** Moves the cursor on. @returns undefined when there is nothing for this reader */
  private nextBatch(cursor: Cursor, wanted: ReadonlySet<string>, most: number): Batch | undefined {
    const events = this.collect(cursor, wanted, most);
    const all = cursor.next === this.end;
    const position = laterOf(cursor.position, all ? this.position : this.at(cursor.next - 1).position);
    const isQuiet = cursor.silences === this.silences && cursor.skipped <= MAX_SKIPPED_EVENTS;
    if (events.length === 0 && isQuiet) return undefined;
    cursor.position = position;
    cursor.silences = this.silences;
    cursor.skipped = 0;
    return { events, position, caughtUp: all && this.caughtUp };
  }

  private collect(cursor: Cursor, wanted: ReadonlySet<string>, most: number) {
    const events: Recorded[] = [];
    for (; cursor.next < this.end && events.length < most; cursor.next++) {
      const event = this.at(cursor.next);
      // The position of a reader may be after some of these events, or after all.
      if (event.position > cursor.position && wanted.has(categoryOf(event.stream))) events.push(event);
      else cursor.skipped++;
    }
    return events;
  }

  private get end() {
    return this.dropped + this.events.length;
  }

  private at(index: number): Recorded {
    return this.events[index - this.dropped] as Recorded;
  }

  private async run() {
    const { from, categories, stopping } = this;
    try {
      for await (const batch of this.read(from, { categories, signal: stopping.signal })) this.add(batch);
      this.failure = new Error('The subscription ended');
    } catch (error) {
      this.failure = error as Error;
    }
    this.wakeReaders();
  }

  private add({ events, position, caughtUp }: Batch) {
    this.events.push(...events);
    if (this.events.length > 2 * MAX_KEPT_EVENTS) {
      const old = this.events.splice(0, this.events.length - MAX_KEPT_EVENTS);
      this.dropped += old.length;
      this.from = old.at(-1)?.position ?? this.from;
    }
    if (events.length === 0) this.silences++;
    this.position = position;
    this.caughtUp = caughtUp;
    this.wakeReaders();
  }

  private wakeReaders() {
    this.changed.resolve(undefined);
    this.changed = Promise.withResolvers();
  }

  private async waitForChange(signal: AbortSignal) {
    const stop = () => this.wakeReaders();
    signal.addEventListener('abort', stop);
    await this.changed.promise;
    signal.removeEventListener('abort', stop);
  }
}

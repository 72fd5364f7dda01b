import { type Batch, categoryOf, laterOf, type Position, type Recorded, type SubscribeOptions } from '#event-store';

/** Events to keep for readers that are slower than others; up to twice as many are kept. */
const KEPT = 2_000;
/** A reader hears of its position at least every so many events that are not for it. */
const MOST_SKIPPED = 1_024;

/** Where a reader is. */
interface Cursor {
  /** Index of the event that it looks at next. */
  next: number;
  /** What it was told last. */
  position: Position;
  silences: number;
  /** Events since then that were not for it. */
  skipped: number;
}

/** The newest events, read once for all subscribers that have caught up: each takes what it wants at its own pace. */
export class Tail {
  /** The oldest first. */
  private events: Recorded[] = [];
  /** How many there were before them. */
  private dropped = 0;
  private readers = 0;
  private caughtUp = true;
  /** Grows when the log has said that it has nothing new. */
  private silences = 0;
  private over: Error | undefined;
  private retired = false;
  private position: Position;
  private changed = Promise.withResolvers<undefined>();
  private readonly stopping = new AbortController();

  /** It begins to read with the first reader, and ends with the last. */
  constructor(
    private readonly categories: readonly string[],
    /** Everything of these categories that comes after this is here. */
    private from: Position,
    private readonly read: (after: Position, options: SubscribeOptions) => AsyncIterable<Batch>,
  ) {
    this.position = from;
  }

  /** Whether a subscriber can go on here. */
  has(after: Position, categories: readonly string[]): boolean {
    if (this.over || this.retired || this.stopping.signal.aborted || after < this.from) return false;
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
      while (!signal.aborted && this.serves(cursor)) {
        const batch = this.take(cursor, wanted, batchSize);
        if (batch) yield batch;
        else if (cursor.next === this.end) await this.change(signal);
      }
    } finally {
      if (--this.readers === 0) this.stopping.abort();
    }
  }

  private join() {
    if (this.readers++ === 0) void this.run();
  }

  /** Nobody else may come; those who are here go on by themselves. */
  retire(): void {
    this.retired = true;
    this.tell();
  }

  /** @throws Error */
  private serves({ next }: Cursor) {
    if (this.over) throw this.over;
    return !this.retired && next >= this.dropped;
  }

  /** Moves the cursor on. Undefined: there is nothing to tell. */
  private take(cursor: Cursor, wanted: ReadonlySet<string>, most: number): Batch | undefined {
    const events = this.collect(cursor, wanted, most);
    const all = cursor.next === this.end;
    const position = laterOf(cursor.position, all ? this.position : this.at(cursor.next - 1).position);
    const isQuiet = cursor.silences === this.silences && cursor.skipped <= MOST_SKIPPED;
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
      // A reader comes after the first of these, and perhaps after the last.
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
      this.over = new Error('The subscription ended');
    } catch (error) {
      this.over = error as Error;
    }
    this.tell();
  }

  private add({ events, position, caughtUp }: Batch) {
    this.events.push(...events);
    if (this.events.length > 2 * KEPT) {
      const old = this.events.splice(0, this.events.length - KEPT);
      this.dropped += old.length;
      this.from = old.at(-1)?.position ?? this.from;
    }
    if (events.length === 0) this.silences++;
    this.position = position;
    this.caughtUp = caughtUp;
    this.tell();
  }

  private tell() {
    this.changed.resolve(undefined);
    this.changed = Promise.withResolvers();
  }

  private async change(signal: AbortSignal) {
    const stop = () => this.tell();
    signal.addEventListener('abort', stop);
    await this.changed.promise;
    signal.removeEventListener('abort', stop);
  }
}

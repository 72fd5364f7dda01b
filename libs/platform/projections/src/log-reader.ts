import { setTimeout as pause } from 'node:timers/promises';
import { type Batch, type EventStore, type Recorded, type Position, START, laterOf, earlierOf } from '#event-store';

/** Reads the log in batches up to limits that are given one by one. Reconnects after lost connections. */
export class LogReader {
  private iterator: AsyncIterator<Batch> | undefined;
  private rest: readonly Recorded[] = [];
  /** Position of the last batch that was read. */
  private end = START;
  private abort = new AbortController();
  private failures = 0;
  /** Position up to which events have been returned. */
  position: Position;
  /** Whether the last batch reached the end of the log. */
  caughtUp = false;

  constructor(
    private readonly store: EventStore,
    private readonly categories: readonly string[],
    after: Position,
    private readonly batchSize: number,
  ) {
    this.position = after;
  }

  /** @returns the next events at or below `limit`, possibly none */
  async next(limit: Position): Promise<readonly Recorded[]> {
    if (this.rest.length === 0 && this.end <= this.position) await this.read();
    const beyond = this.rest.findIndex(({ position }) => position > limit);
    const events = beyond < 0 ? this.rest : this.rest.slice(0, beyond);
    this.rest = beyond < 0 ? [] : this.rest.slice(beyond);
    this.position = laterOf(this.position, this.hasMore ? limit : earlierOf(this.end, limit));
    return events;
  }

  /** Whether events beyond the last limit were read already. */
  get hasMore() {
    return this.rest.length > 0;
  }

  private async read() {
    try {
      this.iterator ??= this.subscribe();
      const { value, done } = (await this.iterator.next()) as IteratorResult<Batch, undefined>;
      if (done) throw new Error('The subscription ended');
      this.rest = value.events;
      this.end = value.position;
      this.caughtUp = value.caughtUp;
      this.failures = 0;
    } catch (error) {
      this.close();
      if (++this.failures > 10) throw error;
      await pause(200 * this.failures);
    }
  }

  private subscribe() {
    this.abort = new AbortController();
    const { categories, batchSize } = this;
    const options = { categories, batchSize, signal: this.abort.signal };
    return this.store.subscribe(this.position, options)[Symbol.asyncIterator]();
  }

  close() {
    this.abort.abort();
    void this.iterator?.return?.().catch(() => undefined);
    this.iterator = undefined;
  }
}

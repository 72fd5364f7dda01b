import { type Batch, type SubscribeOptions, laterOf, type Position } from '#event-store';
import { Tail } from './tail.js';

type Read = (after: Position, options: SubscribeOptions) => AsyncIterable<Batch>;

/** Subscribers that have caught up share one subscription: what all of them wait for is sent and decoded once. */
export class SharedReading {
  /** What each of those who read now has asked for. */
  private readonly interests = new Set<readonly string[]>();
  private tail: Tail | undefined;

  constructor(
    /** A subscription of one's own. */
    private readonly read: Read,
    /** Position of the newest event. */
    private readonly head: () => Promise<Position>,
  ) {}

  async *batches(after: Position, options: SubscribeOptions): AsyncIterable<Batch> {
    const { categories = [], signal } = options;
    if (categories.length === 0) yield* this.read(after, options);
    this.interests.add(categories);
    let position = after;
    try {
      while (!signal.aborted) {
        for await (const batch of this.next(position, categories, options)) {
          ({ position } = batch);
          yield batch;
        }
      }
    } finally {
      this.interests.delete(categories);
    }
  }

  private next(after: Position, categories: readonly string[], options: SubscribeOptions): AsyncIterable<Batch> {
    const { tail } = this;
    return tail?.has(after, categories) ? tail.batches(after, options) : this.catchUp(after, categories, options);
  }

  /** Who has caught up with a subscription that began after the log had this head knows all its own up to there. */
  private async *catchUp(after: Position, categories: readonly string[], options: SubscribeOptions) {
    const head = await this.head();
    for await (const batch of this.read(after, options)) {
      const position = batch.caughtUp ? laterOf(batch.position, head) : batch.position;
      yield { ...batch, position };
      if (!batch.caughtUp) continue;
      this.begin(position, categories);
      return;
    }
  }

  private begin(position: Position, categories: readonly string[]) {
    if (this.tail?.has(position, categories)) return;
    this.tail?.retire();
    this.tail = new Tail([...new Set([...this.interests].flat())], position, this.read);
  }
}

import { type Batch, type Position, type SubscribeOptions } from '#event-store';
import { Tail } from './tail.js';

type Read = (after: Position, options: SubscribeOptions) => AsyncIterable<Batch>;

/** Subscribers that have caught up share one subscription: what all of them wait for is sent and decoded once. */
export class SharedReading {
  /** What each of those who read now has asked for. */
  private readonly interests = new Set<readonly string[]>();
  private tail: Tail | undefined;

  /** @param read a subscription of one's own: whoever has caught up there is at the end of the log, wherever its own last event is */
  constructor(private readonly read: Read) {}

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

  private async *catchUp(after: Position, categories: readonly string[], options: SubscribeOptions) {
    for await (const batch of this.read(after, options)) {
      yield batch;
      if (!batch.caughtUp) continue;
      this.begin(batch.position, categories);
      return;
    }
  }

  private begin(position: Position, categories: readonly string[]) {
    if (this.tail?.has(position, categories)) return;
    this.tail?.retire();
    this.tail = new Tail([...new Set([...this.interests].flat())], position, this.read);
  }
}

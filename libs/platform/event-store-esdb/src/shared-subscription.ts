import { type Batch, type Position, type SubscribeOptions } from '#event-store';
import { LogTail } from './log-tail.js';

type Read = (after: Position, options: SubscribeOptions) => AsyncIterable<Batch>;

/** One subscription for all subscribers that have caught up: the events that several of them want are sent and decoded once. */
export class SharedSubscription {
  /** The categories of each current subscriber. */
  private readonly interests = new Set<readonly string[]>();
  private tail: LogTail | undefined;

  /** @param read opens a subscription for one subscriber. When it has caught up, its position is the end of the log. */
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
      this.startTail(batch.position, categories);
      return;
    }
  }

  private startTail(position: Position, categories: readonly string[]) {
    if (this.tail?.has(position, categories)) return;
    this.tail?.retire();
    this.tail = new LogTail([...new Set([...this.interests].flat())], position, this.read);
  }
}

import { type Position, START, laterOf } from './position.js';
import { type Consumer } from './consumer.js';
import { type Batch, type EventStore, type Recorded } from './port.js';

/**
 * What a few streams say, in memory. It is run like any consumer, in every process that needs it, and starts empty: wait
 * until it has {@link reached} the head of the log before anything is decided on it.
 */
export abstract class InMemoryView implements Consumer {
  abstract readonly name: string;
  abstract readonly categories: readonly string[];
  private position = START;
  /** Stream → revision of the last event that was folded. */
  private readonly revisions = new Map<string, number>();
  private readonly waiters = new Set<() => void>();

  /** @throws UnknownEvent */
  protected abstract fold(recorded: Recorded): void;

  /** Whether everything up to `position` is in view, after waiting for it at most `timeoutMs`. */
  reached(position: Position, timeoutMs: number): Promise<boolean> {
    if (this.position >= position) return Promise.resolve(true);
    return new Promise((resolve) => {
      const done = (seen: boolean) => {
        clearTimeout(timer);
        this.waiters.delete(look);
        resolve(seen);
      };
      const look = () => this.position >= position && done(true);
      const timer = setTimeout(done, timeoutMs, false);
      this.waiters.add(look);
    });
  }

  /** Whether everything that the log holds of its categories now is in view, after waiting for it at most `timeoutMs`. */
  async caughtUpWith(store: EventStore, timeoutMs: number): Promise<boolean> {
    return this.reached(await store.head(this.categories), timeoutMs);
  }

  resume(): Promise<Position> {
    return Promise.resolve(this.position);
  }

  /** @throws UnknownEvent */
  handle({ events, position }: Batch): Promise<void> {
    for (const recorded of events) this.foldOnce(recorded);
    this.position = laterOf(this.position, position);
    for (const look of this.waiters) look();
    return Promise.resolve();
  }

  private foldOnce(recorded: Recorded) {
    if (recorded.revision <= (this.revisions.get(recorded.stream) ?? -1)) return;
    this.fold(recorded);
    this.revisions.set(recorded.stream, recorded.revision);
  }
}

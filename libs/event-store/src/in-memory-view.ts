import { type Consumer } from './consumer.js';
import { type Batch, type Recorded } from './port.js';

/**
 * What a few streams say, in memory. It is run like any consumer, in every process that needs it, and starts empty: wait
 * until it has {@link reached} the head of the log before anything is decided on it.
 */
export abstract class InMemoryView implements Consumer {
  abstract readonly name: string;
  abstract readonly categories: readonly string[];
  private position = 0;
  /** Stream → revision of the last event that was folded. */
  private readonly revisions = new Map<string, number>();
  private readonly waiters = new Set<() => void>();

  /** @throws UnknownEvent */
  protected abstract fold(recorded: Recorded): void;

  /** Whether everything up to `position` is in view, after waiting for it at most `timeoutMs`. */
  reached(position: number, timeoutMs: number): Promise<boolean> {
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

  resume(): Promise<number> {
    return Promise.resolve(this.position);
  }

  /** @throws UnknownEvent */
  handle({ events, position }: Batch): Promise<void> {
    for (const recorded of events) this.foldOnce(recorded);
    this.position = Math.max(this.position, position);
    for (const look of this.waiters) look();
    return Promise.resolve();
  }

  private foldOnce(recorded: Recorded) {
    if (recorded.revision <= (this.revisions.get(recorded.stream) ?? -1)) return;
    this.fold(recorded);
    this.revisions.set(recorded.stream, recorded.revision);
  }
}

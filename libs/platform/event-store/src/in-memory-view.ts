import { type Position, START, laterOf } from './position.js';
import { type Consumer } from './consumer.js';
import { notReadable, type StreamNotReadable } from './errors.js';
import { known, type KnownEvents } from './known.js';
import { type Batch, categoryOf, type EventStore, type Recorded } from './port.js';

/** A kind of stream, as far as reading it goes. */
export interface ReadableStreams {
  readonly category: string;
  readonly events: KnownEvents;
}

/**
 * What a few streams say, in memory. It is run like any consumer, in every process that needs it, and starts empty: wait
 * until it has {@link reached} the head of the log before anything is decided on it. A stream with an event that it cannot
 * fold stays as it was before that event, and the others go on.
 */
export abstract class InMemoryView implements Consumer {
  abstract readonly name: string;
  /** Hears of each stream that is parked, once. */
  onParked: (parked: StreamNotReadable) => void = () => undefined;
  readonly categories: readonly string[];
  private readonly events: ReadonlyMap<string, KnownEvents>;
  private position = START;
  /** Stream → revision of the last event that was folded. */
  private readonly revisions = new Map<string, number>();
  private readonly unreadable = new Map<string, StreamNotReadable>();
  private readonly waiters = new Set<() => void>();

  constructor(streams: readonly ReadableStreams[]) {
    this.categories = streams.map(({ category }) => category);
    this.events = new Map(streams.map(({ category, events }) => [category, events]));
  }

  /** Events are as today's code knows them. */
  protected abstract fold(recorded: Recorded): void;

  /** The streams that it no longer follows. They are tried again when the process starts anew. */
  get parked(): readonly StreamNotReadable[] {
    return [...this.unreadable.values()];
  }

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

  handle({ events, position }: Batch): Promise<void> {
    for (const recorded of events) this.foldOnce(recorded);
    this.position = laterOf(this.position, position);
    for (const look of this.waiters) look();
    return Promise.resolve();
  }

  private foldOnce(recorded: Recorded) {
    const { stream, revision, event } = recorded;
    if (revision <= (this.revisions.get(stream) ?? -1) || this.unreadable.has(stream)) return;
    try {
      this.fold(known(recorded, this.events.get(categoryOf(stream)) ?? {}));
      this.revisions.set(stream, revision);
    } catch (error) {
      this.park(notReadable(error, { stream, revision, type: event.type }));
    }
  }

  private park(parked: StreamNotReadable) {
    this.unreadable.set(parked.stream, parked);
    this.onParked(parked);
  }
}

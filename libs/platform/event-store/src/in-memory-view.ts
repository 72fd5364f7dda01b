import { type Position, START, laterOf } from './position.js';
import { type Consumer } from './consumer.js';
import { asStreamNotReadable, LogMismatch, type StreamNotReadable } from './errors.js';
import { resumePosition } from './resume-position.js';
import { recognizeEvent, type KnownEvents } from './recognize-event.js';
import { type Batch, categoryOf, type EventStore, type Recorded } from './port.js';

/** The part of a stream type that reading needs. */
export interface ReadableStreams {
  readonly category: string;
  readonly events: KnownEvents;
}

/**
 * An in-memory view of a few streams that are read often and change rarely. It runs as a consumer in every process that needs
 * it and starts empty: call {@link waitUntilCaughtUp} before decisions read it. A stream is parked at an event that cannot be
 * folded and keeps its state before that event; other streams go on.
 */
export abstract class InMemoryView implements Consumer {
  abstract readonly name: string;
  /** Called once for each stream that is parked. */
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

  /** Events are in their current versions. */
  protected abstract fold(recorded: Recorded): void;

  /** Parked streams. They are retried when the process is restarted. */
  get parked(): readonly StreamNotReadable[] {
    return [...this.unreadable.values()];
  }

  /** @returns whether the view has reached `position` within `timeoutMs` */
  waitUntilReached(position: Position, timeoutMs: number): Promise<boolean> {
    if (this.position >= position) return Promise.resolve(true);
    return new Promise((resolve) => {
      const done = (isReached: boolean) => {
        clearTimeout(timer);
        this.waiters.delete(check);
        resolve(isReached);
      };
      const check = () => this.position >= position && done(true);
      const timer = setTimeout(done, timeoutMs, false);
      this.waiters.add(check);
    });
  }

  /**
   * Searches from the position of the view onwards, because in a long log the event may be far from the end.
   * @returns the position of the newest event of the view's categories
   * @throws LogMismatch, and Error when the store does not answer
   */
  async newestPositionIn(store: Pick<EventStore, 'contains' | 'head' | 'newestBefore' | 'readAll'>): Promise<Position> {
    let newestPosition = this.position;
    const start = await resumePosition(store, newestPosition);
    if (start === undefined) throw new LogMismatch(this.name, newestPosition);
    for await (const { position } of store.readAll(start, this.categories)) {
      newestPosition = laterOf(newestPosition, position);
    }
    return newestPosition;
  }

  /** @returns whether the view has reached the current end of its categories within `timeoutMs` */
  async waitUntilCaughtUp(store: EventStore, timeoutMs: number): Promise<boolean> {
    return this.waitUntilReached(await this.newestPositionIn(store), timeoutMs);
  }

  resume(): Promise<Position> {
    return Promise.resolve(this.position);
  }

  handle({ events, position }: Batch): Promise<void> {
    for (const recorded of events) this.foldOnce(recorded);
    this.position = laterOf(this.position, position);
    for (const check of this.waiters) check();
    return Promise.resolve();
  }

  private foldOnce(recorded: Recorded) {
    const { stream, revision, event } = recorded;
    if (revision <= (this.revisions.get(stream) ?? -1) || this.unreadable.has(stream)) return;
    try {
      this.fold(recognizeEvent(recorded, this.events.get(categoryOf(stream)) ?? {}));
      this.revisions.set(stream, revision);
    } catch (error) {
      this.park(asStreamNotReadable(error, { stream, revision, type: event.type }));
    }
  }

  private park(parked: StreamNotReadable) {
    this.unreadable.set(parked.stream, parked);
    this.onParked(parked);
  }
}

import {
  categoryOf,
  EventStore,
  type Appended,
  type Batch,
  type NewEvent,
  type Recorded,
  type SubscribeOptions,
  START,
  asPosition,
  type Position,
} from '#event-store';

/** How an append comes to have no answer: nothing was stored, or all was. */
export type Fault = 'before' | 'after';

/** Positions skip numbers, as they do in the real log. */
const STEP = 10;

/** The twin of the real event store, for tests: it keeps the same contract, in memory. */
export class InMemoryEventStore extends EventStore {
  /** Appends so far, and which of them end unknown: `store.faults.set(store.appends + 1, 'after')`. */
  appends = 0;
  readonly faults = new Map<number, Fault>();
  reads = 0;
  private readonly log: Recorded[] = [];
  private readonly streams = new Map<string, Recorded[]>();
  private readonly sleepers = new Set<() => void>();
  private dropped = { times: 0, reason: undefined as Error | undefined };

  override async append(stream: string, expectedRevision: number, events: readonly NewEvent[]): Promise<Appended> {
    if (events.length === 0) throw new RangeError(`Nothing to append to ${stream}`);
    const fault = this.faults.get(++this.appends);
    await Promise.resolve();
    if (fault === 'before') return { outcome: 'unknown', reason: 'fault before storing' };
    const appended = this.store(stream, expectedRevision, events);
    return fault === 'after' ? { outcome: 'unknown', reason: 'fault after storing' } : appended;
  }

  override async *read(stream: string, from = 0): AsyncIterable<Recorded> {
    this.reads++;
    await Promise.resolve();
    for (const recorded of this.streams.get(stream)?.slice(from) ?? []) yield structuredClone(recorded);
  }

  override async *subscribe(after: Position, options: SubscribeOptions): AsyncIterable<Batch> {
    const { times } = this.dropped;
    let place = this.placeAfter(after);
    let batch: Batch = { events: [], position: after, caughtUp: false };
    while (!options.signal.aborted && this.dropped.times === times) {
      const wasCaughtUp = batch.caughtUp;
      [place, batch] = this.cut(place, batch.position, options);
      if (batch.events.length > 0 || !wasCaughtUp) yield batch;
      else await this.news(options.signal);
    }
    if (this.dropped.times > times && this.dropped.reason) throw this.dropped.reason;
  }

  override async *readAll(after: Position, categories: readonly string[]): AsyncIterable<Recorded> {
    await Promise.resolve();
    const [, { events }] = this.cut(this.placeAfter(after), after, { categories, batchSize: Infinity });
    yield* events;
  }

  override head(categories?: readonly string[]) {
    const newest = this.log.findLast(({ stream }) => categories?.includes(categoryOf(stream)) ?? true);
    return Promise.resolve(newest?.position ?? START);
  }

  override contains(position: Position) {
    return Promise.resolve(position === START || this.indexOf(position) >= 0);
  }

  override close() {
    this.dropSubscriptions();
    return Promise.resolve();
  }

  /** Ends every subscription: with an error, or as cleanly as a server that shuts down. */
  dropSubscriptions(reason?: Error) {
    this.dropped = { times: this.dropped.times + 1, reason };
    this.wake();
  }

  /** All that is stored, in order. */
  get events(): readonly Recorded[] {
    return this.log;
  }

  private indexOf(position: Position) {
    return this.log.findIndex((recorded) => recorded.position === position);
  }

  /** @throws Error as the real log does, when no event stands there */
  private placeAfter(position: Position): number {
    const index = position === START ? -1 : this.indexOf(position);
    if (position !== START && index < 0) throw new Error(`No event stands at position ${String(position)}`);
    return index + 1;
  }

  /** A position moves only with an event that is delivered: the real log says nothing of what its filter leaves out. */
  private cut(from: number, after: Position, options: Omit<SubscribeOptions, 'signal'>): [next: number, batch: Batch] {
    const { categories, batchSize = 500 } = options;
    const events: Recorded[] = [];
    let next = from;
    for (; next < this.log.length && events.length < batchSize; next++) {
      const recorded = this.log[next] as Recorded;
      if (!categories || categories.includes(categoryOf(recorded.stream))) events.push(structuredClone(recorded));
    }
    return [next, { events, position: events.at(-1)?.position ?? after, caughtUp: next === this.log.length }];
  }

  private store(stream: string, expected: number, events: readonly NewEvent[]): Appended {
    const stored = this.streams.get(stream) ?? [];
    const last = stored.length - 1;
    if (expected > last) return { outcome: 'conflict' };
    if (expected < last) return this.repeat(stored.slice(expected + 1), events);
    for (const [index, event] of events.entries()) {
      const recorded: Recorded = {
        ...(JSON.parse(JSON.stringify(event)) as NewEvent),
        stream,
        revision: expected + 1 + index,
        position: asPosition((this.log.length + 1) * STEP),
        recordedAt: Date.now(),
      };
      this.log.push(recorded);
      stored.push(recorded);
    }
    this.streams.set(stream, stored);
    this.wake();
    return { outcome: 'stored', revision: stored.length - 1, position: asPosition(this.log.length * STEP) };
  }

  /** The same ids right after the expected revision: the append was stored before. */
  private repeat(stored: readonly Recorded[], events: readonly NewEvent[]): Appended {
    const last = stored[events.length - 1];
    if (!last || events.some(({ id }, index) => stored[index]?.id !== id)) return { outcome: 'conflict' };
    return { outcome: 'stored', revision: last.revision, position: last.position };
  }

  private wake() {
    for (const wake of this.sleepers) wake();
  }

  private news(signal: AbortSignal) {
    return new Promise<void>((resolve) => {
      const wake = () => {
        this.sleepers.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.sleepers.add(wake);
      signal.addEventListener('abort', wake);
    });
  }
}

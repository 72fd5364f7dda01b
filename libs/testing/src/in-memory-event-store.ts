import { randomUUID } from 'node:crypto';
import {
  categoryOf,
  EventStore,
  NO_STREAM,
  StreamMissing,
  StreamTombstoned,
  type Appended,
  type Batch,
  type NewEvent,
  type Recorded,
  type Retention,
  type Retentions,
  type SubscribeOptions,
  START,
  asPosition,
  type Position,
} from '#event-store';

/** How an append comes to have no answer: nothing was stored, or all was. */
export type Fault = 'before' | 'after';

/** Positions skip numbers, as they do in the real log. */
const STEP = 10;
/** `$tb` of a deleted stream, as JSON reads it. */
const DELETED = 2 ** 63;

const sizeOf = (value: object) => Buffer.byteLength(JSON.stringify(value));

/** An event as anybody may write it: data and metadata of any kind. */
export interface Anything {
  readonly type: string;
  readonly data: unknown;
  readonly envelope?: unknown;
}

/** The twin of the real event store, for tests: it keeps the same contract, in memory. */
export class InMemoryEventStore extends EventStore {
  /** Appends so far, and which of them end unknown: `store.faults.set(store.appends + 1, 'after')`. */
  appends = 0;
  readonly faults = new Map<number, Fault>();
  /** Bytes of data and envelopes in one append: the limit of the real store unless a test sets another. */
  maxAppendBytes = 1024 * 1024;
  reads = 0;
  /** Questions for what was done to a stream. */
  retentionReads = 0;
  private readonly log: Recorded[] = [];
  private readonly streams = new Map<string, Recorded[]>();
  /** The newest of a stream counts. */
  private readonly retained: Retention[] = [];
  private readonly scavenged = new Set<Recorded>();
  private readonly sleepers = new Set<() => void>();
  private dropped = { times: 0, reason: undefined as Error | undefined };

  override async append(stream: string, expectedRevision: number, events: readonly NewEvent[]): Promise<Appended> {
    if (events.length === 0) throw new RangeError(`Nothing to append to ${stream}`);
    const fault = this.faults.get(++this.appends);
    await Promise.resolve();
    if (fault === 'before') return { outcome: 'unknown', reason: 'fault before storing' };
    if (this.visibility(stream).tombstoned) return { outcome: 'tombstoned' };
    const bytes = events.reduce((sum, { event, envelope }) => sum + sizeOf(event.data) + sizeOf(envelope), 0);
    if (bytes > this.maxAppendBytes) return { outcome: 'too-large', maxBytes: this.maxAppendBytes };
    const appended = this.store(stream, expectedRevision, events);
    return fault === 'after' ? { outcome: 'unknown', reason: 'fault after storing' } : appended;
  }

  override async *read(stream: string, from = 0): AsyncIterable<Recorded> {
    this.reads++;
    await Promise.resolve();
    const events = this.visible(stream);
    if (!events && from > 0) throw new StreamMissing(stream);
    for (const recorded of events ?? []) if (recorded.revision >= from) yield structuredClone(recorded);
  }

  /** Undefined for a stream that does not exist, or no longer. */
  private visible(stream: string): readonly Recorded[] | undefined {
    const { tombstoned, isDeleted, first } = this.visibility(stream);
    if (tombstoned) throw new StreamTombstoned(stream);
    const events = this.streams.get(stream);
    return isDeleted ? undefined : events?.slice(first).filter((recorded) => !this.isExpired(recorded));
  }

  override retentionOf(stream: string) {
    this.retentionReads++;
    const retention = this.newestRetention(stream);
    return Promise.resolve(retention?.tombstoned ? undefined : retention);
  }

  override async *retentions(signal: AbortSignal): AsyncIterable<Retentions> {
    const { times } = this.dropped;
    for (let delivered = -1; !signal.aborted && this.dropped.times === times;) {
      if (delivered === this.retained.length) {
        await this.news(signal);
        continue;
      }
      const changes = this.retained.slice(Math.max(0, delivered));
      delivered = this.retained.length;
      yield { changes, caughtUp: true };
    }
    if (this.dropped.times > times && this.dropped.reason) throw this.dropped.reason;
  }

  /** Replaces the metadata of a stream, as an operator may. */
  setMetadata(stream: string, metadata: Readonly<Record<string, unknown>>) {
    this.retained.push({ stream, metadata });
    this.wake();
  }

  /** Its events are hidden, and the next append begins it anew. */
  deleteStream(stream: string) {
    this.setMetadata(stream, { $tb: DELETED });
  }

  /** It is gone for good. */
  tombstone(stream: string) {
    this.retained.push({ stream, metadata: {}, tombstoned: true });
    this.wake();
  }

  /** Takes what is hidden out of the log, too; the newest event of a stream stays. */
  scavenge() {
    for (const [stream, events] of this.streams) {
      const { first } = this.visibility(stream);
      for (const recorded of events.slice(0, Math.min(first, events.length - 1))) this.scavenged.add(recorded);
    }
  }

  /** Appends what another application might: nothing is checked. */
  appendAnything(stream: string, { type, data, envelope = {} }: Anything) {
    this.keep(stream, { id: randomUUID(), event: { type, data }, envelope } as NewEvent);
    this.wake();
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
    const recorded = this.log[this.indexOf(position)];
    return Promise.resolve(position === START || (recorded !== undefined && !this.scavenged.has(recorded)));
  }

  override newestBefore(position: Position) {
    const newest = this.log.findLast((recorded) => recorded.position < position && !this.scavenged.has(recorded));
    return Promise.resolve(newest?.position ?? START);
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

  private newestRetention(stream: string): Retention | undefined {
    return this.retained.findLast((retention) => retention.stream === stream);
  }

  private visibility(stream: string) {
    const { metadata = {}, tombstoned = false } = this.newestRetention(stream) ?? {};
    const { $tb = 0, $maxCount = Infinity } = metadata as { $tb?: number; $maxCount?: number };
    const count = this.streams.get(stream)?.length ?? 0;
    const first = Math.min(count, Math.max($tb, count - $maxCount));
    return { tombstoned, isDeleted: $tb >= DELETED, first, last: count - 1 };
  }

  private isExpired({ stream, recordedAt }: Recorded) {
    const { $maxAge = Infinity } = (this.newestRetention(stream)?.metadata ?? {}) as { $maxAge?: number };
    return recordedAt < Date.now() - $maxAge * 1000;
  }

  /** A position moves only with an event that is delivered: the real log says nothing of what its filter leaves out. */
  private cut(from: number, after: Position, options: Omit<SubscribeOptions, 'signal'>): [next: number, batch: Batch] {
    const { categories, batchSize = 500 } = options;
    const events: Recorded[] = [];
    let next = from;
    for (; next < this.log.length && events.length < batchSize; next++) {
      const recorded = this.log[next] as Recorded;
      if (this.isWanted(recorded, categories)) events.push(structuredClone(recorded));
    }
    return [next, { events, position: events.at(-1)?.position ?? after, caughtUp: next === this.log.length }];
  }

  private isWanted(recorded: Recorded, categories: readonly string[] | undefined) {
    return !this.scavenged.has(recorded) && (categories?.includes(categoryOf(recorded.stream)) ?? true);
  }

  private store(stream: string, expected: number, events: readonly NewEvent[]): Appended {
    const { isDeleted, last } = this.visibility(stream);
    const before = this.repeat(stream, expected, events);
    // Of a deleted stream, what was there before cannot be distinguished from nothing.
    const beginsAnew = isDeleted && expected === NO_STREAM && before?.outcome === 'conflict';
    if (before && !beginsAnew) return before;
    for (const event of events) this.keep(stream, JSON.parse(JSON.stringify(event)) as NewEvent);
    this.wake();
    if (isDeleted) this.setMetadata(stream, { $tb: last + 1 });
    return { outcome: 'stored', revision: last + events.length, position: asPosition(this.log.length * STEP) };
  }

  private keep(stream: string, event: NewEvent) {
    const stored = this.streams.get(stream) ?? [];
    const at = { stream, revision: stored.length, position: asPosition((this.log.length + 1) * STEP) };
    const recorded: Recorded = { ...event, ...at, recordedAt: Date.now() };
    this.log.push(recorded);
    stored.push(recorded);
    this.streams.set(stream, stored);
  }

  /** The same ids right after the expected revision: the append was stored before. Undefined where nothing is there. */
  private repeat(stream: string, expected: number, events: readonly NewEvent[]): Appended | undefined {
    const all = this.streams.get(stream) ?? [];
    if (expected === all.length - 1) return undefined;
    const stored = all.slice(expected + 1);
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

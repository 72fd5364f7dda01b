import { type Cause, type EventDefinition, type Message } from '#kernel';
import { type ConcurrencyLimit } from './concurrency-limit.js';
import { AppendTooLarge, OutcomeUnknown, StreamMissing, StreamNotReadable } from './errors.js';
import { type IncompleteStreams } from './incomplete-streams.js';
import { type KnownLogHead } from './known-log-head.js';
import { LoadedStream } from './loaded-stream.js';
import { type PersonalData } from './personal-data.js';
import { type Position } from './position.js';
import { type Appended, type EventStore, type NewEvent, NO_STREAM, type Recorded } from './port.js';
import { assertNotHidden, missingEvents, readCompleteStream, tombstonedStream } from './read-stream.js';
import { recognizeEvent } from './recognize-event.js';
import { RetryBudget } from './retry-budget.js';
import { type SnapshotStore, type StreamType } from './stream-type.js';

export interface StreamContext {
  readonly store: EventStore;
  readonly personalData: PersonalData;
  readonly snapshots: SnapshotStore | undefined;
  /** Without it, truncated or deleted streams are detected only when they are read. */
  readonly incompleteStreams: IncompleteStreams | undefined;
  /** How long an append or a read without an answer is repeated before the caller gets {@link OutcomeUnknown}. */
  readonly retryForMs: number;
  /** The time now, ISO 8601 UTC with milliseconds. */
  readonly now: (cause: Cause) => string;
  readonly keepsNewStreams: boolean;
  readonly knownLogHead: KnownLogHead;
  /** Of the streams that are read or appended to at once. */
  readonly limit: ConcurrencyLimit;
}

/** A stream that is assumed to be empty. If its events turn out to be stored at or below `logHead`, the command is a repeat. */
export interface AssumedNew<State, Command extends Message, Event extends Message> {
  readonly stream: LoadedStream<State, Command, Event>;
  readonly logHead: Position;
}

/** An append whose outcome is certain. */
type CertainOutcome = Extract<Appended, { outcome: 'stored' | 'conflict' }>;

const MIN_EVENTS_BETWEEN_SNAPSHOTS = 50;

/** Loads, reads and appends to one stream of the store, and repeats calls that the store has not answered. */
export class StreamAccess<State, Command extends Message, Event extends Message> {
  /** The state in memory has been compared with the store since this was last set to false. */
  isConfirmed = false;
  private snapshotRevision = 0;

  constructor(
    private readonly type: StreamType<State, Command, Event>,
    private readonly name: string,
    private readonly context: StreamContext,
  ) {}

  /**
   * Loads the newest state, from a snapshot where there is one.
   * @param contradicted a revision that the store has just refused as not the newest; a snapshot of it is ahead of the log and
   * is not used
   * @throws OutcomeUnknown, StreamNotReadable
   */
  async load(contradicted?: number): Promise<LoadedStream<State, Command, Event>> {
    const snapshot = await this.loadSnapshot();
    this.snapshotRevision = snapshot?.revision ?? NO_STREAM;
    const stream = snapshot && (await this.catchUpIfThere(snapshot));
    if (stream && stream.revision !== contradicted) return stream;
    return this.foldNewerEvents(new LoadedStream(this.type));
  }

  /** @returns undefined if the log has no such stream */
  private async catchUpIfThere(stream: LoadedStream<State, Command, Event>) {
    try {
      return await this.foldNewerEvents(stream);
    } catch (error) {
      if (error instanceof StreamMissing) return undefined;
      throw error;
    }
  }

  /** @throws StreamNotReadable if the stream is known to be truncated or deleted */
  assertComplete(): void {
    this.context.incompleteStreams?.assertComplete(this.name);
  }

  /**
   * Assumes an empty stream for a command that usually creates its stream, to save reading it. Undefined for other commands, and
   * if the store does not return the head of the log.
   */
  async assumeNew(command: Command): Promise<AssumedNew<State, Command, Event> | undefined> {
    if (!this.type.creates?.includes(command.type)) return undefined;
    try {
      return { stream: new LoadedStream(this.type), logHead: await this.context.knownLogHead.current() };
    } catch {
      return undefined;
    }
  }

  /**
   * Folds events that others have appended. Does not ask the store again while {@link isConfirmed}.
   * @returns whether there were any
   * @throws OutcomeUnknown, StreamNotReadable
   */
  async catchUp(stream: LoadedStream<State, Command, Event>): Promise<boolean> {
    if (this.isConfirmed) return false;
    const { revision } = stream;
    if (await this.catchUpIfThere(stream)) return stream.revision > revision;
    throw new OutcomeUnknown(this.name, 'the stream no longer exists: the log was replaced');
  }

  /** Reads events in their current version; personal fields stay sealed. @throws OutcomeUnknown, StreamNotReadable */
  async readEvents(from: number, count: number): Promise<readonly Recorded[]> {
    const events = await this.fetch(from, count);
    if (events.length < count) throw await missingEvents(this.context.store, this.name, from + events.length);
    return events.map((recorded) => recognizeEvent(recorded, this.type.events));
  }

  /**
   * Appends, and repeats the append with the same ids and the same expected revision until the outcome is certain.
   * @param owner the subject of the stream
   * @throws OutcomeUnknown when it is not within the time for retries
   * @throws AppendTooLarge
   * @throws StreamNotReadable for a stream that was deleted; if the append has created it again, its events are never read
   */
  async append(expected: number, events: readonly NewEvent[], owner?: string): Promise<CertainOutcome> {
    const sealed = await this.sealPersonalData(events, owner);
    const budget = new RetryBudget(this.context.retryForMs);
    for (;;) {
      const appended = await this.context.store.append(this.name, expected, sealed);
      this.isConfirmed = appended.outcome === 'stored';
      if (appended.outcome === 'stored') {
        this.context.knownLogHead.moveTo(appended.position);
        if (appended.revision === expected + events.length) return appended;
        throw await missingEvents(this.context.store, this.name, expected + 1);
      }
      if (appended.outcome === 'conflict') return appended;
      if (appended.outcome === 'too-large') throw new AppendTooLarge(this.name, appended.maxBytes);
      if (appended.outcome === 'tombstoned') throw tombstonedStream(this.name, expected + 1);
      this.context.limit.reduce();
      if (await budget.waitForNextTry()) continue;
      this.context.knownLogHead.invalidate();
      throw new OutcomeUnknown(this.name, appended.reason);
    }
  }

  /** A snapshot is a cache: failing to save it only makes the next load longer. */
  async saveSnapshotIfDue(stream: LoadedStream<State, Command, Event>): Promise<void> {
    const { snapshots } = this.context;
    // Larger snapshots are taken less often, so that the cost per event stays the same.
    const every = Math.max(MIN_EVENTS_BETWEEN_SNAPSHOTS, stream.rememberedCommands / 4);
    if (!snapshots || stream.revision - this.snapshotRevision < every) return;
    this.snapshotRevision = stream.revision;
    try {
      const snapshot = stream.toSnapshot();
      if (snapshot) await snapshots.save(this.name, snapshot);
    } catch {
      // the next snapshot may succeed
    }
  }

  private async loadSnapshot() {
    if (!this.type.snapshot) return undefined;
    try {
      const snapshot = await this.context.snapshots?.load(this.name);
      return snapshot && LoadedStream.fromSnapshot(this.type, snapshot);
    } catch {
      return undefined; // the stream is read from the log instead
    }
  }

  private async foldNewerEvents(stream: LoadedStream<State, Command, Event>) {
    for (const recorded of await this.fetch(stream.revision + 1, Infinity)) stream.foldRecorded(recorded);
    this.isConfirmed = true;
    return stream;
  }

  private async fetch(from: number, count: number): Promise<readonly Recorded[]> {
    const budget = new RetryBudget(this.context.retryForMs);
    for (;;) {
      try {
        return await this.fetchOnce(from, count);
      } catch (error) {
        if (error instanceof StreamNotReadable || error instanceof StreamMissing) throw error;
        this.context.limit.reduce();
        if (!(await budget.waitForNextTry())) throw new OutcomeUnknown(this.name, String(error));
      }
    }
  }

  private async fetchOnce(from: number, count: number): Promise<readonly Recorded[]> {
    const { store, incompleteStreams } = this.context;
    const events: Recorded[] = [];
    for await (const recorded of readCompleteStream(store, this.name, from)) {
      events.push(recorded);
      if (events.length === count) break;
    }
    if (from === 0 && events.length === 0 && !incompleteStreams?.isCaughtUp) await assertNotHidden(store, this.name);
    return events;
  }

  private async sealPersonalData(events: readonly NewEvent[], owner: string | undefined) {
    const { personalData } = this.context;
    const sealed: NewEvent[] = [];
    for (const event of events) {
      const definition: EventDefinition = this.type.events[event.event.type as Event['type']];
      sealed.push(definition.personal ? await personalData.seal(this.name, event, definition, owner) : event);
    }
    return sealed;
  }
}

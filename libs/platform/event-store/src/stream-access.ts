import { type EventDefinition, type Message } from '#kernel';
import { type CutStreams } from './cut-streams.js';
import { OutcomeUnknown, StreamMissing, StreamNotReadable } from './errors.js';
import { type Horizon } from './horizon.js';
import { known } from './known.js';
import { LoadedStream } from './loaded-stream.js';
import { Patience } from './patience.js';
import { type Position } from './position.js';
import { type PersonalData } from './personal-data.js';
import { type Appended, type EventStore, type NewEvent, NO_STREAM, type Recorded } from './port.js';
import { assertWhole, missing, readWhole, tombstoned } from './read-whole.js';
import { type SnapshotStore, type StreamType } from './stream-type.js';

export interface StreamContext {
  readonly store: EventStore;
  readonly personalData: PersonalData;
  readonly snapshots: SnapshotStore | undefined;
  /** What somebody has cut or deleted; without it, that is noticed only when a stream is read. */
  readonly cut: CutStreams | undefined;
  /** How long the store is asked again, when it does not answer, before the caller hears of it. */
  readonly patienceMs: number;
  readonly keepsNew: boolean;
  readonly horizon: Horizon;
}

/** A stream that is taken to be empty. Events stored at or below the horizon were there before: a repeat. */
export interface Presumed<State, Command extends Message, Event extends Message> {
  readonly stream: LoadedStream<State, Command, Event>;
  readonly horizon: Position;
}

/** What is known for sure of an append. */
type Settled = Extract<Appended, { outcome: 'stored' | 'conflict' }>;

const SNAPSHOT_EVERY = 200;

/** One stream in the store: how it is loaded, read and appended to, in spite of bad luck. */
export class StreamAccess<State, Command extends Message, Event extends Message> {
  /** The state has been compared with the store since this was last set to false. */
  current = false;
  private snapshotRevision = 0;

  constructor(
    private readonly type: StreamType<State, Command, Event>,
    private readonly name: string,
    private readonly context: StreamContext,
  ) {}

  /**
   * The newest state, except the one at `stale`, which the store has just contradicted.
   * @throws OutcomeUnknown, StreamNotReadable
   */
  async load(stale?: number): Promise<LoadedStream<State, Command, Event>> {
    const kept = await this.fromSnapshot();
    this.snapshotRevision = kept?.revision ?? NO_STREAM;
    const stream = kept && (await this.goOn(kept));
    if (stream && stream.revision !== stale) return stream;
    return this.replay(new LoadedStream(this.type)); // or the snapshot is ahead of the log
  }

  /** Undefined if the log does not know the stream at all. */
  private async goOn(stream: LoadedStream<State, Command, Event>) {
    try {
      return await this.replay(stream);
    } catch (error) {
      if (error instanceof StreamMissing) return undefined;
      throw error;
    }
  }

  /** @throws StreamNotReadable if somebody is known to have cut or deleted the stream */
  check(): void {
    this.context.cut?.check(this.name);
  }

  /**
   * The empty state, where the first of the commands is one that begins its stream. Undefined when that cannot be tried.
   */
  async presume(command: Command): Promise<Presumed<State, Command, Event> | undefined> {
    if (!this.type.creates?.includes(command.type)) return undefined;
    try {
      const horizon = await this.context.horizon.newest();
      return { stream: new LoadedStream(this.type), horizon };
    } catch {
      return undefined;
    }
  }

  /**
   * Folds what others have appended. @returns whether there was anything; not asked again while {@link current}
   * @throws OutcomeUnknown, StreamNotReadable
   */
  async catchUp(stream: LoadedStream<State, Command, Event>): Promise<boolean> {
    if (this.current) return false;
    const { revision } = stream;
    if (await this.goOn(stream)) return stream.revision > revision;
    throw new OutcomeUnknown(this.name, 'the stream is gone: the log is another one than before');
  }

  /** Events as today's code knows them, personal fields sealed. @throws OutcomeUnknown, StreamNotReadable */
  async read(from: number, count: number): Promise<readonly Recorded[]> {
    const events = await this.fetch(from, count);
    if (events.length < count) throw await missing(this.context.store, this.name, from + events.length);
    return events.map((recorded) => known(recorded, this.type.events));
  }

  /**
   * Asks again with the same ids and the same expected revision until the outcome is known.
   * @throws OutcomeUnknown when patience ends first
   * @throws StreamNotReadable for a stream that was deleted; if it began anew with these events, nobody will read them
   */
  async append(expected: number, events: readonly NewEvent[]): Promise<Settled> {
    const sealed = await this.seal(events);
    const patience = new Patience(this.context.patienceMs);
    for (;;) {
      const appended = await this.context.store.append(this.name, expected, sealed);
      this.current = appended.outcome === 'stored';
      if (appended.outcome === 'stored') {
        this.context.horizon.saw(appended.position);
        if (appended.revision === expected + events.length) return appended;
        throw await missing(this.context.store, this.name, expected + 1);
      }
      if (appended.outcome === 'conflict') return appended;
      if (appended.outcome === 'tombstoned') throw tombstoned(this.name, expected + 1);
      if (await patience.more()) continue;
      this.context.horizon.doubt();
      throw new OutcomeUnknown(this.name, appended.reason);
    }
  }

  /** A snapshot is a cache: failing to keep it only makes the next load longer. */
  async keepSnapshot(stream: LoadedStream<State, Command, Event>): Promise<void> {
    const { snapshots } = this.context;
    // The more a snapshot holds, the rarer it is: what it costs per event stays the same.
    const every = Math.max(SNAPSHOT_EVERY, stream.remembered / 4);
    if (!snapshots || stream.revision - this.snapshotRevision < every) return;
    this.snapshotRevision = stream.revision;
    try {
      const snapshot = stream.toSnapshot();
      if (snapshot) await snapshots.save(this.name, snapshot);
    } catch {
      // the next one may succeed
    }
  }

  private async fromSnapshot() {
    if (!this.type.snapshot) return undefined;
    try {
      const snapshot = await this.context.snapshots?.load(this.name);
      return snapshot && LoadedStream.fromSnapshot(this.type, snapshot);
    } catch {
      return undefined; // unreachable or unreadable: the log has it all
    }
  }

  private async replay(stream: LoadedStream<State, Command, Event>) {
    for (const recorded of await this.fetch(stream.revision + 1, Infinity)) stream.replay(recorded);
    this.current = true;
    return stream;
  }

  private async fetch(from: number, count: number): Promise<readonly Recorded[]> {
    const patience = new Patience(this.context.patienceMs);
    for (;;) {
      try {
        return await this.tryToFetch(from, count);
      } catch (error) {
        if (error instanceof StreamNotReadable || error instanceof StreamMissing) throw error;
        if (!(await patience.more())) throw new OutcomeUnknown(this.name, String(error));
      }
    }
  }

  private async tryToFetch(from: number, count: number): Promise<readonly Recorded[]> {
    const { store, cut } = this.context;
    const events: Recorded[] = [];
    for await (const recorded of readWhole(store, this.name, from)) {
      events.push(recorded);
      if (events.length === count) break;
    }
    if (from === 0 && events.length === 0 && !cut?.complete) await assertWhole(store, this.name);
    return events;
  }

  private async seal(events: readonly NewEvent[]) {
    const sealed: NewEvent[] = [];
    for (const event of events) {
      const definition: EventDefinition = this.type.events[event.event.type as Event['type']];
      sealed.push(definition.personal ? await this.context.personalData.seal(this.name, event, definition) : event);
    }
    return sealed;
  }
}

import { DomainError, type Cause, type EventDefinition, type Message } from '#kernel';
import { CommandIdReused, OutcomeUnknown } from './errors.js';
import { LoadedStream, type Remembered } from './loaded-stream.js';
import { type PersonalData } from './personal-data.js';
import { type Appended, type EventStore, type NewEvent, type Recorded } from './port.js';
import { type SnapshotStore, type StreamType } from './stream-type.js';

/** What a command led to. */
export interface Outcome<Event extends Message = Message> {
  /** Revision of the stream afterwards: the caller's ETag. */
  readonly revision: number;
  /** A position in the log at or after the command's last event; undefined when it caused none. */
  readonly position: number | undefined;
  /** The events that the command caused, now or when it was first sent; personal fields may be sealed in a repeat. */
  readonly events: readonly Event[];
  readonly eventIds: readonly string[];
  /** The command had been carried out before. */
  readonly repeated: boolean;
}

interface Letter<Command, Event extends Message> {
  readonly command: Command;
  readonly cause: Cause;
  readonly resolve: (outcome: Outcome<Event>) => void;
  readonly reject: (error: unknown) => void;
}

export interface MailboxContext {
  readonly store: EventStore;
  readonly personalData: PersonalData;
  readonly snapshots: SnapshotStore | undefined;
  /** How long an unknown outcome is asked again before the caller hears of it. */
  readonly patienceMs: number;
}

const BATCH = 128;
const SNAPSHOT_EVERY = 200;

/** All commands for one stream, one batch at a time: decided one after the other, appended together. */
export class Mailbox<State, Command extends Message, Event extends Message> {
  private readonly letters: Letter<Command, Event>[] = [];
  private busy = false;
  private stream: LoadedStream<State, Command, Event> | undefined;
  private snapshotRevision = 0;

  constructor(
    private readonly type: StreamType<State, Command, Event>,
    private readonly name: string,
    private readonly context: MailboxContext,
    private readonly onIdle: (weight: number) => void,
  ) {}

  get idle() {
    return !this.busy;
  }

  send(command: Command, cause: Cause): Promise<Outcome<Event>> {
    return new Promise((resolve, reject) => {
      this.letters.push({ command, cause, resolve, reject });
      if (!this.busy) void this.work();
    });
  }

  /** Folds an event seen in the log, if it is the next one: spares a read when another process writes to the stream. */
  observe(recorded: Recorded): void {
    if (this.busy) return; // whatever is missed shows as a conflict and is read then
    this.stream ??= recorded.revision === 0 ? new LoadedStream(this.type) : undefined;
    if (this.stream?.revision === recorded.revision - 1) this.stream.replay(recorded);
  }

  private async work() {
    this.busy = true;
    while (this.letters.length > 0) {
      const batch = this.letters.splice(0, BATCH);
      try {
        await this.carryOut(batch);
      } catch (error) {
        this.stream = undefined; // it may hold decisions that were never stored
        for (const letter of batch) letter.reject(error);
      }
    }
    this.busy = false;
    this.onIdle(this.stream?.weight ?? 0);
  }

  /** Lost races are decided again on the newer state, until every letter has its answer. */
  private async carryOut(batch: readonly Letter<Command, Event>[]): Promise<void> {
    let open = batch;
    while (open.length > 0) {
      const stream = (this.stream ??= await this.load());
      const expected = stream.revision;
      const { answers, events, retry } = await this.decideAll(stream, open);
      const appended = events.length > 0 ? await this.append(expected, events) : undefined;
      if (appended?.outcome === 'conflict') {
        this.stream = undefined;
        continue;
      }
      if (appended?.outcome === 'unknown') throw new OutcomeUnknown(this.name, appended.reason);
      for (const answer of answers) answer(appended);
      open = retry;
    }
    void this.keepSnapshot();
  }

  /** @returns the answers to give once the events are stored, and the letters that must wait for the next round */
  private async decideAll(stream: LoadedStream<State, Command, Event>, letters: readonly Letter<Command, Event>[]) {
    const answers: ((appended: Appended | undefined) => void)[] = [];
    const events: NewEvent[] = [];
    const stored = stream.revision;
    const retry: Letter<Command, Event>[] = [];
    for (const letter of letters) {
      try {
        const remembered = stream.recall(letter.cause);
        if (remembered && remembered.revision > stored) retry.push(letter);
        else if (remembered) answers.push(await this.answerRepeat(letter, remembered));
        else answers.push(this.decideOne(stream, letter, events));
      } catch (error) {
        if (!(error instanceof DomainError || error instanceof CommandIdReused)) throw error;
        // A refusal may rest on decisions of this batch, so it is told only after they are stored.
        answers.push(() => letter.reject(error));
      }
    }
    return { answers, events, retry };
  }

  private decideOne(stream: LoadedStream<State, Command, Event>, letter: Letter<Command, Event>, events: NewEvent[]) {
    const decided = stream.decide(letter.command, letter.cause);
    const { revision } = stream;
    events.push(...decided);
    return (appended: Appended | undefined) => {
      const position = appended?.outcome === 'stored' && decided.length > 0 ? appended.position : undefined;
      const caused = decided.map(({ event }) => event as Event);
      letter.resolve({ revision, position, events: caused, eventIds: decided.map(({ id }) => id), repeated: false });
    };
  }

  private async answerRepeat(letter: Letter<Command, Event>, { revision, count }: Remembered) {
    const events: Recorded[] = [];
    for await (const recorded of this.context.store.read(this.name, revision)) {
      events.push(recorded);
      if (events.length === count) break;
    }
    const last = events.at(-1);
    return () =>
      letter.resolve({
        revision: last?.revision ?? revision,
        position: last?.position,
        events: events.map(({ event }) => event as Event),
        eventIds: events.map(({ id }) => id),
        repeated: true,
      });
  }

  private async load() {
    const snapshot = this.type.snapshot && (await this.context.snapshots?.load(this.name));
    const stream = snapshot ? LoadedStream.fromSnapshot(this.type, snapshot) : new LoadedStream(this.type);
    this.snapshotRevision = stream.revision;
    for await (const recorded of this.context.store.read(this.name, stream.revision + 1)) stream.replay(recorded);
    return stream;
  }

  /** Asks again with the same ids and the same expected revision until the outcome is known or patience ends. */
  private async append(expected: number, events: readonly NewEvent[]): Promise<Appended> {
    const sealed = await Promise.all(events.map((event) => this.seal(event)));
    const until = performance.now() + this.context.patienceMs;
    for (let pause = 50; ; pause = Math.min(pause * 2, 2000)) {
      const appended = await this.context.store.append(this.name, expected, sealed);
      if (appended.outcome !== 'unknown' || performance.now() > until) return appended;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }

  private seal(event: NewEvent): NewEvent | Promise<NewEvent> {
    const definition: EventDefinition = this.type.events[event.event.type as Event['type']];
    return definition.personal ? this.context.personalData.seal(this.name, event, definition) : event;
  }

  private async keepSnapshot() {
    const { snapshots } = this.context;
    if (!snapshots || !this.stream || this.stream.revision - this.snapshotRevision < SNAPSHOT_EVERY) return;
    const snapshot = this.stream.toSnapshot();
    this.snapshotRevision = this.stream.revision;
    // A snapshot is a cache: failing to keep it only makes the next load longer.
    if (snapshot) await snapshots.save(this.name, snapshot).catch(() => undefined);
  }
}

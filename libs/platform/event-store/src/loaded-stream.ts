import { eventId, guestOf, type Cause, type DecisionCause, type Message } from '#kernel';
import { asStreamNotReadable, CommandIdReused } from './errors.js';
import { NO_STREAM, type NewEvent, type Recorded } from './port.js';
import { recognizeEvent } from './recognize-event.js';
import { type Snapshot, type StreamType } from './stream-type.js';

/** A command that was carried out before, with the place of its events and the digest of its body. */
export interface CompletedCommand {
  /** Revision of its first event. */
  readonly revision: number;
  readonly count: number;
  readonly fingerprint: string;
}

/** Estimated bytes in memory of an empty stream, and of an event whose command is remembered with what it adds to the state. */
const STREAM_BYTES = 512;
const EVENT_BYTES = 320;

/** A stream in memory: the folded state at a revision, and the commands that led to it. */
export class LoadedStream<State, Command extends Message, Event extends Message> {
  revision = NO_STREAM;
  state: State;
  /** Of the first event. */
  private firstCause: { readonly subject: string | undefined; readonly correlationId: string } | undefined;
  /** The number of events of the commands that are remembered. */
  private rememberedEvents = 0;
  private readonly commands = new Map<string, CompletedCommand>();

  constructor(private readonly type: StreamType<State, Command, Event>) {
    this.state = type.decider.initialState();
  }

  /** @returns an empty stream if the snapshot is of another version */
  static fromSnapshot<State, Command extends Message, Event extends Message>(
    type: StreamType<State, Command, Event>,
    snapshot: Snapshot,
  ) {
    const loaded = new LoadedStream(type);
    if (!type.snapshot || type.snapshot.version !== snapshot.version) return loaded;
    loaded.state = type.snapshot.load(snapshot.state);
    loaded.revision = snapshot.revision;
    for (const [id, revision, count, fingerprint] of snapshot.commands) {
      loaded.commands.set(id, { revision, count, fingerprint });
      loaded.rememberedEvents += count;
    }
    loaded.forgetOldestCommands();
    return loaded;
  }

  /**
   * The subject of the personal data in the stream: that of its first event, or the guest of the conversation. Unknown after a
   * snapshot.
   */
  get owner(): string | undefined {
    return this.firstCause && (this.firstCause.subject ?? guestOf(this.firstCause.correlationId));
  }

  /**
   * Estimated memory in bytes. Streams that forget commands also bound their state, so that it does not grow with their age.
   */
  get weight() {
    return STREAM_BYTES + EVENT_BYTES * this.rememberedEvents;
  }

  /** The number of command ids that are held in memory. */
  get rememberedCommands() {
    return this.commands.size;
  }

  /** Undefined for types of streams that have no snapshots. */
  toSnapshot(): Snapshot | undefined {
    const { snapshot } = this.type;
    if (!snapshot) return undefined;
    return {
      revision: this.revision,
      version: snapshot.version,
      state: snapshot.save(this.state),
      commands: [...this.commands].map(([id, { revision, count, fingerprint }]) => [id, revision, count, fingerprint]),
    };
  }

  /** Folds an event from the log. @throws StreamNotReadable for an event that is not the decider's */
  foldRecorded(recorded: Recorded): void {
    const { id, event, envelope, stream, revision } = recognizeEvent(recorded, this.type.events);
    try {
      this.fold(event as Event, envelope, revision, id);
    } catch (error) {
      throw asStreamNotReadable(error, { stream, revision, type: event.type });
    }
  }

  /**
   * Finds an earlier command with the same id.
   * @throws CommandIdReused when it had another body
   */
  findCompleted({ commandId, fingerprint = '' }: Cause): CompletedCommand | undefined {
    const completed = this.commands.get(commandId);
    if (completed && completed.fingerprint !== fingerprint) throw new CommandIdReused(commandId);
    return completed;
  }

  /** @throws DomainError */
  decide(command: Command, cause: DecisionCause): readonly Event[] {
    return this.type.decider.decide(command, this.state, cause);
  }

  /** Folds decided events before they are stored, so that the next command of the batch is decided on them. */
  foldNew(events: readonly Event[], cause: Cause): NewEvent[] {
    return events.map((event, index) => {
      const schema = String(this.type.events[event.type as Event['type']].version);
      this.fold(event, cause, this.revision + 1);
      return { id: eventId(cause.commandId, index), event, envelope: { ...cause, schema } };
    });
  }

  private fold(event: Event, cause: Cause, revision: number, recordedId?: string) {
    const { commandId, fingerprint = '' } = cause;
    if (revision === 0) this.firstCause = { subject: cause.subject, correlationId: cause.correlationId };
    this.state = this.type.decider.evolve(this.state, event, cause, recordedId);
    this.revision = revision;
    const completed = this.commands.get(commandId);
    if (completed) this.commands.set(commandId, { ...completed, count: completed.count + 1 });
    else this.commands.set(commandId, { revision, count: 1, fingerprint });
    this.rememberedEvents++;
    this.forgetOldestCommands();
  }

  private forgetOldestCommands() {
    const { maxRememberedCommands = Infinity } = this.type;
    for (const [id, { count }] of this.commands) {
      if (this.commands.size <= maxRememberedCommands) return;
      this.commands.delete(id);
      this.rememberedEvents -= count;
    }
  }
}

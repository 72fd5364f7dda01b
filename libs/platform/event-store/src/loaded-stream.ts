import { eventId, type Cause, type Message } from '#kernel';
import { CommandIdReused, notReadable } from './errors.js';
import { known } from './known.js';
import { NO_STREAM, type NewEvent, type Recorded } from './port.js';
import { type Snapshot, type StreamType } from './stream-type.js';

/** Where the events of a command that was carried out before are to be found. */
export interface Remembered {
  readonly revision: number;
  readonly count: number;
  readonly fingerprint: string;
}

/** A stream in memory: the folded state at a revision, and the commands that led there. */
export class LoadedStream<State, Command extends Message, Event extends Message> {
  revision = NO_STREAM;
  /** Estimated memory in bytes. */
  weight = 512;
  state: State;
  private readonly commands = new Map<string, Remembered>();

  constructor(private readonly type: StreamType<State, Command, Event>) {
    this.state = type.decider.initialState();
  }

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
    }
    loaded.weight += 160 * (snapshot.commands.length + 1);
    return loaded;
  }

  /** Command ids that are held in memory. */
  get remembered() {
    return this.commands.size;
  }

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

  /** Folds an event that is in the log. @throws StreamNotReadable for one that is not the decider's */
  replay(recorded: Recorded): void {
    const { event, envelope, stream, revision } = known(recorded, this.type.events);
    try {
      this.fold(event as Event, envelope, revision);
    } catch (error) {
      throw notReadable(error, { stream, revision, type: event.type });
    }
  }

  /**
   * What an earlier command with the same id left behind, if there was one.
   * @throws CommandIdReused when it had another body
   */
  recall({ commandId, fingerprint = '' }: Cause): Remembered | undefined {
    const remembered = this.commands.get(commandId);
    if (remembered && remembered.fingerprint !== fingerprint) throw new CommandIdReused(commandId);
    return remembered;
  }

  /** @throws DomainError */
  decide(command: Command, cause: Cause): readonly Event[] {
    return this.type.decider.decide(command, this.state, cause);
  }

  /** Folds what was decided at once, before it is stored: the next command sees it. */
  accept(events: readonly Event[], cause: Cause): NewEvent[] {
    return events.map((event, index) => {
      const schema = String(this.type.events[event.type as Event['type']].version);
      this.fold(event, cause, this.revision + 1);
      return { id: eventId(cause.commandId, index), event, envelope: { ...cause, schema } };
    });
  }

  private fold(event: Event, cause: Cause, revision: number) {
    const { commandId, fingerprint = '' } = cause;
    this.state = this.type.decider.evolve(this.state, event, cause);
    this.revision = revision;
    const known = this.commands.get(commandId);
    if (known) this.commands.set(commandId, { ...known, count: known.count + 1 });
    else this.commands.set(commandId, { revision, count: 1, fingerprint });
    this.weight += 320;
    if (this.type.memory !== undefined && this.commands.size > this.type.memory) this.forgetOldest();
  }

  private forgetOldest() {
    const [oldest] = this.commands.keys();
    if (oldest !== undefined) this.commands.delete(oldest);
    this.weight -= 160;
  }
}

import { Injectable, Optional } from '@nestjs/common';
import { type Cause, type Message } from '#kernel';
import { type CutStreams } from './cut-streams.js';
import { Horizon } from './horizon.js';
import { type Outcome } from './letters.js';
import { Mailbox } from './mailbox.js';
import { PersonalData } from './personal-data.js';
import { EventStore, type Recorded } from './port.js';
import { type StreamContext } from './stream-access.js';
import { SnapshotStore, type StreamType } from './stream-type.js';

type AnyMailbox = Mailbox<unknown, Message, Message>;

export interface RunnerLimits {
  /** Memory for folded streams, estimated bytes (what the heap takes is some times that). Default 32 MiB. */
  readonly cacheBytes?: number;
  /** How long an unknown outcome is asked again. Default 15 s. */
  readonly patienceMs?: number;
  /** Streams that it has begun itself stay in memory: it will go on with them. Default: others will. */
  readonly keepsNew?: boolean;
  /** What is known to be cut or deleted is refused without reading it. Default: it is noticed when it is read. */
  readonly cutStreams?: CutStreams;
}

/** Runs deciders against their streams: the only place where a command meets the event store. */
@Injectable()
export class DeciderRunner {
  /** Least recently used first. */
  private readonly mailboxes = new Map<string, { readonly mailbox: AnyMailbox; weight: number }>();
  private readonly context: StreamContext;
  private readonly cacheBytes: number;
  private weight = 0;

  constructor(
    store: EventStore,
    personalData: PersonalData,
    @Optional() snapshots?: SnapshotStore,
    limits: RunnerLimits = {},
  ) {
    const horizon = new Horizon(store);
    this.context = {
      store,
      personalData,
      snapshots,
      horizon,
      patienceMs: limits.patienceMs ?? 15_000,
      cut: limits.cutStreams,
      keepsNew: limits.keepsNew ?? false,
    };
    this.cacheBytes = limits.cacheBytes ?? 32 * 1024 * 1024;
  }

  /**
   * Decides on the newest state and appends what was decided, in one step. A command that was carried out before is
   * answered with what it caused then; a command that loses a race is decided again.
   *
   * @throws DomainError if the decider refuses the command
   * @throws CommandIdReused if the command id was used with another body
   * @throws OutcomeUnknown if the store does not answer in time: repeat with the same command id
   * @throws StreamNotReadable if an event of the stream is not the decider's, or events are missing
   */
  run<State, Command extends Message, Event extends Message>(
    type: StreamType<State, Command, Event>,
    id: string,
    command: Command,
    cause: Cause,
  ): Promise<Outcome<Event>> {
    return this.mailbox(type, `${type.category}-${id}`).send(command, cause);
  }

  /**
   * What is known of a stream, at least as new as what this runner has stored there: for those who must ask others before
   * they send a command. It is folded on by others: look at it at once.
   *
   * @throws OutcomeUnknown if the store does not answer in time
   * @throws StreamNotReadable
   */
  look<State, Command extends Message, Event extends Message>(
    type: StreamType<State, Command, Event>,
    id: string,
  ): Promise<Readonly<State>> {
    return this.mailbox(type, `${type.category}-${id}`).look();
  }

  /** Lets a consumer of the log keep the folded streams warm. */
  observe<State, Command extends Message, Event extends Message>(
    type: StreamType<State, Command, Event>,
    recorded: Recorded,
  ): void {
    this.context.horizon.saw(recorded.position);
    if (recorded.revision > 0 && !this.mailboxes.has(recorded.stream)) return;
    this.mailbox(type, recorded.stream).observe(recorded);
  }

  private mailbox<State, Command extends Message, Event extends Message>(
    type: StreamType<State, Command, Event>,
    name: string,
  ): Mailbox<State, Command, Event> {
    const known = this.mailboxes.get(name);
    if (known) {
      this.mailboxes.delete(name);
      this.mailboxes.set(name, known);
      return known.mailbox as unknown as Mailbox<State, Command, Event>;
    }
    const entry = { mailbox: undefined as unknown as AnyMailbox, weight: 1024 };
    const mailbox = new Mailbox(type, name, this.context, (weight) => {
      this.weight += weight - entry.weight;
      entry.weight = weight;
      if (weight === 0) this.mailboxes.delete(name); // it remembers nothing
      this.evict();
    });
    entry.mailbox = mailbox as unknown as AnyMailbox;
    this.mailboxes.set(name, entry);
    this.weight += entry.weight;
    return mailbox;
  }

  private evict() {
    for (const [name, { mailbox, weight }] of this.mailboxes) {
      if (this.weight <= this.cacheBytes) return;
      if (!mailbox.idle) continue;
      this.mailboxes.delete(name);
      this.weight -= weight;
    }
  }
}

/*
 * The command side, from a command to its outcome:
 *
 *   run(type, id, command, cause)
 *     the executor of the stream `<category>-<id>` puts the command into its queue
 *     wait until fewer than 64 streams are being read or appended to; down to 4 while the store does not answer in time.
 *     In the API, after 15 s: OutcomeUnknown
 *     the commands in the queue are one batch, of at most 128 commands:
 *
 *     refuse the batch if an operator has truncated or deleted the stream
 *     load the stream, unless it is in memory: snapshot + events since then; a command that creates its stream skips this
 *     repeat until every command of the batch is answered:
 *       for each command:
 *         if a command with its id was carried out before       → answer with the events that it caused then
 *         if that command had another body                      → refuse: CommandIdReused
 *         decide(command, state) throws                         → refuse with that error
 *         decide(command, state) returns events                 → evolve the state with them; the next command sees it
 *       append all events of the round at the expected revision, in one call:
 *         stored      → answer all commands of the round
 *         conflict    → another append was first: load the stream again, decide again
 *         unknown     → repeat the same append, with the same ids, until it is known; after 15 s: OutcomeUnknown
 *         tombstoned  → StreamNotReadable
 *       a round without events has no append that proves its state to be the newest: read newer events, and if there are any,
 *       decide again
 *     save a snapshot if the last one is 50 events old
 *     keep the stream in memory; the least recently used streams are evicted when memory is full
 *
 * decider-runner.ts   the executors, by stream
 * stream-cache.ts     their limit of memory
 * stream-executor.ts  the queue, the rounds and the answers
 * stream-access.ts    the stream in the store: loads, reads and appends until the outcome is certain
 * loaded-stream.ts    the stream in memory: state, revision, commands carried out
 */
import { getHeapStatistics } from 'node:v8';
import { Injectable, Optional } from '@nestjs/common';
import { type Cause, type Message } from '#kernel';
import { ConcurrencyLimit } from './concurrency-limit.js';
import { type IncompleteStreams } from './incomplete-streams.js';
import { KnownLogHead } from './known-log-head.js';
import { type Outcome } from './outcome.js';
import { PersonalData } from './personal-data.js';
import { EventStore, type Recorded } from './port.js';
import { type StreamContext } from './stream-access.js';
import { StreamCache } from './stream-cache.js';
import { StreamExecutor } from './stream-executor.js';
import { SnapshotStore, type StreamType } from './stream-type.js';

type AnyExecutor = StreamExecutor<unknown, Message, Message>;

export interface DeciderRunnerOptions {
  /** Memory for folded streams in estimated bytes. Default: an eighth of the limit of the heap, at least 64 MiB. */
  readonly cacheBytes?: number | undefined;
  /** The number of streams that are read or appended to at once, at most; commands to others wait. Default 64. */
  readonly concurrency?: number;
  /** How long a command waits for others before it gets {@link OutcomeUnknown}. Default: as long as it takes. */
  readonly maxWaitMs?: number;
  /** How long an append or a read without an answer is repeated. Default 15 s. */
  readonly retryForMs?: number;
  /** The time now, ISO 8601 UTC with milliseconds. Default: of the system. */
  readonly now?: (cause: Cause) => string;
  /** Whether streams that this runner creates stay in memory, because it gets their next commands. Default false. */
  readonly keepsNewStreams?: boolean;
  /** Refuses streams that are known to be incomplete without reading them. Default: they are detected when they are read. */
  readonly incompleteStreams?: IncompleteStreams;
}

/** In use, streams take two to three times as much as is estimated. */
const defaultCacheBytes = () => Math.max(64 * 1024 * 1024, getHeapStatistics().heap_size_limit / 8);
/** So many that group commit of the store pays off, and so few that each is answered within its deadline even by a slow store. */
const CONCURRENCY = 64;

/** Runs deciders against their streams: the only place where a command meets the event store. */
@Injectable()
export class DeciderRunner {
  private readonly executors: StreamCache<AnyExecutor>;
  private readonly context: StreamContext;

  constructor(
    store: EventStore,
    personalData: PersonalData,
    @Optional() snapshots?: SnapshotStore,
    options: DeciderRunnerOptions = {},
  ) {
    this.context = {
      store,
      personalData,
      snapshots,
      knownLogHead: new KnownLogHead(store),
      retryForMs: options.retryForMs ?? 15_000,
      incompleteStreams: options.incompleteStreams,
      now: options.now ?? (() => new Date().toISOString()),
      keepsNewStreams: options.keepsNewStreams ?? false,
      limit: new ConcurrencyLimit({ max: options.concurrency ?? CONCURRENCY, maxWaitMs: options.maxWaitMs }),
    };
    this.executors = new StreamCache(options.cacheBytes ?? defaultCacheBytes());
  }

  /**
   * Decides on the newest state and appends the decided events in one step. A repeated command gets its first answer. A command
   * that loses a race is decided again.
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
    return this.executorOf(type, `${type.category}-${id}`).execute(command, cause);
  }

  /** The time at which a command of this cause is decided now: see `DecisionCause` of #kernel. */
  now(cause: Cause): string {
    return this.context.now(cause);
  }

  /**
   * The state of a stream as this runner has it in memory, or else as it is read, for handlers that prepare a command. It includes all
   * events that this runner has stored, but events of other processes may be missing. Later events are folded into the same object,
   * so use it before the next `await`.
   *
   * @throws OutcomeUnknown if the store does not answer in time
   * @throws StreamNotReadable
   */
  cachedState<State, Command extends Message, Event extends Message>(
    type: StreamType<State, Command, Event>,
    id: string,
  ): Promise<Readonly<State>> {
    return this.executorOf(type, `${type.category}-${id}`).cachedState();
  }

  /**
   * The state of a stream as the store has it now, including what other processes have just stored. It always costs a read.
   *
   * @throws OutcomeUnknown if the store does not answer in time
   * @throws StreamNotReadable
   */
  freshState<State, Command extends Message, Event extends Message>(
    type: StreamType<State, Command, Event>,
    id: string,
  ): Promise<Readonly<State>> {
    return this.executorOf(type, `${type.category}-${id}`).freshState();
  }

  /** Folds an event of the log into its stream in memory, so that commands need not read the stream. */
  observe<State, Command extends Message, Event extends Message>(
    type: StreamType<State, Command, Event>,
    recorded: Recorded,
  ): void {
    this.context.knownLogHead.moveTo(recorded.position);
    if (recorded.revision > 0 && !this.executors.has(recorded.stream)) return;
    this.executorOf(type, recorded.stream).observe(recorded);
  }

  private executorOf<State, Command extends Message, Event extends Message>(
    type: StreamType<State, Command, Event>,
    name: string,
  ): StreamExecutor<State, Command, Event> {
    const known = this.executors.get(name);
    if (known) return known as unknown as StreamExecutor<State, Command, Event>;
    const executor = new StreamExecutor(type, name, this.context, (weight) =>
      this.executors.setWeight(name, executor as unknown as AnyExecutor, weight),
    );
    this.executors.add(name, executor as unknown as AnyExecutor, type.snapshot !== undefined);
    return executor;
  }
}

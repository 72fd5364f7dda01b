import { type Cause, type Message } from '#kernel';
import { AppendTooLarge, OutcomeUnknown } from './errors.js';
import { type CompletedCommand, LoadedStream } from './loaded-stream.js';
import { type Outcome } from './outcome.js';
import { type Appended, type NewEvent, NO_STREAM, type Recorded } from './port.js';
import { RetryBudget } from './retry-budget.js';
import { type AssumedNew, StreamAccess, type StreamContext } from './stream-access.js';
import { type StreamType } from './stream-type.js';

const MAX_BATCH_COMMANDS = 128;

/** A command whose caller waits for the outcome. */
interface PendingCommand<Command, Event extends Message> {
  readonly command: Command;
  readonly cause: Cause;
  readonly resolve: (outcome: Outcome<Event>) => void;
  readonly reject: (error: unknown) => void;
  /** Removes the command from the queue and rejects it, unless it is cleared first. Undefined if there is no limit. */
  readonly waitTimer: NodeJS.Timeout | undefined;
}

/** Answers one command. It is called once the events of the round are stored, if there are any. */
type Answer = (stored: Extract<Appended, { outcome: 'stored' }> | undefined) => void;

/** The result of one command: it was carried out before, it is decided now, or it is refused. */
type Decision<Event> =
  | { readonly kind: 'repeat'; readonly completed: CompletedCommand }
  | { readonly kind: 'events'; readonly events: readonly Event[] }
  | { readonly kind: 'refusal'; readonly error: unknown };

/**
 * Executes the commands to one stream, one batch at a time. The commands of a batch are decided one after the other, each on the
 * state after the previous one, and their events are appended together.
 */
export class StreamExecutor<State, Command extends Message, Event extends Message> {
  private readonly queue: PendingCommand<Command, Event>[] = [];
  private isBusy = false;
  private stream: LoadedStream<State, Command, Event> | undefined;
  private readonly access: StreamAccess<State, Command, Event>;

  constructor(
    private readonly type: StreamType<State, Command, Event>,
    private readonly name: string,
    private readonly context: StreamContext,
    /** Called with the memory of the stream in bytes when it may have changed. */
    private readonly onWeight: (weight: number) => void,
  ) {
    this.access = new StreamAccess(type, name, context);
  }

  get isIdle() {
    return !this.isBusy;
  }

  execute(command: Command, cause: Cause): Promise<Outcome<Event>> {
    return new Promise((resolve, reject) => {
      const waitTimer = this.context.limit.startWaitTimer(this.name, (error) => {
        const waiting = this.queue.findIndex((pending) => pending.resolve === resolve);
        this.queue.splice(waiting, 1);
        reject(error);
      });
      this.queue.push({ command, cause, resolve, reject, waitTimer });
      if (!this.isBusy) void this.executeQueue();
    });
  }

  /** The state in memory, or else as it is read; it includes all events that this runner has stored. @throws OutcomeUnknown, StreamNotReadable */
  async cachedState(): Promise<Readonly<State>> {
    this.access.assertComplete();
    if (this.stream && !this.isBusy) return this.stream.state;
    const stream = await this.loadFromStore();
    if (!this.isBusy && !this.stream) {
      this.stream = stream;
      this.onWeight(stream.weight);
    }
    return stream.state;
  }

  /** The state as the store has it now, read into an object of its own. @throws OutcomeUnknown, StreamNotReadable */
  async freshState(): Promise<Readonly<State>> {
    this.access.assertComplete();
    return (await this.loadFromStore()).state;
  }

  /** Uses an access of its own, because the current batch relies on `isConfirmed` of the other one. */
  private loadFromStore() {
    return this.context.limit.runWithWaitLimit(this.name, () =>
      new StreamAccess(this.type, this.name, this.context).load(),
    );
  }

  /** Folds an event of the log if it is the next one, which saves a read after another process has written to the stream. */
  observe(recorded: Recorded): void {
    if (this.isBusy) return; // a missed event causes a conflict, after which it is read
    const stream = this.stream ?? new LoadedStream(this.type);
    if (stream.revision !== recorded.revision - 1) return;
    try {
      stream.foldRecorded(recorded);
      this.stream = stream;
    } catch {
      this.stream = undefined; // the next command reads the stream and is refused with the reason
    }
    this.onWeight(this.stream?.weight ?? 0);
  }

  private async executeQueue() {
    this.isBusy = true;
    while (this.queue.length > 0) await this.context.limit.run(() => this.executeNext());
    this.isBusy = false;
    this.onWeight(this.stream?.weight ?? 0);
  }

  /** Executes the commands at the front of the queue. The queue may be empty: commands that waited too long have left it. */
  private async executeNext() {
    const batch = this.queue.splice(0, MAX_BATCH_COMMANDS);
    for (const { waitTimer } of batch) clearTimeout(waitTimer);
    if (batch.length > 0) await this.executeOrReject(batch);
  }

  /** Commands that are too large together are executed in smaller batches. */
  private async executeOrReject(batch: readonly PendingCommand<Command, Event>[]): Promise<void> {
    try {
      await this.executeBatch(batch);
    } catch (error) {
      this.stream = undefined; // it may hold decisions that were never stored
      if (error instanceof AppendTooLarge && batch.length > 1) {
        const half = Math.ceil(batch.length / 2);
        await this.executeOrReject(batch.slice(0, half));
        await this.executeOrReject(batch.slice(half));
      } else for (const pending of batch) pending.reject(error);
    }
  }

  private async executeBatch(batch: readonly PendingCommand<Command, Event>[]): Promise<void> {
    const budget = new RetryBudget(this.context.retryForMs);
    this.access.assertComplete();
    this.access.isConfirmed = false;
    const [first] = batch;
    const assumed = first && !this.stream ? await this.access.assumeNew(first.command) : undefined;
    let unanswered = assumed ? await this.executeOnNewStream(assumed, batch) : batch;
    while (unanswered.length > 0) unanswered = await this.executeRound(unanswered, budget);
    if (this.stream) void this.access.saveSnapshotIfDue(this.stream);
  }

  /** @returns the commands that are still unanswered: they lost a race, or repeat a command of this round */
  private async executeRound(unanswered: readonly PendingCommand<Command, Event>[], budget: RetryBudget) {
    const stream = (this.stream ??= await this.access.load());
    const expected = stream.revision;
    const { answers, events, repeatsOfThisRound, needsConfirmation } = await this.decideAll(stream, unanswered);
    if (needsConfirmation && (await this.access.catchUp(stream))) return unanswered;
    const appended = events.length > 0 ? await this.access.append(expected, events, stream.owner) : undefined;
    if (appended?.outcome === 'conflict') {
      await this.reload(expected, budget);
      return unanswered;
    }
    for (const answer of answers) answer(appended);
    return repeatsOfThisRound;
  }

  /** One round on a stream that is assumed to be empty. */
  private async executeOnNewStream(
    { stream, logHead }: AssumedNew<State, Command, Event>,
    batch: readonly PendingCommand<Command, Event>[],
  ) {
    const { answers, events, repeatsOfThisRound } = await this.decideAll(stream, batch);
    if (events.length === 0) return batch;
    const appended = await this.access.append(NO_STREAM, events, stream.owner);
    // For a repeat with the same ids, the store returns the first position, even if other events were decided now.
    if (appended.outcome === 'conflict' || appended.position <= logHead) return batch;
    if (this.context.keepsNewStreams) this.stream = stream;
    for (const answer of answers) answer(appended);
    return repeatsOfThisRound;
  }

  private async reload(contradicted: number, budget: RetryBudget) {
    if (budget.isSpent) throw new OutcomeUnknown(this.name, 'other appends were always first');
    this.stream = await this.access.load(contradicted);
  }

  private async decideAll(
    stream: LoadedStream<State, Command, Event>,
    commands: readonly PendingCommand<Command, Event>[],
  ) {
    const answers: Answer[] = [];
    const events: NewEvent[] = [];
    const repeatsOfThisRound: PendingCommand<Command, Event>[] = [];
    const storedRevision = stream.revision;
    let decided = 0;
    for (const pending of commands) {
      const decision = decideOne(stream, pending, this.context.now(pending.cause));
      if (decision.kind !== 'repeat') decided++;
      if (decision.kind === 'events') answers.push(foldDecision(stream, pending, decision.events, events));
      // A refusal may depend on decisions of this round, so it is answered only after they are stored.
      else if (decision.kind === 'refusal') answers.push(() => pending.reject(decision.error));
      else if (decision.completed.revision > storedRevision) repeatsOfThisRound.push(pending);
      else answers.push(await this.answerRepeat(pending, decision.completed));
    }
    // An append proves that the state was the newest; refusals and commands without events need another proof.
    return { answers, events, repeatsOfThisRound, needsConfirmation: decided > 0 && events.length === 0 };
  }

  private async answerRepeat(
    pending: PendingCommand<Command, Event>,
    { revision, count }: CompletedCommand,
  ): Promise<Answer> {
    const events = await this.access.readEvents(revision, count);
    const last = events.at(-1);
    return () =>
      pending.resolve({
        revision: last?.revision ?? revision,
        position: last?.position,
        events: events.map(({ event }) => event as Event),
        eventIds: events.map(({ id }) => id),
        repeated: true,
      });
  }
}

/** An error of the decider refuses this command only. */
const decideOne = <State, Command extends Message, Event extends Message>(
  stream: LoadedStream<State, Command, Event>,
  { command, cause }: PendingCommand<Command, Event>,
  decidedAt: string,
): Decision<Event> => {
  try {
    const completed = stream.findCompleted(cause);
    return completed
      ? { kind: 'repeat', completed }
      : { kind: 'events', events: stream.decide(command, { ...cause, decidedAt }) };
  } catch (error) {
    return { kind: 'refusal', error };
  }
};

/** @param events of the round so far, to which those of this decision are added */
const foldDecision = <State, Command extends Message, Event extends Message>(
  stream: LoadedStream<State, Command, Event>,
  pending: PendingCommand<Command, Event>,
  decided: readonly Event[],
  events: NewEvent[],
): Answer => {
  const folded = stream.foldNew(decided, pending.cause);
  const eventIds = folded.map(({ id }) => id);
  const { revision } = stream;
  events.push(...folded);
  return (stored) => {
    const position = decided.length > 0 ? stored?.position : undefined;
    pending.resolve({ revision, position, events: decided, eventIds, repeated: false });
  };
};

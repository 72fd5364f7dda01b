import { categoryOf, type Outcome, type Recorded, type Routes, START } from '#event-store';
import { type Cause, type Message } from '#kernel';
import { type AnyRoute, type CommandDispatcher, type DispatchedCommand } from './dispatcher.js';
import { BloomFilter } from './bloom-filter.js';
import { causeKey, UnansweredCommands } from './unanswered-commands.js';
import { processRefusals } from './refusal-stream.js';

/** A command of a process has no answer in the log: it was never received, or it led to nothing that was recorded. */
class NotAnswered extends Error {
  constructor(command: string) {
    super(`${command} has no answer in the log: it is sent again`);
    this.name = 'NotAnswered';
  }
}

/** The answer to a command that had nothing to do. */
const NOTHING: DispatchedCommand = {
  stream: '',
  outcome: { revision: 0, position: START, events: [], eventIds: [], repeated: true },
};
/** An event is delivered twice within moments, and then never again. */
const MAX_DELIVERED = 50_000;

/** Answers the commands of processes with the events that they have led to in the log. It sends nothing. */
export class RecordedAnswers<Command extends Message> implements CommandDispatcher<Command> {
  readonly unansweredCommands: UnansweredCommands;
  private readonly routes: Readonly<Record<string, AnyRoute>>;
  private readonly resultCategories: ReadonlySet<string | undefined>;
  /** Answers that no process has received yet, by command id; results also by {@link causeKey}. */
  private readonly undelivered = new Map<string, readonly Recorded[]>();
  /** The events that have led to those answers, by {@link causeKey}; also those that have led to refusals. */
  private readonly undeliveredCauses = new Set<string>();
  private readonly delivered = new Map<string, readonly Recorded[]>();
  /** Keys of all answers in the log. */
  private readonly recorded = new BloomFilter();
  /** Commands that wait: for an answer, by its key, or until their instance has advanced, by {@link instanceKey}. */
  private readonly waiting = new Map<string, (() => void)[]>();
  /** The events of one command are adjacent in the log. Of the last command that was read there may be more. */
  private unfinished: readonly Recorded[] = [];
  private isEnd = false;

  /** @param live what is known of the states that these answers are to make again */
  constructor(routes: Routes<Command>, live: ConstructorParameters<typeof UnansweredCommands>[0]) {
    this.unansweredCommands = new UnansweredCommands(live, {
      has: (key) => this.undeliveredCauses.has(key),
      onInstanceAdvanced: (instance) => this.wake(instance),
    });
    this.routes = routes;
    this.resultCategories = new Set(Object.values(this.routes).map(({ recordsResultsIn }) => recordsResultsIn));
  }

  /** Notes which commands have an answer at all. Call it with all events of the log, before any is added. */
  indexAnswers(events: readonly Recorded[]): void {
    for (const recorded of events)
      if (isOfProcess(recorded)) for (const key of this.keysOf([recorded])) this.recorded.add(key);
  }

  /** The number of commands and answers that are held in memory, without the recent answers that were delivered. */
  get size(): number {
    return this.unansweredCommands.size + this.undelivered.size;
  }

  /** Adds the next events of the log, in their current versions. */
  add(events: readonly Recorded[]): void {
    for (const recorded of events) {
      if (recorded.envelope.commandId !== this.unfinished[0]?.envelope.commandId) this.finish();
      if (isOfProcess(recorded)) this.unfinished = [...this.unfinished, recorded];
    }
  }

  /** The whole log was read. */
  end(): void {
    this.finish();
    this.isEnd = true;
    for (const key of [...this.waiting.keys()]) this.wake(key);
  }

  /** @throws NotAnswered */
  async send(command: Command, cause: Cause): Promise<DispatchedCommand> {
    const key = this.routes[command.type]?.recordsResultsIn === undefined ? cause.commandId : causeKey(cause);
    const answer = await this.answer(key, cause);
    const [first] = answer;
    const isOpen = !first && this.unansweredCommands.isOpen(cause);
    this.unansweredCommands.answered(cause);
    if (isOpen) throw new NotAnswered(command.type);
    if (!first) return NOTHING;
    const { stream, revision, position } = first;
    const [events, eventIds] = [answer.map(({ event }) => event), answer.map(({ id }) => id)];
    const outcome: Outcome = { revision, position, events, eventIds, repeated: true };
    return { stream, outcome };
  }

  /** Waits until the answer is read, or it is certain that there is none. @returns no events if there is none */
  private async answer(key: string, cause: Cause): Promise<readonly Recorded[]> {
    while (!this.isRead(key) && !this.isEnd) {
      const isRecorded = this.recorded.mayHave(key);
      if (!isRecorded && this.unansweredCommands.isFinal(cause)) return [];
      await this.waitUntilWoken(isRecorded ? key : this.unansweredCommands.senderOf(cause));
    }
    return this.takeAnswer(key);
  }

  private isRead(key: string) {
    return this.delivered.has(key) || this.undelivered.has(key);
  }

  private waitUntilWoken(key: string) {
    return new Promise<void>((resolve) => this.waiting.set(key, [...(this.waiting.get(key) ?? []), resolve]));
  }

  private takeAnswer(key: string): readonly Recorded[] {
    const answer = this.delivered.get(key) ?? this.undelivered.get(key);
    if (answer) this.markDelivered(key, answer);
    return answer ?? [];
  }

  private markDelivered(key: string, answer: readonly Recorded[]) {
    for (const one of this.keysOf(answer)) this.undelivered.delete(one);
    if (answer[0]) this.undeliveredCauses.delete(causeKey(answer[0].envelope));
    this.delivered.set(key, answer);
    const [oldest] = this.delivered.keys();
    if (this.delivered.size > MAX_DELIVERED && oldest !== undefined) this.delivered.delete(oldest);
  }

  private finish() {
    const [first] = this.unfinished;
    if (!first) return;
    const cause = causeKey(first.envelope);
    this.undeliveredCauses.add(cause);
    for (const key of this.keysOf(this.unfinished)) {
      // Of two results of one command the process received the first.
      if (!this.undelivered.has(key)) this.undelivered.set(key, this.unfinished);
      this.wake(key);
    }
    this.unfinished = [];
    this.unansweredCommands.answerRead(cause);
  }

  /** The keys of an answer; none for a refusal, which is delivered by {@link readRefusals}. */
  private keysOf([first]: readonly Recorded[]): readonly string[] {
    if (!first || categoryOf(first.stream) === processRefusals.category) return [];
    const { stream, envelope } = first;
    const isResult = this.resultCategories.has(categoryOf(stream));
    return isResult ? [envelope.commandId, causeKey(envelope)] : [envelope.commandId];
  }

  private wake(key: string) {
    const waiting = this.waiting.get(key) ?? [];
    this.waiting.delete(key);
    for (const resolve of waiting) resolve();
  }
}

const isOfProcess = ({ envelope: { actor, causationId } }: Recorded) =>
  actor.startsWith('process:') && causationId !== undefined;

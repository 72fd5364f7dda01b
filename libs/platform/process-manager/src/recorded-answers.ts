import { categoryOf, type Outcome, type Recorded, type Routes, START } from '#event-store';
import { type Cause, type Message } from '#kernel';
import { type AnyRoute, type CommandDispatcher, type DispatchedCommand } from './dispatcher.js';
import { BloomFilter } from './bloom-filter.js';
import { causeKey, OpenCommands } from './open-commands.js';
import { processRefusals } from './refusal-stream.js';

/** A command of a process has no answer in the log: it has not arrived, or what came of it was not recorded. */
class NotAnswered extends Error {
  constructor(command: string) {
    super(`${command} has no answer in the log: it is sent again`);
    this.name = 'NotAnswered';
  }
}

/** As a process hears a command that had nothing to do. */
const NOTHING: DispatchedCommand = {
  stream: '',
  outcome: { revision: 0, position: START, events: [], eventIds: [], repeated: true },
};
/** An event is heard twice within moments, and then never again. */
const MAX_HEARD = 50_000;

/** Answers the commands of processes with the events that they have led to in the log. It sends nothing. */
export class RecordedAnswers<Command extends Message> implements CommandDispatcher<Command> {
  readonly open: OpenCommands;
  private readonly routes: Readonly<Record<string, AnyRoute>>;
  private readonly resultCategories: ReadonlySet<string | undefined>;
  /** Answers that nobody has asked for yet, by command id; results also by {@link causeKey}. */
  private readonly unheard = new Map<string, readonly Recorded[]>();
  /** The events that have led to them, by {@link causeKey}. */
  private readonly unheardCauses = new Set<string>();
  private readonly heard = new Map<string, readonly Recorded[]>();
  /** Keys of all answers in the log. */
  private readonly recorded = new BloomFilter();
  /** Commands that wait: for an answer, by its key, or until their instance has gone on, by {@link instanceKey}. */
  private readonly waiting = new Map<string, (() => void)[]>();
  /** The events of a command stand together; of the last command that was read there may be more. */
  private unfinished: readonly Recorded[] = [];
  private isEnd = false;

  /** @param live what is known of the states that these answers are to make again */
  constructor(routes: Routes<Command>, live: ConstructorParameters<typeof OpenCommands>[0]) {
    this.open = new OpenCommands(live, {
      has: (key) => this.unheardCauses.has(key),
      goneOn: (instance) => this.wake(instance),
    });
    this.routes = routes;
    this.resultCategories = new Set(Object.values(this.routes).map(({ recordsResultsIn }) => recordsResultsIn));
  }

  /** Call it with all events of the log, before any is added. */
  announce(events: readonly Recorded[]): void {
    for (const recorded of events)
      if (isOfProcess(recorded)) for (const key of this.keysOf([recorded])) this.recorded.add(key);
  }

  /** The number of commands and answers that are held in memory, without those that were heard. */
  get size(): number {
    return this.open.size + this.unheard.size;
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
    const isOpen = !first && this.open.isOpen(cause);
    this.open.answered(cause);
    if (isOpen) throw new NotAnswered(command.type);
    if (!first) return NOTHING;
    const { stream, revision, position } = first;
    const [events, eventIds] = [answer.map(({ event }) => event), answer.map(({ id }) => id)];
    const outcome: Outcome = { revision, position, events, eventIds, repeated: true };
    return { stream, outcome };
  }

  /** Waits until it is read, or it is certain that there is none. @returns nothing if there is none */
  private async answer(key: string, cause: Cause): Promise<readonly Recorded[]> {
    while (!this.isRead(key) && !this.isEnd) {
      const isRecorded = this.recorded.mayHave(key);
      if (!isRecorded && this.open.isCertain(cause)) return [];
      await this.wakened(isRecorded ? key : this.open.senderOf(cause));
    }
    return this.hear(key);
  }

  private isRead(key: string) {
    return this.heard.has(key) || this.unheard.has(key);
  }

  private wakened(key: string) {
    return new Promise<void>((resolve) => this.waiting.set(key, [...(this.waiting.get(key) ?? []), resolve]));
  }

  private hear(key: string): readonly Recorded[] {
    const answer = this.heard.get(key) ?? this.unheard.get(key);
    if (answer) this.moveToHeard(key, answer);
    return answer ?? [];
  }

  private moveToHeard(key: string, answer: readonly Recorded[]) {
    for (const one of this.keysOf(answer)) this.unheard.delete(one);
    if (answer[0]) this.unheardCauses.delete(causeKey(answer[0].envelope));
    this.heard.set(key, answer);
    const [oldest] = this.heard.keys();
    if (this.heard.size > MAX_HEARD && oldest !== undefined) this.heard.delete(oldest);
  }

  private finish() {
    const [first] = this.unfinished;
    if (!first) return;
    const cause = causeKey(first.envelope);
    this.unheardCauses.add(cause);
    for (const key of this.keysOf(this.unfinished)) {
      // Of two results of one command the process has heard one.
      if (!this.unheard.has(key)) this.unheard.set(key, this.unfinished);
      this.wake(key);
    }
    this.unfinished = [];
    this.open.answerRead(cause);
  }

  /** Refusals are heard in another way: see {@link readRefusals}. */
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

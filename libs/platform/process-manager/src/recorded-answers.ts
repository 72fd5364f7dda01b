import { categoryOf, type Outcome, type Recorded, type Routes, START } from '#event-store';
import { type Cause, type Message } from '#kernel';
import { type AnyRoute, type CommandDispatcher, type DispatchedCommand } from './dispatcher.js';
import { causeKey, OpenCommands } from './open-commands.js';

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
  private readonly waiting = new Map<string, (() => void)[]>();
  /** The events of a command stand together; of the last command that was read there may be more. */
  private unfinished: readonly Recorded[] = [];
  private isEnd = false;

  /** @param live what is known of the states that these answers are to make again */
  constructor(routes: Routes<Command>, live: ConstructorParameters<typeof OpenCommands>[0]) {
    this.open = new OpenCommands(live, (key) => this.unheardCauses.has(key));
    this.routes = routes;
    this.resultCategories = new Set(Object.values(this.routes).map(({ recordsResultsIn }) => recordsResultsIn));
  }

  /** Adds the next events of the log, in their current versions. */
  add(events: readonly Recorded[]): void {
    for (const recorded of events) {
      const { actor, commandId, causationId } = recorded.envelope;
      if (commandId !== this.unfinished[0]?.envelope.commandId) this.finish();
      if (actor.startsWith('process:') && causationId !== undefined) this.unfinished = [...this.unfinished, recorded];
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
    const answer = await this.answer(key);
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

  /** Waits until it is read. @returns nothing if there is none */
  private async answer(key: string): Promise<readonly Recorded[]> {
    for (;;) {
      const answer = this.heard.get(key) ?? this.unheard.get(key);
      if (answer) this.moveToHeard(key, answer);
      if (answer || this.isEnd) return answer ?? [];
      await new Promise<void>((resolve) => this.waiting.set(key, [...(this.waiting.get(key) ?? []), resolve]));
    }
  }

  private moveToHeard(key: string, answer: readonly Recorded[]) {
    for (const one of this.keysOf(answer)) this.unheard.delete(one);
    if (answer[0]) this.unheardCauses.delete(causeKey(answer[0].envelope));
    this.heard.set(key, answer);
    const [oldest] = this.heard.keys();
    if (this.heard.size > MAX_HEARD && oldest !== undefined) this.heard.delete(oldest);
  }

  private finish() {
    if (this.unfinished[0]) this.unheardCauses.add(causeKey(this.unfinished[0].envelope));
    for (const key of this.keysOf(this.unfinished)) {
      // Of two results of one command the process has heard one.
      if (!this.unheard.has(key)) this.unheard.set(key, this.unfinished);
      this.wake(key);
    }
    this.unfinished = [];
  }

  private keysOf([first]: readonly Recorded[]): readonly string[] {
    if (!first) return [];
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

import { type Cause, type Message } from '#kernel';
import { OutcomeUnknown } from './errors.js';
import { accept, judge, type Answer, type Letter, type Outcome } from './letters.js';
import { LoadedStream, type Remembered } from './loaded-stream.js';
import { Patience } from './patience.js';
import { type NewEvent, NO_STREAM, type Recorded } from './port.js';
import { type Presumed, StreamAccess, type StreamContext } from './stream-access.js';
import { type StreamType } from './stream-type.js';

const BATCH = 128;

/** All commands for one stream, one batch at a time: decided one after the other, appended together. */
export class Mailbox<State, Command extends Message, Event extends Message> {
  private readonly letters: Letter<Command, Event>[] = [];
  private busy = false;
  private stream: LoadedStream<State, Command, Event> | undefined;
  private readonly access: StreamAccess<State, Command, Event>;

  constructor(
    private readonly type: StreamType<State, Command, Event>,
    private readonly name: string,
    private readonly context: StreamContext,
    /** Hears how much memory the stream takes, whenever it may have changed. */
    private readonly onIdle: (weight: number) => void,
  ) {
    this.access = new StreamAccess(type, name, context);
  }

  get idle() {
    return !this.busy;
  }

  send(command: Command, cause: Cause): Promise<Outcome<Event>> {
    return new Promise((resolve, reject) => {
      this.letters.push({ command, cause, resolve, reject });
      if (!this.busy) void this.work();
    });
  }

  /** The state, at least as new as what this runner has stored. @throws OutcomeUnknown, StreamNotReadable */
  async look(): Promise<Readonly<State>> {
    this.access.check();
    if (this.stream && !this.busy) return this.stream.state;
    // With an access of its own: the work in hand knows what it has compared with the store.
    const stream = await new StreamAccess(this.type, this.name, this.context).load();
    if (!this.busy && !this.stream) {
      this.stream = stream;
      this.onIdle(stream.weight);
    }
    return stream.state;
  }

  /** Folds an event seen in the log, if it is the next one: spares a read when another process writes to the stream. */
  observe(recorded: Recorded): void {
    if (this.busy) return; // whatever is missed shows as a conflict and is read then
    const stream = this.stream ?? new LoadedStream(this.type);
    if (stream.revision !== recorded.revision - 1) return;
    try {
      stream.replay(recorded);
      this.stream = stream;
    } catch {
      this.stream = undefined; // the next command reads the stream, and hears why it cannot
    }
    this.onIdle(this.stream?.weight ?? 0);
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

  private async carryOut(batch: readonly Letter<Command, Event>[]): Promise<void> {
    const patience = new Patience(this.context.patienceMs);
    this.access.check();
    this.access.current = false;
    const [first] = batch;
    const presumed = first && !this.stream ? await this.access.presume(first.command) : undefined;
    let open = presumed ? await this.begin(presumed, batch) : batch;
    while (open.length > 0) open = await this.round(open, patience);
    if (this.stream) void this.access.keepSnapshot(this.stream);
  }

  /** @returns the letters that still have no answer, because they lost a race or wait for a letter of this round */
  private async round(open: readonly Letter<Command, Event>[], patience: Patience) {
    const stream = (this.stream ??= await this.access.load());
    const expected = stream.revision;
    const { answers, events, retry, unproven } = await this.decideAll(stream, open);
    if (unproven && (await this.access.catchUp(stream))) return open;
    const appended = events.length > 0 ? await this.access.append(expected, events) : undefined;
    if (appended?.outcome === 'conflict') {
      await this.startOver(expected, patience);
      return open;
    }
    for (const answer of answers) answer(appended);
    return retry;
  }

  /** One round on a stream that is taken to be empty. */
  private async begin({ stream, horizon }: Presumed<State, Command, Event>, batch: readonly Letter<Command, Event>[]) {
    const { answers, events, retry } = await this.decideAll(stream, batch);
    if (events.length === 0) return batch;
    const appended = await this.access.append(NO_STREAM, events);
    // The store answers a repeat of the same ids as it did the first time, whatever has been decided now.
    if (appended.outcome === 'conflict' || appended.position <= horizon) return batch;
    if (this.context.keepsNew) this.stream = stream;
    for (const answer of answers) answer(appended);
    return retry;
  }

  private async startOver(stale: number, patience: Patience) {
    if (patience.over) throw new OutcomeUnknown(this.name, 'every race was lost');
    this.stream = await this.access.load(stale);
  }

  private async decideAll(stream: LoadedStream<State, Command, Event>, letters: readonly Letter<Command, Event>[]) {
    const answers: Answer[] = [];
    const events: NewEvent[] = [];
    const stored = stream.revision;
    const retry: Letter<Command, Event>[] = [];
    let judged = 0;
    for (const letter of letters) {
      const { remembered, decided, refusal } = judge(stream, letter);
      if (!remembered) judged++;
      if (decided) answers.push(accept(stream, letter, decided, events));
      // A refusal may rest on decisions of this batch, so it is told only after they are stored.
      else if (!remembered) answers.push(() => letter.reject(refusal));
      else if (remembered.revision > stored) retry.push(letter);
      else answers.push(await this.answerRepeat(letter, remembered));
    }
    // An append proves that the state was the newest one; "no" and "nothing to do" need another proof.
    return { answers, events, retry, unproven: judged > 0 && events.length === 0 };
  }

  private async answerRepeat(letter: Letter<Command, Event>, { revision, count }: Remembered): Promise<Answer> {
    const events = await this.access.read(revision, count);
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
}

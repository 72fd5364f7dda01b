import {
  type AnyStreamType,
  type Batch,
  categoryOf,
  type Consumer,
  type DeciderRunner,
  OutcomeUnknown,
  type Recorded,
} from '#event-store';
import {
  type AnyProcess,
  DomainError,
  type Happened,
  type Intent,
  processCommandId,
  type Reaction,
  upcast,
} from '#kernel';
import { type Dispatcher } from './dispatcher.js';
import { Instances, keyOf } from './instances.js';
import { type ProcessStore } from './process-store.js';
import { Semaphore } from './semaphore.js';

export interface ProcessRunnerOptions {
  readonly deciders: DeciderRunner;
  readonly dispatcher: Pick<Dispatcher, 'send'>;
  /** All kinds of streams that the processes listen to: to read their events, and to keep them warm. */
  readonly streamTypes: readonly AnyStreamType[];
  /** Most commands under way at once. */
  readonly concurrency?: number;
  /** Tries before an instance that fails is parked. */
  readonly tries?: number;
  /** The checkpoint is kept at most this often: what lies after it is done again, harmlessly, after a crash. */
  readonly saveEveryMs?: number;
  readonly log?: (message: string, details: object) => void;
}

/** What one instance has to see of a batch. */
interface Work {
  readonly process: AnyProcess;
  readonly instance: string;
  readonly events: Recorded[];
}

/**
 * Runs all processes over the log. A batch is handled whole before the next: its instances in parallel, the events of
 * one instance in order, each followed at once by what its own commands caused. Command ids derive from event ids, so
 * everything after the checkpoint may happen again without effect.
 */
export class ProcessRunner implements Consumer {
  readonly name = 'processes';
  readonly categories: readonly string[];
  private readonly types: ReadonlyMap<string, AnyStreamType>;
  private readonly commands: Semaphore;
  private readonly failures = new Map<string, number>();
  private instances = new Instances({ position: 0, epoch: 0, instances: [], parked: [] });
  private savedAt = 0;
  private trailing: NodeJS.Timeout | undefined;
  /** Why a save between batches failed. */
  private failed: unknown;
  /** States may be ahead of the position. */
  private busy = false;
  private saving = Promise.resolve();

  constructor(
    private readonly processes: readonly AnyProcess[],
    private readonly store: ProcessStore,
    private readonly options: ProcessRunnerOptions,
  ) {
    this.categories = [...new Set(processes.flatMap(({ categories }) => categories))];
    this.types = new Map(options.streamTypes.map((type) => [type.category, type]));
    this.commands = new Semaphore(options.concurrency ?? 256);
  }

  /** Where parked instances wait, everything from there on is read again, for them alone. */
  async resume(): Promise<number> {
    clearTimeout(this.trailing);
    this.failed = this.trailing = undefined;
    this.busy = false;
    this.saving = Promise.resolve();
    this.instances = new Instances(await this.store.resume());
    return this.instances.start;
  }

  async handle({ events, position }: Batch): Promise<void> {
    if (this.failed !== undefined) throw this.failed as Error;
    this.busy = true;
    const work = new Map<string, Work>();
    for (const recorded of events) this.sort(recorded, work);
    const results = await Promise.allSettled([...work.values()].map((one) => this.workOff(one)));
    const failure = results.find((result) => result.status === 'rejected');
    if (failure) throw failure.reason as Error;
    this.instances.movedTo(position);
    this.busy = false;
    await this.saveInTime();
  }

  /** Keeps what has been done so far, unless a batch is half done. Called on shutdown, too. */
  async save(): Promise<void> {
    clearTimeout(this.trailing);
    this.trailing = undefined;
    if (this.busy) return;
    this.savedAt = performance.now();
    const { instances } = this;
    this.saving = this.saving.then(() => instances.saveTo(this.store));
    await this.saving;
  }

  private async saveInTime() {
    const due = this.options.saveEveryMs ?? 250;
    if (performance.now() - this.savedAt >= due) await this.save();
    else this.trailing ??= setTimeout(() => void this.save().catch((error: unknown) => (this.failed = error)), due);
  }

  private sort(recorded: Recorded, work: Map<string, Work>) {
    const type = this.types.get(categoryOf(recorded.stream));
    if (type) this.options.deciders.observe(type, recorded);
    for (const process of this.processes) {
      if (!process.categories.includes(categoryOf(recorded.stream))) continue;
      const instance = process.instanceOf(happened(recorded));
      if (instance === undefined || !this.instances.wants(process.name, instance, recorded.position)) continue;
      const key = keyOf(process.name, instance);
      const known = work.get(key);
      if (known) known.events.push(recorded);
      else work.set(key, { process, instance, events: [recorded] });
    }
  }

  private async workOff({ process, instance, events }: Work) {
    const key = keyOf(process.name, instance);
    for (const recorded of events) {
      const before = this.instances.get(process.name, instance);
      try {
        await this.react(process, instance, this.current(recorded));
      } catch (error) {
        if (error instanceof OutcomeUnknown || !this.givesUp(key)) throw error;
        this.instances.set(process.name, instance, before);
        this.instances.park({ process: process.name, instance, position: recorded.position, error: String(error) });
        this.options.log?.('process instance parked', { process: process.name, instance, error: String(error) });
        return;
      }
    }
    this.failures.delete(key);
    this.instances.recovered(process.name, instance);
  }

  private givesUp(key: string) {
    const count = (this.failures.get(key) ?? 0) + 1;
    this.failures.set(key, count);
    return count >= (this.options.tries ?? 5);
  }

  /** Lets the process react, carries out what it wants, and lets it react to what came of that, until it wants no more. */
  private async react(process: AnyProcess, instance: string, first: Happened): Promise<void> {
    const open = [first];
    for (let happened = open.shift(); happened; happened = open.shift()) {
      const before = this.instances.get(process.name, instance);
      const { state, intents } = process.react(before, happened) as Reaction<object>;
      const cause = happened;
      const caused = await Promise.all(intents.map((intent, index) => this.carryOut(process, intent, cause, index)));
      if (state !== before) this.instances.set(process.name, instance, state);
      for (const next of caused.flat()) if (process.instanceOf(next) === instance) open.push(next);
    }
  }

  private async carryOut(process: AnyProcess, intent: Intent, cause: Happened, index: number): Promise<Happened[]> {
    const commandId = processCommandId(process.name, cause.id, index);
    const { correlationId, channel, occurredAt } = cause;
    const actor = `process:${process.name}`;
    const context = { correlationId, channel, occurredAt };
    try {
      const { stream, outcome } = await this.commands.run(() =>
        this.options.dispatcher.send(intent, { ...context, commandId, causationId: cause.id, actor }),
      );
      return outcome.events.map((event, i) => ({ ...context, event, stream, id: outcome.eventIds[i] ?? commandId }));
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      const { reservationId } = intent.data as { reservationId?: string };
      const refused = { type: 'CommandRefused', data: { command: intent.type, code: error.code, reservationId } };
      return [{ ...context, event: refused, stream: cause.stream, id: commandId }];
    }
  }

  private current(recorded: Recorded): Happened {
    const definitions = this.types.get(categoryOf(recorded.stream))?.events ?? {};
    return happened({ ...recorded, event: upcast(definitions, recorded.event, Number(recorded.envelope.schema)) });
  }
}

const happened = ({ id, event, stream, envelope }: Recorded): Happened => ({
  id,
  event,
  stream,
  correlationId: envelope.correlationId,
  channel: envelope.channel,
  occurredAt: envelope.occurredAt,
});

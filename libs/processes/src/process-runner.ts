import { setTimeout as pause } from 'node:timers/promises';
import {
  type AnyStreamType,
  type Batch,
  categoryOf,
  idOf,
  type Consumer,
  type DeciderRunner,
  OutcomeUnknown,
  type Recorded,
  START,
  type Position,
} from '#event-store';
import { type AnyProcess, type Happened, upcast } from '#kernel';
import { type Dispatcher } from './dispatcher.js';
import { Instances, keyOf } from './instances.js';
import { type ProcessStore, type Resumed, TakenOver } from './process-store.js';
import { Progress } from './progress.js';
import { Reactor } from './reactor.js';

export interface ProcessRunnerOptions {
  readonly deciders: DeciderRunner;
  readonly dispatcher: Pick<Dispatcher, 'send'>;
  /** All kinds of streams that the processes listen to: to read their events, and to keep them warm. */
  readonly streamTypes: readonly AnyStreamType[];
  /** Most events under way at once. */
  readonly concurrency?: number;
  /** Tries before an instance that fails is parked. */
  readonly tries?: number;
  /** The checkpoint is kept at most this often: what lies after it is done again, harmlessly, after a crash. */
  readonly saveEveryMs?: number;
  readonly log?: (message: string, details: object) => void;
}

/** One instance at work: its events in order, one at a time. */
interface Lane {
  readonly process: AnyProcess;
  readonly instance: string;
  readonly waiting: { readonly recorded: Recorded; readonly done: () => void }[];
}

/** One run from a resume to the next: what a run that was given up still does is kept by nobody. */
interface Run {
  readonly instances: Instances;
  readonly progress: Progress;
  readonly lanes: Map<string, Lane>;
}

/**
 * Runs all processes over the log: instances in parallel, the events of one instance in order, each followed at once by
 * what its own commands caused. The checkpoint moves over what is done without a gap; command ids derive from event ids,
 * so everything after it may happen again without effect.
 */
export class ProcessRunner implements Consumer {
  readonly name = 'processes';
  readonly categories: readonly string[];
  private readonly types: ReadonlyMap<string, AnyStreamType>;
  private readonly reactor: Reactor;
  private run: Run;
  private timer: NodeJS.Timeout | undefined;
  private saving: Promise<void> = Promise.resolve();
  private takenOver: TakenOver | undefined;

  constructor(
    private readonly processes: readonly AnyProcess[],
    private readonly store: ProcessStore,
    private readonly options: ProcessRunnerOptions,
  ) {
    this.categories = [...new Set(processes.flatMap(({ categories }) => categories))];
    this.types = new Map(options.streamTypes.map((type) => [type.category, type]));
    this.reactor = new Reactor(options.dispatcher);
    this.run = this.begin({ position: START, epoch: 0, instances: [], parked: [] });
  }

  /** Where parked instances wait, everything from there on is read again, for them alone. */
  async resume(): Promise<Position> {
    clearTimeout(this.timer);
    this.timer = undefined;
    await this.saving;
    this.takenOver = undefined;
    this.run = this.begin(await this.store.resume());
    return this.run.instances.start;
  }

  /** Takes the batch on, and waits only while too much is under way. @throws TakenOver */
  async handle({ events, position }: Batch): Promise<void> {
    if (this.takenOver) throw this.takenOver;
    const { run } = this;
    const batch = run.progress.begin(position);
    for (const recorded of events) this.assign(run, recorded, batch.task);
    batch.end();
    await run.progress.downTo(this.options.concurrency ?? 1000);
  }

  /** Waits until nothing is under way. */
  idle(): Promise<void> {
    return this.run.progress.downTo(0);
  }

  /** Keeps what is done. Called on shutdown, too. */
  save(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { instances } = this.run;
    this.saving = this.saving
      .then(() => instances.save())
      .catch((error: unknown) => {
        if (error instanceof TakenOver) this.takenOver = error;
        else this.saveSoon(); // the database is away: what is not kept is still in memory
      });
    return this.saving;
  }

  private begin(resumed: Resumed): Run {
    const instances = new Instances(this.store, resumed);
    const progress = new Progress((position) => {
      instances.movedTo(position);
      this.saveSoon();
    });
    return { instances, progress, lanes: new Map() };
  }

  private saveSoon() {
    this.timer ??= setTimeout(() => void this.save(), this.options.saveEveryMs ?? 250);
  }

  private assign(run: Run, recorded: Recorded, task: () => () => void) {
    const category = categoryOf(recorded.stream);
    const type = this.types.get(category);
    if (type) this.options.deciders.observe(type, recorded);
    for (const process of this.processes) {
      if (!process.categories.includes(category)) continue;
      const instance = process.instanceOf(happened(recorded));
      if (instance === undefined || !run.instances.wants(process.name, instance, recorded.position)) continue;
      this.enqueue(run, { process, instance, waiting: [{ recorded, done: task() }] });
    }
  }

  private enqueue(run: Run, lane: Lane) {
    const key = keyOf(lane.process.name, lane.instance);
    const busy = run.lanes.get(key);
    if (busy) {
      busy.waiting.push(...lane.waiting);
      return;
    }
    run.lanes.set(key, lane);
    void this.drive(key, lane, run);
  }

  private async drive(key: string, lane: Lane, { instances, lanes }: Run) {
    for (let next = lane.waiting.shift(); next; next = lane.waiting.shift()) {
      await this.persist(lane, next.recorded, instances);
      next.done();
    }
    lanes.delete(key); // at once: nothing may be put on a lane that nobody drives
  }

  /** Tries again until it is done, or so often that only a person can help. */
  private async persist({ process, instance }: Lane, recorded: Recorded, instances: Instances) {
    if (instances.isParked(process.name, instance)) return;
    for (let tries = 1, wait = 50; ; tries++, wait = Math.min(wait * 2, 5000)) {
      try {
        const before = await instances.get(process.name, instance, isNew(process, instance, recorded));
        const state = await this.reactor.react(process, instance, { state: before, happened: this.current(recorded) });
        instances.settle({ process: process.name, instance, state, position: recorded.position }, before);
        return;
      } catch (error) {
        // Without an answer from the store, tries prove nothing.
        if (!(error instanceof OutcomeUnknown) && tries >= (this.options.tries ?? 5)) {
          instances.park({ process: process.name, instance, position: recorded.position, error: String(error) });
          this.options.log?.('process instance parked', { process: process.name, instance, error: String(error) });
          return;
        }
        await pause(wait);
      }
    }
  }

  /** @throws UnknownEvent */
  private current(recorded: Recorded): Happened {
    const definitions = this.types.get(categoryOf(recorded.stream))?.events ?? {};
    return happened({ ...recorded, event: upcast(definitions, recorded.event, Number(recorded.envelope.schema)) });
  }
}

/** It remembers nothing, or this is the first event of the stream that it is about. */
const isNew = ({ stateless }: AnyProcess, instance: string, { stream, revision }: Recorded) =>
  stateless === true || (revision === 0 && idOf(stream) === instance);

const happened = ({ id, event, stream, envelope }: Recorded): Happened => ({
  id,
  event,
  stream,
  correlationId: envelope.correlationId,
  channel: envelope.channel,
  occurredAt: envelope.occurredAt,
});

import { setTimeout as pause } from 'node:timers/promises';
import {
  type AnyStreamType,
  type Batch,
  categoryOf,
  idOf,
  isStorable,
  type Consumer,
  type DeciderRunner,
  known,
  notReadable,
  OutcomeUnknown,
  readKnown,
  type Recorded,
  StreamNotReadable,
  type StreamReader,
} from '#event-store';
import { type AnyProcess, type Happened } from '#kernel';
import { type Dispatcher } from './dispatcher.js';
import { Instances, keyOf } from './instances.js';
import {
  EVERY_PROCESS,
  type HeldEvent,
  type ProcessStore,
  type Resumed,
  TakenOver,
  type WaitingInstance,
} from './process-store.js';
import { Progress } from './progress.js';
import { Reactor } from './reactor.js';

export interface ProcessRunnerOptions {
  readonly deciders: DeciderRunner;
  readonly dispatcher: Pick<Dispatcher, 'send'>;
  /** Where events that parked instances wait for are read again. */
  readonly store: StreamReader;
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

/** An event for an instance, as today's code knows it. */
interface Delivery {
  readonly process: AnyProcess;
  readonly instance: string;
  readonly recorded: Recorded;
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
    this.run = this.begin({ position: 0, epoch: 0, instances: [], parked: [] });
  }

  /** What parked instances and streams wait for is tried again first. @throws OutcomeUnknown */
  async resume(): Promise<number> {
    clearTimeout(this.timer);
    this.timer = undefined;
    await this.saving;
    this.takenOver = undefined;
    this.run = this.begin(await this.store.resume());
    const { start } = this.run.instances;
    await this.tryAgain(this.run);
    return start;
  }

  /** Somebody may have asked for parked instances to be tried again. @throws TakenOver */
  async onHeartbeat(): Promise<void> {
    if (this.takenOver) throw this.takenOver;
    await this.run.instances.claim();
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
    const { stream, revision, position, event } = recorded;
    if (run.instances.isParked(EVERY_PROCESS, stream)) return;
    try {
      for (const delivery of this.deliveriesOf(recorded)) {
        const { process, instance } = delivery;
        if (run.instances.wants(process.name, instance, position)) this.enqueue(run, delivery, task());
      }
    } catch (error) {
      this.parkStream(run, notReadable(error, { stream, revision, type: event.type }), position);
    }
  }

  /** @throws StreamNotReadable, and whatever a process says of an event that it does not understand */
  private deliveriesOf(recorded: Recorded): readonly Delivery[] {
    const category = categoryOf(recorded.stream);
    const type = this.types.get(category);
    const current = known(recorded, type?.events ?? {});
    if (type) this.options.deciders.observe(type, current);
    const found: Delivery[] = [];
    for (const process of this.processes) {
      if (!process.categories.includes(category)) continue;
      const instance = process.instanceOf(happened(current));
      if (instance !== undefined) found.push({ process, instance, recorded: current });
    }
    return found;
  }

  private parkStream({ instances }: Run, { stream, revision, message }: StreamNotReadable, position: number) {
    instances.park({ process: EVERY_PROCESS, instance: stream, stream, revision, position, error: message });
    this.options.log?.('stream parked: no process follows it from here on', { stream, revision, error: message });
  }

  private enqueue(run: Run, { process, instance, recorded }: Delivery, done: () => void) {
    const key = keyOf(process.name, instance);
    const busy = run.lanes.get(key);
    if (busy) {
      busy.waiting.push({ recorded, done });
      return;
    }
    const lane = { process, instance, waiting: [{ recorded, done }] };
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
    const { stream, revision, position } = recorded;
    const at = { process: process.name, instance, stream, revision, position };
    if (instances.isParked(process.name, instance)) {
      instances.hold(at);
      return;
    }
    for (let tries = 1, wait = 50; ; tries++, wait = Math.min(wait * 2, 5000)) {
      try {
        const before = await instances.get(process.name, instance, isNew(process, instance, recorded));
        const state = await this.reactor.react(process, instance, { state: before, happened: happened(recorded) });
        if (!isStorable(state)) throw new TypeError('Its state holds text that the database cannot hold');
        instances.settle({ process: process.name, instance, state, position }, before);
        return;
      } catch (error) {
        // Without an answer from the store, tries prove nothing.
        if (!(error instanceof OutcomeUnknown) && tries >= (this.options.tries ?? 5)) {
          instances.park({ ...at, error: String(error) });
          this.options.log?.('process instance parked', { process: process.name, instance, error: String(error) });
          return;
        }
        await pause(wait);
      }
    }
  }

  /** Delivers what was held back, before anything else; what still fails is parked again. @throws OutcomeUnknown */
  private async tryAgain(run: Run) {
    const { instances, progress } = run;
    const batch = progress.begin(instances.start);
    for (const one of instances.waiting) {
      if (one.stream === undefined) continue;
      const task = tasksOf(batch.task, () => instances.caughtUp(one));
      try {
        const again = one.process === EVERY_PROCESS ? this.streamAgain(run, one, task) : this.eventsAgain(run, one, task);
        await again;
      } catch (error) {
        if (!(error instanceof StreamNotReadable)) throw error;
        instances.park({ ...one, error: error.message });
      }
      task.end();
    }
    batch.end();
  }

  /** The stream as far as it has been read before; what comes then comes by itself. @throws StreamNotReadable */
  private async streamAgain(run: Run, { instance: stream, revision }: WaitingInstance, task: Tasks) {
    const events = this.eventsOf(stream);
    const again: Delivery[] = [];
    for await (const recorded of readKnown(this.options.store, stream, events, revision)) {
      if (!run.instances.isBeforeStart(recorded.position)) break;
      again.push(...this.deliveriesOf(recorded));
    }
    for (const delivery of again) this.enqueue(run, delivery, task.begin());
  }

  /** @throws StreamNotReadable */
  private async eventsAgain(run: Run, one: WaitingInstance, task: Tasks) {
    const process = this.processes.find(({ name }) => name === one.process);
    if (!process) return; // there is no such process any more
    const events = await this.read([one as HeldEvent, ...one.held]);
    for (const recorded of events) this.enqueue(run, { process, instance: one.instance, recorded }, task.begin());
  }

  /** In their order. @throws StreamNotReadable */
  private async read(wanted: readonly HeldEvent[]): Promise<readonly Recorded[]> {
    const found: Recorded[] = [];
    for (const [stream, held] of Map.groupBy(wanted, (one) => one.stream)) {
      const revisions = new Set(held.map(({ revision }) => revision));
      const last = Math.max(...revisions);
      for await (const recorded of readKnown(
        this.options.store,
        stream,
        this.eventsOf(stream),
        Math.min(...revisions),
      )) {
        if (revisions.has(recorded.revision)) found.push(recorded);
        if (recorded.revision === last) break;
      }
    }
    return found.toSorted((a, b) => (a.position < b.position ? -1 : 1));
  }

  private eventsOf(stream: string) {
    return this.types.get(categoryOf(stream))?.events ?? {};
  }
}

/** Tasks of which the last one that ends is to be told of. */
interface Tasks {
  readonly begin: () => () => void;
  readonly end: () => void;
}

const tasksOf = (begin: () => () => void, onAllDone: () => void): Tasks => {
  let open = 1;
  const end = () => {
    if (--open === 0) onAllDone();
  };
  return {
    begin: () => {
      open++;
      const done = begin();
      return () => {
        done();
        end();
      };
    },
    end,
  };
};

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

import {
  type Batch,
  type Consumer,
  asStreamNotReadable,
  type Position,
  type Recorded,
  START,
  StreamNotReadable,
} from '#event-store';
import { type AnyProcess } from '#kernel';
import { type Dispatcher } from './dispatcher.js';
import { tasksOf } from './held-events.js';
import { Instances } from './instances.js';
import { Lanes, type LanesOptions } from './lanes.js';
import { Listeners, type ListenersOptions } from './listeners.js';
import { EVERY_PROCESS, type ProcessStore, type Resumed, TakenOver } from './process-store.js';
import { Progress } from './progress.js';
import { Reactor } from './reactor.js';

export interface ProcessRunnerOptions extends LanesOptions, ListenersOptions {
  readonly dispatcher: Pick<Dispatcher, 'send'>;
  /** Most events under way at once. */
  readonly concurrency?: number;
  /** The checkpoint is kept at most this often: what lies after it is done again, harmlessly, after a crash. */
  readonly saveEveryMs?: number;
}

/** One run from a resume to the next: what a run that was given up still does is kept by nobody. */
interface Run {
  readonly instances: Instances;
  readonly progress: Progress;
  readonly lanes: Lanes;
}

/**
 * Runs all processes over the log: instances in parallel, the events of one instance in order, each followed at once by
 * what its own commands caused. The checkpoint moves over what is done without a gap; command ids derive from event ids,
 * so everything after it may happen again without effect.
 */
export class ProcessRunner implements Consumer {
  readonly name = 'processes';
  readonly categories: readonly string[];
  private readonly listeners: Listeners;
  private readonly reactor: Reactor;
  private run: Run;
  private timer: NodeJS.Timeout | undefined;
  private saving: Promise<void> = Promise.resolve();
  private takenOver: TakenOver | undefined;

  constructor(
    processes: readonly AnyProcess[],
    private readonly store: ProcessStore,
    private readonly options: ProcessRunnerOptions,
  ) {
    this.categories = [...new Set(processes.flatMap(({ categories }) => categories))];
    this.listeners = new Listeners(processes, options);
    this.reactor = new Reactor(options.dispatcher);
    this.run = this.begin({ position: START, epoch: 0, instances: [], parked: [] });
  }

  /** What parked instances and streams wait for is tried again first. @throws OutcomeUnknown */
  async resume(): Promise<Position> {
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
    return { instances, progress, lanes: new Lanes(instances, this.reactor, this.options) };
  }

  private saveSoon() {
    this.timer ??= setTimeout(() => void this.save(), this.options.saveEveryMs ?? 250);
  }

  private assign(run: Run, recorded: Recorded, task: () => () => void) {
    const { stream, revision, position, event } = recorded;
    if (run.instances.isParked(EVERY_PROCESS, stream)) return;
    try {
      for (const delivery of this.listeners.deliveriesOf(recorded)) {
        const { process, instance } = delivery;
        if (run.instances.wants(process.name, instance, position)) run.lanes.enqueue(delivery, task());
      }
    } catch (error) {
      this.parkStream(run, asStreamNotReadable(error, { stream, revision, type: event.type }), position);
    }
  }

  private parkStream({ instances }: Run, { stream, revision, message }: StreamNotReadable, position: Position) {
    instances.park({ process: EVERY_PROCESS, instance: stream, stream, revision, position, error: message });
    this.options.log?.('stream parked: no process follows it from here on', { stream, revision, error: message });
  }

  /** Delivers what was held back, before anything else; what still fails is parked again. @throws OutcomeUnknown */
  private async tryAgain({ instances, progress, lanes }: Run) {
    const batch = progress.begin(instances.start);
    for (const one of instances.waiting) {
      if (one.stream === undefined) continue;
      const task = tasksOf(batch.task, () => instances.caughtUp(one));
      try {
        for (const delivery of await this.listeners.heldBackFor(one, instances)) lanes.enqueue(delivery, task.begin());
      } catch (error) {
        if (!(error instanceof StreamNotReadable)) throw error;
        instances.park({ ...one, error: error.message });
      }
      task.end();
    }
    batch.end();
  }
}

import {
  type Batch,
  type Consumer,
  type DeciderRunner,
  asStreamNotReadable,
  type EventStore,
  resumePosition,
  type Position,
  LogMismatch,
  type Recorded,
  START,
  StreamNotReadable,
} from '#event-store';
import { type Message } from '#kernel';
import { type CommandDispatcher } from './dispatcher.js';
import { Instances } from './instances.js';
import { InstanceQueues, type InstanceQueuesOptions } from './instance-queues.js';
import { Listeners, type ListenersOptions } from './listeners.js';
import { type AnyProcess } from './process.js';
import { EVERY_PROCESS, type ProcessStore, TakenOver } from './process-store.js';
import { Progress, taskGroup } from './progress.js';
import { Reactor } from './reactor.js';
import { readRefusals, type RefusalCodes, Refusals } from './refusals.js';

const MAX_EVENTS_UNDER_WAY = 1_000;
const SAVE_EVERY_MS = 250;

export interface ProcessRunnerOptions<Command extends Message> extends InstanceQueuesOptions, ListenersOptions {
  readonly dispatcher: CommandDispatcher<Command>;
  /** Where refusals are recorded, and events that parked instances wait for are read again. */
  readonly store: EventStore;
  readonly deciders: Pick<DeciderRunner, 'observe' | 'run'>;
  /** The number of events under way at once, at most. */
  readonly concurrency?: number;
  /** Least time between two saves of the checkpoint. Events after it are handled again after a crash, without effect. */
  readonly saveEveryMs?: number;
}

/** From one resume to the next. A run that was replaced may still work, but nothing of it is saved. */
interface Run<Command extends Message> {
  readonly instances: Instances;
  readonly progress: Progress;
  readonly queues: InstanceQueues<Command>;
}

/**
 * Runs all processes over the log: instances in parallel, the events of one instance in order, each followed at once by
 * the events that the commands of the instance caused. The checkpoint moves over events that are handled without a gap.
 * Command ids are derived from event ids, so the events after the checkpoint may be handled again without effect.
 */
export class ProcessRunner<Command extends Message> implements Consumer {
  readonly name = 'processes';
  readonly categories: readonly string[];
  private readonly listeners: Listeners<Command>;
  private run: Run<Command>;
  private timer: NodeJS.Timeout | undefined;
  private saving: Promise<void> = Promise.resolve();
  private takenOver: TakenOver | undefined;

  constructor(
    processes: readonly AnyProcess<Command>[],
    private readonly store: ProcessStore,
    private readonly options: ProcessRunnerOptions<Command>,
  ) {
    this.categories = [...new Set(processes.flatMap(({ inputs }) => inputs.categories))];
    this.listeners = new Listeners(processes, options);
    const nothing = { position: START, epoch: 0, instances: [], parked: [] };
    this.run = this.begin(new Instances(store, nothing), new Map());
  }

  /** The events of parked instances and streams are tried again first. @throws OutcomeUnknown */
  async resume(): Promise<Position> {
    clearTimeout(this.timer);
    this.timer = undefined;
    await this.saving;
    this.takenOver = undefined;
    const instances = new Instances(this.store, await this.store.resume());
    this.run = this.begin(instances, await this.refusalsFor(instances));
    await this.tryAgain(this.run);
    return instances.start;
  }

  /** Somebody may have asked for parked instances to be tried again. @throws TakenOver */
  async onHeartbeat(): Promise<void> {
    if (this.takenOver) throw this.takenOver;
    await this.run.instances.claim();
  }

  /** Begins to handle the batch, and waits only while too many events are under way. @throws TakenOver */
  async handle({ events, position }: Batch): Promise<void> {
    if (this.takenOver) throw this.takenOver;
    const { run } = this;
    const batch = run.progress.begin(position);
    for (const recorded of events) this.assign(run, recorded, batch.task);
    batch.end();
    await run.progress.downTo(this.options.concurrency ?? MAX_EVENTS_UNDER_WAY);
  }

  /** Waits until nothing is under way. */
  idle(): Promise<void> {
    return this.run.progress.downTo(0);
  }

  /** Saves the checkpoint and the instances. Called on shutdown, too. */
  save(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { instances } = this.run;
    this.saving = this.saving
      .then(() => instances.save())
      .catch((error: unknown) => {
        if (error instanceof TakenOver) this.takenOver = error;
        else this.saveSoon(); // the database is away: the changes are still in memory
      });
    return this.saving;
  }

  /** Of events that are delivered again: those after the checkpoint, and those of parked instances. @throws LogMismatch */
  private async refusalsFor({ start, waiting }: Instances): Promise<RefusalCodes> {
    const { store } = this.options;
    const position = await resumePosition(store, start);
    if (position === undefined) throw new LogMismatch(this.name, start);
    return readRefusals(store, position, waiting);
  }

  private begin(instances: Instances, earlier: RefusalCodes): Run<Command> {
    const progress = new Progress((position) => {
      instances.movedTo(position);
      this.saveSoon();
    });
    const reactor = new Reactor(
      this.options.dispatcher,
      new Refusals(this.options.deciders, earlier, this.options.store),
    );
    return { instances, progress, queues: new InstanceQueues(instances, reactor, this.options) };
  }

  private saveSoon() {
    this.timer ??= setTimeout(() => void this.save(), this.options.saveEveryMs ?? SAVE_EVERY_MS);
  }

  private assign(run: Run<Command>, recorded: Recorded, task: () => () => void) {
    const { stream, revision, position, event } = recorded;
    if (run.instances.isParked(EVERY_PROCESS, stream)) return;
    try {
      for (const delivery of this.listeners.deliveriesOf(recorded)) {
        const { process, instance } = delivery;
        if (run.instances.wants(process.name, instance, position)) run.queues.enqueue(delivery, task());
      }
    } catch (error) {
      this.parkStream(run, asStreamNotReadable(error, { stream, revision, type: event.type }), position);
    }
  }

  private parkStream(
    { instances }: Run<Command>,
    { stream, revision, message }: StreamNotReadable,
    position: Position,
  ) {
    instances.park({ process: EVERY_PROCESS, instance: stream, stream, revision, position, error: message });
    this.options.log?.('stream parked: no process follows it from here on', { stream, revision, error: message });
  }

  /** Delivers the events that were held back, before all others; an instance that fails is parked again. @throws OutcomeUnknown */
  private async tryAgain({ instances, progress, queues }: Run<Command>) {
    const batch = progress.begin(instances.start);
    for (const one of instances.waiting) {
      if (one.stream === undefined) continue;
      const task = taskGroup(batch.task, () => instances.caughtUp(one));
      try {
        for (const delivery of await this.listeners.heldBackFor(one, instances)) queues.enqueue(delivery, task.begin());
      } catch (error) {
        if (!(error instanceof StreamNotReadable)) throw error;
        instances.park({ ...one, error: error.message });
      }
      task.end();
    }
    batch.end();
  }
}

import { laterOf, OutcomeUnknown, type Position, START } from '#event-store';
import {
  type ProcessChanges,
  type HeldDelivery,
  type InstanceRow,
  type ParkedInstance,
  type ProcessStore,
  type StoredProcesses,
  type WaitingInstance,
} from './process-store.js';

export const instanceKey = (process: string, instance: string) => `${process}/${instance}`;

/** Instances to keep in memory beyond those that are not saved yet. */
const MAX_INSTANCES_IN_MEMORY = 20_000;

/** The instances of all processes: the recent ones in memory, and the changes that are not saved yet. */
export class Instances {
  /** The least recently used first. An instance that has completed, or never began, has no state. */
  private readonly rows = new Map<string, InstanceRow>();
  private readonly parked = new Map<string, ParkedInstance>();
  /** Parked before this run, tried once more in it. */
  private readonly retried = new Map<string, WaitingInstance>();
  private changed = new Map<string, InstanceRow>();
  private newlyParked: ParkedInstance[] = [];
  private newlyHeld: HeldDelivery[] = [];
  private unparked: Pick<ParkedInstance, 'process' | 'instance'>[] = [];
  private readonly checkpoint: Position;
  /** The last event beyond the checkpoint that some resumed instance has handled: the log comes again up to here. */
  private readonly seenTo: Position;
  private readonly epoch: number;
  private position: Position;
  private saved: Position;

  constructor(
    private readonly store: ProcessStore,
    { position, epoch, instances, parked }: StoredProcesses,
    private readonly maxInMemory = MAX_INSTANCES_IN_MEMORY,
  ) {
    this.position = this.saved = this.checkpoint = position;
    this.seenTo = instances.map((row) => row.position).reduce(laterOf, position);
    this.epoch = epoch;
    for (const row of instances) this.rows.set(instanceKey(row.process, row.instance), row);
    for (const one of parked) this.retried.set(instanceKey(one.process, one.instance), one);
  }

  /**
   * The position to read on after. Of an instance that an older version has parked, only the position of its event is
   * known: for that instance the log is read again from the beginning.
   */
  get start() {
    return this.waiting.some(isOld) ? START : this.checkpoint;
  }

  /** The instances that were parked before this run and have not caught up yet. */
  get waiting(): readonly WaitingInstance[] {
    return [...this.retried.values()];
  }

  /** Whether an event at this position was read before this run. */
  isBeforeStart(position: Position) {
    return position <= this.checkpoint;
  }

  /** Whether an instance has not handled the event at a position yet. */
  wants(process: string, instance: string, position: Position) {
    const key = instanceKey(process, instance);
    if (position <= (this.rows.get(key)?.position ?? START)) return false;
    const retried = this.retried.get(key) ?? this.parked.get(key);
    return retried && isOld(retried) ? position >= retried.position : position > this.checkpoint;
  }

  /** @param isNew the store cannot have it, and is not asked. @throws OutcomeUnknown */
  async get(process: string, instance: string, isNew: boolean): Promise<object | undefined> {
    const key = instanceKey(process, instance);
    const known = this.rows.get(key);
    if (known) this.rows.delete(key);
    const row = known ?? (isNew ? undefined : await this.load(process, instance));
    this.rows.set(key, row ?? { process, instance, state: undefined, position: START });
    return row?.state;
  }

  private async load(process: string, instance: string) {
    try {
      return await this.store.load(process, instance);
    } catch (error) {
      throw new OutcomeUnknown(instanceKey(process, instance), String(error));
    }
  }

  isParked(process: string, instance: string) {
    return this.parked.has(instanceKey(process, instance));
  }

  /** The instance has handled the event at the position of the row, and its commands are carried out. */
  complete(row: InstanceRow, before: object | undefined) {
    const key = instanceKey(row.process, row.instance);
    if (row.state === before) return;
    // An event of a stream that was parked may come after younger events of other streams.
    const position = laterOf(row.position, this.rows.get(key)?.position ?? START);
    this.rows.set(key, { ...row, position });
    this.changed.set(key, { ...row, position });
  }

  park(one: ParkedInstance) {
    const key = instanceKey(one.process, one.instance);
    this.parked.set(key, one);
    this.retried.delete(key);
    this.newlyParked.push(one);
  }

  /** The event waits until its instance, which is parked, is tried again. */
  hold(one: HeldDelivery) {
    this.newlyHeld.push(one);
  }

  /** The instance has handled all events that waited, unless it was parked again meanwhile. */
  caughtUp(one: WaitingInstance) {
    if (this.retried.delete(instanceKey(one.process, one.instance))) this.unparked.push(one);
  }

  /** Every event up to here is handled. */
  movedTo(position: Position) {
    this.position = laterOf(this.position, position);
    if (position >= this.checkpoint) for (const one of this.waiting.filter(isOld)) this.caughtUp(one);
  }

  /** @throws TakenOver, and errors of the database: then the changes stay in memory */
  async save(): Promise<void> {
    const { position } = this;
    const changes = this.take();
    if (position === this.saved && isNothing(changes)) return;
    try {
      await this.store.save({ position, epoch: this.epoch }, changes);
      this.saved = position;
      this.forget();
    } catch (error) {
      this.putBack(changes);
      throw error;
    }
  }

  /** Makes sure that no other runner has taken over. @throws TakenOver */
  async claim(): Promise<void> {
    const nothing = { changed: [], parked: [], held: [], unparked: [] };
    await this.store.save({ position: this.saved, epoch: this.epoch }, nothing);
  }

  private take(): ProcessChanges {
    const { newlyParked: parked, newlyHeld: held, unparked } = this;
    const changed = [...this.changed.values()];
    this.changed = new Map();
    [this.newlyParked, this.newlyHeld, this.unparked] = [[], [], []];
    return { changed, parked, held, unparked };
  }

  private putBack({ changed, parked, held, unparked }: ProcessChanges) {
    const rows = changed.map((row) => [instanceKey(row.process, row.instance), row] as const);
    this.changed = new Map([...rows, ...this.changed]);
    this.newlyParked = [...parked, ...this.newlyParked];
    this.newlyHeld = [...held, ...this.newlyHeld];
    this.unparked = [...unparked, ...this.unparked];
  }

  /**
   * Drops instances from memory: they can be loaded again. An instance that has handled events beyond the checkpoint
   * stays, because the stored row does not say which of the events to come these are.
   */
  private forget() {
    for (const [key, { position }] of this.rows) {
      if (this.rows.size <= this.maxInMemory) return;
      const isAhead = position > this.position && position <= this.seenTo;
      if (!isAhead && !this.changed.has(key)) this.rows.delete(key);
    }
  }
}

const isNothing = ({ changed, parked, held, unparked }: ProcessChanges) =>
  changed.length + parked.length + held.length + unparked.length === 0;

/** Parked by a version that did not store which event failed. */
const isOld = ({ stream }: ParkedInstance) => stream === undefined;

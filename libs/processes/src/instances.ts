import { OutcomeUnknown, type Position, START, laterOf } from '#event-store';
import { type InstanceRow, type ParkedInstance, type ProcessStore, type Resumed } from './process-store.js';

export const keyOf = (process: string, instance: string) => `${process}/${instance}`;

/** Instances to keep in memory beyond those that are not saved yet. */
const MOST_KEPT = 20_000;

/** The instances of all processes, the recent ones in memory, and what of them is not saved yet. */
export class Instances {
  /** The longest unused first. Those that have ended, or never began, have no state. */
  private readonly rows = new Map<string, InstanceRow>();
  private readonly parked = new Map<string, ParkedInstance>();
  /** Parked before this run, tried once more in it. */
  private readonly retried = new Map<string, ParkedInstance>();
  private changed = new Map<string, InstanceRow>();
  private newlyParked: ParkedInstance[] = [];
  private unparked: ParkedInstance[] = [];
  private readonly checkpoint: Position;
  /** What has been seen beyond the checkpoint by those that are resumed is read again up to here. */
  private readonly seenTo: Position;
  private readonly epoch: number;
  private position: Position;
  private saved: Position;

  constructor(
    private readonly store: ProcessStore,
    { position, epoch, instances, parked }: Resumed,
    private readonly mostKept = MOST_KEPT,
  ) {
    this.position = this.saved = this.checkpoint = position;
    this.seenTo = instances.map((row) => row.position).reduce(laterOf, position);
    this.epoch = epoch;
    for (const row of instances) this.rows.set(keyOf(row.process, row.instance), row);
    for (const one of parked) this.retried.set(keyOf(one.process, one.instance), one);
  }

  /** The position to read on after: before the first event that a parked instance waits for. */
  get start() {
    return this.retried.size > 0 ? START : this.checkpoint;
  }

  /** Whether an instance has yet to see the event at a position. */
  wants(process: string, instance: string, position: Position) {
    const key = keyOf(process, instance);
    if (this.parked.has(key) || position <= (this.rows.get(key)?.position ?? START)) return false;
    const retried = this.retried.get(key);
    return retried ? position >= retried.position : position > this.checkpoint;
  }

  /** @param isNew it cannot have been seen before: spares a look into the store. @throws OutcomeUnknown */
  async get(process: string, instance: string, isNew: boolean): Promise<object | undefined> {
    const key = keyOf(process, instance);
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
      throw new OutcomeUnknown(keyOf(process, instance), String(error));
    }
  }

  isParked(process: string, instance: string) {
    return this.parked.has(keyOf(process, instance));
  }

  /** The instance is done with the event at the row's position, commands and all. */
  settle(row: InstanceRow, before: object | undefined) {
    const key = keyOf(row.process, row.instance);
    if (row.state === before) return;
    this.rows.set(key, row);
    this.changed.set(key, row);
  }

  park(one: ParkedInstance) {
    const key = keyOf(one.process, one.instance);
    this.parked.set(key, one);
    this.retried.delete(key);
    this.newlyParked.push(one);
  }

  /** Everything up to here is done. What was parked has caught up with the others once it is beyond the checkpoint. */
  movedTo(position: Position) {
    this.position = laterOf(this.position, position);
    if (position < this.checkpoint) return;
    this.unparked.push(...this.retried.values());
    this.retried.clear();
  }

  /** @throws TakenOver; whatever it throws, nothing is lost from memory */
  async save(): Promise<void> {
    const { position, changed, newlyParked, unparked } = this;
    if (position === this.saved && changed.size + newlyParked.length + unparked.length === 0) return;
    this.changed = new Map();
    this.newlyParked = [];
    this.unparked = [];
    try {
      await this.store.save({ position, epoch: this.epoch }, [...changed.values()], newlyParked, unparked);
      this.saved = position;
      this.forget();
    } catch (error) {
      this.changed = new Map([...changed, ...this.changed]);
      this.newlyParked = [...newlyParked, ...this.newlyParked];
      this.unparked = [...unparked, ...this.unparked];
      throw error;
    }
  }

  /** What is saved can be loaded again; but only what is in memory tells which of the events to come it has seen. */
  private forget() {
    for (const [key, { position }] of this.rows) {
      if (this.rows.size <= this.mostKept) return;
      const isAhead = position > this.position && position <= this.seenTo;
      if (!isAhead && !this.changed.has(key)) this.rows.delete(key);
    }
  }
}

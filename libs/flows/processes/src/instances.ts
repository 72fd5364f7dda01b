import { laterOf, OutcomeUnknown, type Position, START } from '#event-store';
import {
  type Changes,
  type Held,
  type InstanceRow,
  type ParkedInstance,
  type ProcessStore,
  type Resumed,
  type WaitingInstance,
} from './process-store.js';

export const keyOf = (process: string, instance: string) => `${process}/${instance}`;

/** Instances to keep in memory beyond those that are not saved yet. */
const MOST_KEPT = 20_000;

/** The instances of all processes, the recent ones in memory, and what of them is not saved yet. */
export class Instances {
  /** The longest unused first. Those that have ended, or never began, have no state. */
  private readonly rows = new Map<string, InstanceRow>();
  private readonly parked = new Map<string, ParkedInstance>();
  /** Parked before this run, tried once more in it. */
  private readonly retried = new Map<string, WaitingInstance>();
  private changed = new Map<string, InstanceRow>();
  private newlyParked: ParkedInstance[] = [];
  private newlyHeld: Held[] = [];
  private unparked: Pick<ParkedInstance, 'process' | 'instance'>[] = [];
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

  /**
   * The position to read on after. What an instance waits for that an older version has parked is known by its position
   * alone, so that the log is read again from its beginning, for that instance.
   */
  get start() {
    return this.waiting.some(isOld) ? START : this.checkpoint;
  }

  /** Those that were parked before this run and are not yet what they would be otherwise. */
  get waiting(): readonly WaitingInstance[] {
    return [...this.retried.values()];
  }

  /** Whether it comes before the place where reading goes on. */
  isBeforeStart(position: Position) {
    return position <= this.checkpoint;
  }

  /** Whether an instance has yet to see the event at a position. */
  wants(process: string, instance: string, position: Position) {
    const key = keyOf(process, instance);
    if (position <= (this.rows.get(key)?.position ?? START)) return false;
    const retried = this.retried.get(key) ?? this.parked.get(key);
    return retried && isOld(retried) ? position >= retried.position : position > this.checkpoint;
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
    // An event of a stream that was parked may come after younger ones of other streams.
    const position = laterOf(row.position, this.rows.get(key)?.position ?? START);
    this.rows.set(key, { ...row, position });
    this.changed.set(key, { ...row, position });
  }

  park(one: ParkedInstance) {
    const key = keyOf(one.process, one.instance);
    this.parked.set(key, one);
    this.retried.delete(key);
    this.newlyParked.push(one);
  }

  /** The event waits until its instance, which is parked, is tried again. */
  hold(one: Held) {
    this.newlyHeld.push(one);
  }

  /** It has done all that it waited for, unless it was parked again meanwhile. */
  caughtUp(one: WaitingInstance) {
    if (this.retried.delete(keyOf(one.process, one.instance))) this.unparked.push(one);
  }

  /** Everything up to here is done. */
  movedTo(position: Position) {
    this.position = laterOf(this.position, position);
    if (position >= this.checkpoint) for (const one of this.waiting.filter(isOld)) this.caughtUp(one);
  }

  /** @throws TakenOver; whatever it throws, nothing is lost from memory */
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

  /** @throws TakenOver */
  async claim(): Promise<void> {
    const nothing = { changed: [], parked: [], held: [], unparked: [] };
    await this.store.save({ position: this.saved, epoch: this.epoch }, nothing);
  }

  private take(): Changes {
    const { newlyParked: parked, newlyHeld: held, unparked } = this;
    const changed = [...this.changed.values()];
    this.changed = new Map();
    [this.newlyParked, this.newlyHeld, this.unparked] = [[], [], []];
    return { changed, parked, held, unparked };
  }

  private putBack({ changed, parked, held, unparked }: Changes) {
    const rows = changed.map((row) => [keyOf(row.process, row.instance), row] as const);
    this.changed = new Map([...rows, ...this.changed]);
    this.newlyParked = [...parked, ...this.newlyParked];
    this.newlyHeld = [...held, ...this.newlyHeld];
    this.unparked = [...unparked, ...this.unparked];
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

const isNothing = ({ changed, parked, held, unparked }: Changes) =>
  changed.length + parked.length + held.length + unparked.length === 0;

/** Parked by a version that did not keep what it waits for. */
const isOld = ({ stream }: ParkedInstance) => stream === undefined;

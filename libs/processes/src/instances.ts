import { type InstanceRow, type ParkedInstance, type ProcessStore, type Resumed } from './process-store.js';

export const keyOf = (process: string, instance: string) => `${process}/${instance}`;

/** The instances of all processes in memory, and what of them is not saved yet. */
export class Instances {
  private readonly states = new Map<string, object>();
  private readonly parked = new Map<string, ParkedInstance>();
  /** Parked before this run, tried once more in it. */
  private readonly retried = new Map<string, ParkedInstance>();
  private changed = new Map<string, InstanceRow>();
  private newlyParked: ParkedInstance[] = [];
  private unparked: InstanceRow[] = [];
  private readonly checkpoint: number;
  private readonly epoch: number;
  private position: number;
  private saved: number;

  constructor({ position, epoch, instances, parked }: Resumed) {
    this.position = this.saved = this.checkpoint = position;
    this.epoch = epoch;
    for (const { process, instance, state } of instances) if (state) this.states.set(keyOf(process, instance), state);
    for (const one of parked) this.retried.set(keyOf(one.process, one.instance), one);
  }

  /** The position to read on after: before the first event that a parked instance waits for. */
  get start() {
    return Math.min(this.checkpoint, ...[...this.retried.values()].map(({ position }) => position - 1));
  }

  /** Whether an instance has yet to see the event at a position. */
  wants(process: string, instance: string, position: number) {
    const key = keyOf(process, instance);
    if (this.parked.has(key)) return false;
    const retried = this.retried.get(key);
    return retried ? position >= retried.position : position > this.checkpoint;
  }

  get(process: string, instance: string): object | undefined {
    return this.states.get(keyOf(process, instance));
  }

  set(process: string, instance: string, state: object | undefined) {
    const key = keyOf(process, instance);
    if (state === undefined) this.states.delete(key);
    else this.states.set(key, state);
    this.changed.set(key, { process, instance, state });
  }

  park(one: ParkedInstance) {
    const key = keyOf(one.process, one.instance);
    this.parked.set(key, one);
    this.retried.delete(key);
    this.newlyParked.push(one);
  }

  recovered(process: string, instance: string) {
    if (this.retried.has(keyOf(process, instance))) this.unparked.push({ process, instance, state: undefined });
  }

  movedTo(position: number) {
    this.position = Math.max(this.position, position);
  }

  /** @throws TakenOver */
  async saveTo(store: ProcessStore): Promise<void> {
    if (this.position === this.saved && this.changed.size === 0 && this.unparked.length === 0) return;
    const { position, changed, newlyParked, unparked } = this;
    this.changed = new Map();
    this.newlyParked = [];
    this.unparked = [];
    await store.save({ position, epoch: this.epoch }, [...changed.values()], newlyParked, unparked);
    this.saved = position;
  }
}

import { START, type Position } from '#event-store';
import {
  ProcessStore,
  TakenOver,
  type InstanceRow,
  type ParkedInstance,
  type ProcessChanges,
  type StoredProcesses,
  type WaitingInstance,
} from '#process-manager';

export class InMemoryProcessStore extends ProcessStore {
  private position = START;
  private epoch = 0;
  private readonly instances = new Map<string, InstanceRow>();
  readonly parked = new Map<string, WaitingInstance>();

  override resume(): Promise<StoredProcesses> {
    this.epoch++;
    const { position, epoch } = this;
    return Promise.resolve({
      position,
      epoch,
      instances: structuredClone([...this.instances.values()].filter((row) => row.position > position)),
      parked: [...this.parked.values()],
    });
  }

  override load(process: string, instance: string): Promise<InstanceRow | undefined> {
    return Promise.resolve(structuredClone(this.instances.get(`${process}/${instance}`)));
  }

  override save(at: { position: Position; epoch: number }, changes: ProcessChanges): Promise<void> {
    if (at.epoch !== this.epoch) return Promise.reject(new TakenOver('another runner'));
    this.position = at.position;
    for (const row of structuredClone(changes.changed)) this.keep(row);
    for (const one of changes.unparked) this.parked.delete(`${one.process}/${one.instance}`);
    for (const one of changes.parked) this.park(one);
    for (const { process, instance, ...event } of changes.held) this.hold(`${process}/${instance}`, event);
    return Promise.resolve();
  }

  private keep(row: InstanceRow) {
    if (row.state) this.instances.set(`${row.process}/${row.instance}`, row);
    else this.instances.delete(`${row.process}/${row.instance}`);
  }

  private park(one: ParkedInstance) {
    const key = `${one.process}/${one.instance}`;
    const held = this.parked.get(key)?.held ?? [];
    this.parked.set(key, { ...one, held: held.filter(({ position }) => position > one.position) });
  }

  private hold(key: string, event: WaitingInstance['held'][number]) {
    const one = this.parked.get(key);
    if (!one) throw new Error(`${key} is not parked`);
    const held = [...one.held.filter(({ position }) => position !== event.position), event];
    this.parked.set(key, { ...one, held: held.toSorted((a, b) => (a.position < b.position ? -1 : 1)) });
  }

  /** Every stored instance, in a fixed order. */
  get rows(): readonly InstanceRow[] {
    return [...this.instances.keys()].toSorted().flatMap((key) => this.instances.get(key) ?? []);
  }

  get running() {
    return [...this.instances.keys()];
  }
}

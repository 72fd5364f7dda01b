import { START, asPosition } from '#event-store';
import { describe, expect, it } from '@jest/globals';
import { Instances } from './instances.js';
import { type ProcessChanges, type InstanceRow, ProcessStore, type WaitingInstance } from './process-store.js';

const one = { process: 'release-cancelled', instance: 'order-o' };
const parked: WaitingInstance = {
  ...one,
  stream: 'order-o',
  revision: 4,
  position: asPosition(100),
  error: 'broken',
  held: [],
};
/** As an older version has kept it. */
const old: WaitingInstance = { ...one, position: asPosition(100), error: 'broken', held: [] };

class Saved extends ProcessStore {
  unparked: ProcessChanges['unparked'] = [];
  override resume() {
    return Promise.reject(new Error('not here'));
  }
  override load(): Promise<InstanceRow | undefined> {
    return Promise.resolve(undefined);
  }
  override save(_at: object, { unparked }: ProcessChanges) {
    this.unparked = unparked;
    return Promise.resolve();
  }
}

const resumed = (waiting: WaitingInstance, store = new Saved()) =>
  new Instances(store, { position: asPosition(10_000), epoch: 1, instances: [], parked: [waiting] });
const wants = (instances: Instances, position: number) =>
  instances.wants(one.process, one.instance, asPosition(position));
const done = (instances: Instances, position: number) => {
  instances.complete({ ...one, state: undefined, position: asPosition(position) }, undefined);
  instances.movedTo(asPosition(position));
};

describe('an instance that was parked', () => {
  it('leaves reading where it was: what it waits for is known', () => {
    const instances = resumed(parked);
    expect(instances.start).toBe(10_000);
    expect(instances.waiting).toEqual([parked]);
    expect(wants(instances, 10_000)).toBe(false);
    expect(wants(instances, 10_001)).toBe(true);
  });

  it('stays parked until it has caught up: a crash before that loses nothing', async () => {
    const store = new Saved();
    const instances = resumed(parked, store);
    instances.movedTo(asPosition(10_001));
    await instances.save();
    expect(store.unparked).toEqual([]);
    instances.caughtUp(parked);
    await instances.save();
    expect(store.unparked).toEqual([parked]);
  });

  it('is not set free by what it did before it was parked again', async () => {
    const store = new Saved();
    const instances = resumed(parked, store);
    instances.park({ ...parked, position: asPosition(200) });
    instances.caughtUp(parked);
    await instances.save();
    expect(store.unparked).toEqual([]);
  });
});

describe('an instance that an older version has parked, which kept a position only', () => {
  it('sees everything again from the beginning of the log, for itself alone', () => {
    const instances = resumed(old);
    expect(instances.start).toBe(0);
    expect(wants(instances, 99)).toBe(false);
    expect(instances.wants(one.process, 'order-other', asPosition(5000))).toBe(false);
    done(instances, 100);
    expect(wants(instances, 5000)).toBe(true);
  });

  it('stays parked until it has caught up: a crash before that loses nothing', async () => {
    const store = new Saved();
    const instances = resumed(old, store);
    done(instances, 100);
    await instances.save();
    expect(store.unparked).toEqual([]);
    instances.movedTo(asPosition(10_000));
    await instances.save();
    expect(store.unparked).toEqual([old]);
    expect(wants(instances, 10_001)).toBe(true);
  });
});

describe('instances that are not in memory', () => {
  const two = ['order-a', 'order-b'].map((instance) => ({ ...one, instance }));

  class Kept extends Saved {
    readonly rows = new Map<string, InstanceRow>();
    loads = 0;
    override load(...[, instance = '']: string[]): Promise<InstanceRow | undefined> {
      this.loads++;
      return Promise.resolve(this.rows.get(instance));
    }
    override save(at: object, changes: ProcessChanges) {
      for (const row of changes.changed) this.rows.set(row.instance, row);
      return super.save(at, changes);
    }
  }

  const work = (store: Kept, mostKept?: number) =>
    new Instances(store, { position: START, epoch: 1, instances: [], parked: [] }, mostKept);

  it('are looked up once', async () => {
    const store = new Kept();
    store.rows.set('order-o', { ...one, state: { n: 1 }, position: asPosition(5) });
    const instances = work(store);
    expect(await instances.get(one.process, one.instance, false)).toEqual({ n: 1 });
    expect(await instances.get(one.process, one.instance, false)).toEqual({ n: 1 });
    expect(store.loads).toBe(1);
  });

  it('are not looked up when they are new', async () => {
    const store = new Kept();
    expect(await work(store).get(one.process, one.instance, true)).toBeUndefined();
    expect(store.loads).toBe(0);
  });

  it('leave memory once they are saved, the longest unused first, and come back', async () => {
    const store = new Kept();
    const instances = work(store, 1);
    for (const [n, row] of two.entries()) {
      await instances.get(row.process, row.instance, true);
      instances.complete({ ...row, state: { n }, position: asPosition(n + 1) }, undefined);
    }
    expect(await instances.get(one.process, 'order-a', false)).toEqual({ n: 0 });
    expect(store.loads).toBe(0);
    await instances.save();
    expect(await instances.get(one.process, 'order-a', false)).toEqual({ n: 0 });
    expect(store.loads).toBe(0);
    expect(await instances.get(one.process, 'order-b', false)).toEqual({ n: 1 });
    expect(store.loads).toBe(1);
  });

  it('stay while the log comes again with events that they have seen', async () => {
    const store = new Kept();
    const seen = two.map((row) => ({ ...row, state: { n: 1 }, position: asPosition(8) }));
    const instances = new Instances(store, { position: asPosition(5), epoch: 1, instances: seen, parked: [] }, 1);
    instances.movedTo(asPosition(6));
    await instances.save();
    expect(two.map((row) => instances.wants(row.process, row.instance, asPosition(8)))).toEqual([false, false]);
    instances.movedTo(asPosition(8));
    await instances.save();
    expect(await instances.get(one.process, 'order-b', false)).toEqual({ n: 1 });
    await instances.get(one.process, 'order-a', false);
    expect(store.loads).toBe(1);
  });
});

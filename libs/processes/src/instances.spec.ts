import { describe, expect, it } from '@jest/globals';
import { Instances } from './instances.js';
import { type ParkedInstance, ProcessStore } from './process-store.js';

const one = { process: 'release-cancelled', instance: 'order-o' };
const parked: ParkedInstance = { ...one, position: 100, error: 'broken' };

class Saved extends ProcessStore {
  unparked: readonly ParkedInstance[] = [];
  override resume() {
    return Promise.reject(new Error('not here'));
  }
  override save(_at: object, _changed: unknown, _parked: unknown, unparked: readonly ParkedInstance[]) {
    this.unparked = unparked;
    return Promise.resolve();
  }
}

describe('an instance that was parked', () => {
  const resumed = () => new Instances({ position: 10_000, epoch: 1, instances: [], parked: [parked] });
  const wants = (instances: Instances, position: number) => instances.wants(one.process, one.instance, position);
  const done = (instances: Instances, position: number) => {
    instances.settle({ ...one, state: undefined, position }, undefined);
    instances.movedTo(position);
  };

  it('sees everything again from where it failed on, for itself alone', () => {
    const instances = resumed();
    expect(instances.start).toBe(99);
    expect(wants(instances, 99)).toBe(false);
    expect(instances.wants(one.process, 'order-other', 5000)).toBe(false);
    done(instances, 100);
    expect(wants(instances, 5000)).toBe(true);
  });

  it('stays parked until it has caught up: a crash before that loses nothing', async () => {
    const [instances, store] = [resumed(), new Saved()];
    done(instances, 100);
    await instances.saveTo(store);
    expect(store.unparked).toEqual([]);
    instances.movedTo(10_000);
    await instances.saveTo(store);
    expect(store.unparked).toEqual([parked]);
    expect(wants(instances, 10_001)).toBe(true);
  });
});

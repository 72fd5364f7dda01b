import { START, asPosition } from '#event-store';
/** What every {@link ProcessStore} must do: run on the real one and on its twin. */
import { expect, it } from '@jest/globals';
import {
  type ProcessChanges,
  type HeldDelivery,
  type InstanceRow,
  type ParkedInstance,
  type ProcessStore,
  TakenOver,
} from './process-store.js';

const instance = (name: string, state: object | undefined, position: number): InstanceRow => ({
  process: 'checkout',
  instance: name,
  state,
  position: asPosition(position),
});
const parked = (name: string, position: number, error = 'why'): ParkedInstance => ({
  process: 'checkout',
  instance: name,
  ...at(position),
  error,
});
const at = (position: number) => ({ stream: 'order-1', revision: 3, position: asPosition(position) });
const held = (name: string, position: number): HeldDelivery => ({
  process: 'checkout',
  instance: name,
  ...at(position),
});
const changes = (some: Partial<ProcessChanges>): ProcessChanges => ({
  changed: [],
  parked: [],
  held: [],
  unparked: [],
  ...some,
});

export const processStoreContract = (open: () => ProcessStore): void => {
  it('begins before the first event', async () => {
    expect(await open().resume()).toMatchObject({ position: START, instances: [], parked: [] });
  });

  it('gives back what was saved: position, running instances, parked ones', async () => {
    const store = open();
    const { epoch } = await store.resume();
    const changed = [instance('o-1', { open: ['r-1'] }, 5), instance('o-2', {}, 7)];
    await store.save({ position: asPosition(9), epoch }, changes({ changed, parked: [parked('o-3', 8)] }));
    const resumed = await store.resume();
    expect(resumed).toMatchObject({ position: asPosition(9), parked: [{ ...parked('o-3', 8), held: [] }] });
    expect(resumed.instances).toEqual([]);
    expect(await Promise.all(['o-1', 'o-2'].map((one) => store.load('checkout', one)))).toEqual(changed);
    expect(await store.load('checkout', 'o-4')).toBeUndefined();
  });

  it('gives back at once who has seen more than the position', async () => {
    const store = open();
    const { epoch } = await store.resume();
    const changed = [instance('a', {}, 5), instance('b', { n: 1 }, 8)];
    await store.save({ position: asPosition(5), epoch }, changes({ changed }));
    expect((await store.resume()).instances).toEqual([instance('b', { n: 1 }, 8)]);
  });

  it('replaces an instance, forgets one that has ended and one that is no longer parked', async () => {
    const store = open();
    const { epoch } = await store.resume();
    const before = [instance('a', { n: 1 }, 1), instance('b', {}, 1)];
    await store.save({ position: asPosition(1), epoch }, changes({ changed: before, parked: [parked('c', 1)] }));
    const changed = [instance('a', { n: 2 }, 2), instance('b', undefined, 2)];
    await store.save({ position: asPosition(2), epoch }, changes({ changed, unparked: [parked('c', 1)] }));
    expect(await store.resume()).toMatchObject({ position: asPosition(2), parked: [] });
    expect(await store.load('checkout', 'a')).toEqual(instance('a', { n: 2 }, 2));
    expect(await store.load('checkout', 'b')).toBeUndefined();
  });

  it('remembers where a parked instance waits the second time', async () => {
    const store = open();
    const { epoch } = await store.resume();
    await store.save({ position: asPosition(5), epoch }, changes({ parked: [parked('a', 3)] }));
    await store.save({ position: asPosition(6), epoch }, changes({ parked: [parked('a', 4, 'still')] }));
    expect((await store.resume()).parked).toEqual([{ ...parked('a', 4, 'still'), held: [] }]);
  });

  it('remembers what waits for a parked instance, in order, once, until it has been done', async () => {
    const store = open();
    const { epoch } = await store.resume();
    const waiting = [5, 7].map((position) => ({ ...held('a', position), revision: position }));
    await store.save({ position: asPosition(5), epoch }, changes({ parked: [parked('a', 3)], held: waiting.slice(1) }));
    await store.save({ position: asPosition(6), epoch }, changes({ held: waiting }));
    const all = waiting.map(({ stream, revision, position }) => ({ stream, revision, position }));
    expect((await store.resume()).parked).toEqual([{ ...parked('a', 3), held: all }]);
    const again = await store.resume();
    await store.save(
      { position: asPosition(6), epoch: again.epoch },
      changes({ parked: [{ ...parked('a', 5), revision: 5 }] }),
    );
    expect((await store.resume()).parked).toMatchObject([{ position: asPosition(5), held: all.slice(1) }]);
    const last = await store.resume();
    await store.save({ position: asPosition(6), epoch: last.epoch }, changes({ unparked: [parked('a', 5)] }));
    expect((await store.resume()).parked).toEqual([]);
  });

  it('takes nothing from a runner that another has replaced', async () => {
    const store = open();
    const { epoch } = await store.resume();
    const other = await store.resume();
    const late = store.save(
      { position: asPosition(5), epoch },
      changes({ changed: [instance('a', {}, 5)], parked: [parked('b', 5)] }),
    );
    await expect(late).rejects.toBeInstanceOf(TakenOver);
    await store.save({ position: asPosition(3), epoch: other.epoch }, changes({}));
    expect(await store.resume()).toMatchObject({ position: asPosition(3), instances: [], parked: [] });
  });
};

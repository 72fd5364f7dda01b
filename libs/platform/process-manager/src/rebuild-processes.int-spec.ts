/** Rebuilt states of processes, in a real PostgreSQL. */
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { DeciderRunner, NO_STREAM, type Recorded, type Routes } from '#event-store';
import { DomainError, type Message } from '#kernel';
import { order } from '#orders';
import { InMemoryEventStore, newEvents, plainPersonalData, startTestDatabase, type TestDatabase } from '#testing';
import { type AnyProcess } from './process.js';
import { eventsOf } from './process-inputs.js';
import { ProcessRunner } from './process-runner.js';
import { PgProcessStore } from './process-store.js';
import { rebuildProcesses, WorkerRunning } from './rebuild-processes.js';
import { processRefusals } from './refusal-stream.js';

const RUNNER = 'processes';
const held = (holdId: string): Message => ({ type: 'OrderHeld', data: { holdId, reason: 'odd' } });

interface State {
  readonly handled: readonly string[];
}

/** Asks for each hold to be released; cannot go on after the hold `stuck` is refused. */
const listener: AnyProcess = {
  name: 'listener',
  inputs: eventsOf([order]).only('OrderHeld'),
  instanceOf: ({ stream }) => stream,
  react: (state, { event }) => {
    const { handled } = (state ?? { handled: [] }) as State;
    if (event.type === 'OrderHeld') {
      const { holdId } = event.data as { readonly holdId: string };
      return { state: { handled: [...handled, holdId] }, commands: [{ type: 'Release', data: { holdId } }] };
    }
    const { code } = event.data as { readonly code: string };
    if (code === 'stuck') throw new Error('only a person can help');
    return { state: { handled: [...handled, code] }, commands: [] };
  },
};

const routes: Routes<Message> = { Release: { stream: () => 'order-o', message: () => ({}) } };
const streamTypes = [order, processRefusals];

let database: TestDatabase;
let store: InMemoryEventStore;
let sent: number;

beforeAll(async () => {
  database = await startTestDatabase();
});
afterAll(() => database.stop());
beforeEach(async () => {
  const tables = ['process', 'process_instance', 'process_parked', 'process_held'].map((name) => `system.${name}`);
  await database.owner.query(`TRUNCATE ${tables.join(', ')}`);
  store = new InMemoryEventStore();
  sent = 0;
  for (const id of ['a', 'b', 'c'])
    await store.append(`order-${id}`, NO_STREAM, newEvents([held('1'), held(id === 'b' ? 'stuck' : '2'), held('3')]));
});

/** A worker that handles the whole log. Every command is refused with the id of its hold. */
const work = async () => {
  const runner = new ProcessRunner([listener], new PgProcessStore(database.owner, RUNNER), {
    deciders: new DeciderRunner(store, plainPersonalData),
    dispatcher: {
      send: ({ data }) => {
        sent++;
        return Promise.reject(new DomainError((data as { readonly holdId: string }).holdId, 'No'));
      },
    },
    store,
    streamTypes,
    maxAttempts: 1,
  });
  const after = await runner.resume();
  const events: Recorded[] = [];
  for await (const recorded of store.readAll(after, ['order'])) events.push(recorded);
  const last = events.at(-1);
  if (last) await runner.handle({ events, position: last.position, caughtUp: true });
  await runner.idle();
  await runner.save();
};

const rebuild = (onProgress?: () => Promise<void>) =>
  rebuildProcesses(database.owner, RUNNER, [listener], {
    store,
    streamTypes,
    routes,
    ...(onProgress && { onProgress }),
  });

const stored = async () => ({
  checkpoint: await database.owner.query<object[]>('SELECT name, position FROM system.process'),
  instances: await database.owner.query<object[]>('SELECT * FROM system.process_instance ORDER BY process, instance'),
  parked: await database.owner.query<object[]>(
    'SELECT process, instance, position, stream, revision FROM system.process_parked',
  ),
  held: await database.owner.query<object[]>('SELECT * FROM system.process_held'),
});

it('are the live ones, row by row, and nothing is sent', async () => {
  await work();
  const before = await stored();
  expect(before).toMatchObject({
    instances: [{}, {}, {}],
    parked: [{ instance: 'order-b' }],
    held: [{ instance: 'order-b' }],
  });
  const [head, commands] = [await store.head(), sent];
  expect(await rebuild()).toMatchObject({ changed: 0, instances: 3, waiting: 1 });
  expect(await stored()).toEqual(before);
  expect([await store.head(), sent]).toEqual([head, commands]);
});

it('replace states that are not what the log says', async () => {
  await work();
  const before = await stored();
  await database.owner.query(`UPDATE system.process_instance SET state = '{}' WHERE instance = 'order-a'`);
  await database.owner.query(`DELETE FROM system.process_instance WHERE instance = 'order-c'`);
  expect(await rebuild()).toMatchObject({ changed: 2 });
  expect(await stored()).toEqual(before);
});

it('take the place of lost ones, and the worker goes on: the parked instance is parked again', async () => {
  await work();
  const before = await stored();
  await database.owner.query('TRUNCATE system.process, system.process_instance, system.process_parked CASCADE');
  expect(await rebuild()).toMatchObject({ changed: undefined, instances: 3, waiting: 1 });
  sent = 0;
  await work();
  expect(sent).toBe(1);
  expect(await stored()).toEqual(before);
});

it.each([
  ['a stream that no process could read', '*', 'order-d', 'order-d'],
  ['an instance of which an older version has not noted the event', 'listener', 'order-b', null],
])('are not made while %s is parked, whose commands would be lost', async (_, process, instance, stream) => {
  await work();
  await database.owner.query('DELETE FROM system.process_parked');
  await database.owner.query(
    `INSERT INTO system.process_parked (process, instance, stream, position, error, at)
     VALUES ($1, $2, $3, 1, 'odd', now())`,
    [process, instance, stream],
  );
  await expect(rebuild()).rejects.toThrow(instance);
  const rows = await database.owner.query<object[]>('SELECT FROM system.process_parked');
  expect(rows).toHaveLength(1);
});

it('are not taken while a worker runs, which loses nothing', async () => {
  await work();
  const before = await stored();
  await expect(rebuild(work)).rejects.toThrow(WorkerRunning);
  expect(await stored()).toEqual(before);
  expect(await rebuild()).toMatchObject({ changed: 0 }); // although the first rebuild has left its staging schema
});

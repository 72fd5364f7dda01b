import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { START } from '#event-store';
import { Readiness } from './readiness.js';

const never = () => new Promise<never>(() => undefined);
const fine = () => Promise.resolve();

interface Parts {
  readonly database?: () => Promise<unknown>;
  readonly disk?: () => Promise<void>;
  readonly log?: () => Promise<void>;
}

const readiness = ({ database = fine, disk = fine, log = fine }: Parts) => {
  const store = { check: log, head: () => Promise.resolve(START) };
  const registry = { status: database, categories: [] };
  const parts = [store, registry, { position: START }, { lastContactAt: Date.now() }] as unknown;
  const tested: Readiness = new Readiness(...(parts as ConstructorParameters<typeof Readiness>));
  Object.assign(tested, {
    freeSpace: { check: disk },
    incompleteStreams: { all: [{ stream: 'stock-MUG~store-1', reason: 'truncated' }] },
    status: { parked: database },
    database: { query: () => database().then(() => []) },
  });
  return tested;
};

/** Compared with a timer of the same process, which a busy machine delays as it delays the answer. */
const within = <Answer>(ms: number, answer: Promise<Answer>): Promise<Answer | string> =>
  Promise.race([answer, pause(ms, `no answer within ${ms} ms`, { ref: false })]);

it('is without troubles when everything answers', async () => {
  expect(await readiness({}).troubles()).toEqual({});
});

it('names a database that stands still within two seconds, and still lists what it knows', async () => {
  const stopped = readiness({ database: never });
  expect(await within(2_000, Promise.all([stopped.troubles(), stopped.unreadableStreams()]))).toEqual([
    { database: 'does not answer' },
    [{ stream: 'stock-MUG~store-1', reason: 'truncated' }],
  ]);
});

it('names an event store that stands still within two seconds', async () => {
  const troubles = readiness({ log: never }).troubles();
  expect(await within(2_000, troubles)).toEqual({ eventStore: 'did not answer in time' });
});

it('does not call read models late because the event store has been silent for long', async () => {
  const silent = readiness({ log: () => Promise.reject(new Error('unreachable')) });
  Object.assign(silent, { goal: { head: START, since: Date.now() - 60_000 } });
  expect(await silent.troubles()).toEqual({ eventStore: 'unreachable' });
});

it('answers at once when the event store says that it cannot write, although nothing can be read there', async () => {
  const failing = readiness({ log: () => Promise.reject(new Error('Only 1 of the 3 nodes answers')) });
  Object.assign(failing, { checkLog: never });
  expect(await within(1_000, failing.troubles())).toEqual({ eventStore: 'Only 1 of the 3 nodes answers' });
});

it('names a full disk', async () => {
  const disk = () => Promise.reject(new Error('The disk of ./data is full: 3 MiB are left.'));
  expect(await readiness({ disk }).troubles()).toEqual({ disk: 'The disk of ./data is full: 3 MiB are left.' });
});

it('names lost keys, and a lost key of digests, also where one of them cannot be looked up', async () => {
  const losses = (broken: string) => {
    const query = (sql: string) => {
      if (sql.includes(broken)) return Promise.reject(new Error('column does not exist'));
      return Promise.resolve(
        sql.includes('service_key') ? [{ at: new Date(0) }] : [{ count: 2, stream: 'customer-1' }],
      );
    };
    const tested = readiness({});
    Object.assign(tested, { database: { query } });
    return tested.warnings();
  };
  const [keys, digests] = [/2 keys of personal data are lost/, /keys\.service_key, was lost/].map((text) =>
    expect.stringMatching(text),
  );
  expect(await losses('nothing')).toEqual([keys, digests]);
  expect(await losses('service_key')).toEqual([keys]);
  expect(await losses('lost_key')).toEqual([digests]);
});

/** Half a history is no history: nothing is decided on it, however it came about. */
import { beforeEach, describe, expect, it } from '@jest/globals';
import { DomainError, type Message } from '#kernel';
import { aCause, InMemoryEventStore, plainPersonalData } from '#testing';
import {
  IncompleteStreams,
  findIncompleteStreams,
  DeciderRunner,
  type Snapshot,
  StreamNotReadable,
  type StreamType,
} from './index.js';

type Command = Message<'Open' | 'Put' | 'Take', { coins: number }>;
type Event = Message<'Opened' | 'CoinsPut' | 'CoinsTaken', { coins: number }>;

const walletStreams: StreamType<{ coins: number }, Command, Event> = {
  category: 'wallet',
  events: { Opened: { version: 1, first: true }, CoinsPut: { version: 1 }, CoinsTaken: { version: 1 } },
  creates: ['Open'],
  snapshot: { version: 1, save: (state) => ({ ...state }), load: (saved) => ({ ...(saved as { coins: number }) }) },
  decider: {
    initialState: () => ({ coins: 0 }),
    decide: ({ type, data }, { coins }) => {
      if (type === 'Take' && data.coins > coins) throw new DomainError('too-few-coins', 'Too few', { coins });
      return [{ type: ({ Open: 'Opened', Put: 'CoinsPut', Take: 'CoinsTaken' } as const)[type], data }];
    },
    evolve: ({ coins }, { type, data }) => ({ coins: coins + (type === 'CoinsTaken' ? -data.coins : data.coins) }),
  },
};

class Snapshots {
  readonly kept = new Map<string, Snapshot>();
  load(stream: string) {
    return Promise.resolve(this.kept.get(stream));
  }
  save(stream: string, snapshot: Snapshot) {
    this.kept.set(stream, snapshot);
    return Promise.resolve();
  }
}

let store: InMemoryEventStore;
let snapshots: Snapshots;

const restarted = () => new DeciderRunner(store, plainPersonalData, snapshots, { retryForMs: 300 });
const send = (type: Command['type'], coins: number, runner = restarted(), id = '1') =>
  runner.run(walletStreams, id, { type, data: { coins } }, aCause());
const refused = async (sent: Promise<unknown>, reason: RegExp) => {
  const before = store.events.length;
  const error = await sent.catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(StreamNotReadable);
  expect((error as StreamNotReadable).reason).toMatch(reason);
  return store.events.length - before;
};

beforeEach(async () => {
  store = new InMemoryEventStore();
  snapshots = new Snapshots();
  for (const coins of [10, 20, 30]) await send('Put', coins);
});

describe('a stream that an operator has truncated', () => {
  const cuts: [string, Record<string, number>, RegExp][] = [
    ['to a number of events', { $maxCount: 2 }, /^\$maxCount: 2 in the metadata of the stream \(\$\$wallet-1\)/],
    ['before a revision', { $tb: 1 }, /^\$tb: 1 in the metadata/],
    ['before a revision that is not there yet', { $tb: 99 }, /^\$tb: 99 in the metadata/],
    ['by age', { $maxAge: 3600 }, /^\$maxAge: 3600 in the metadata/],
  ];

  it.each(cuts)('%s is not decided on, and is as before once it is whole again', async (_, metadata, reason) => {
    store.setMetadata('wallet-1', metadata);
    if (metadata['$maxAge'] !== undefined) for (const one of store.events) Object.assign(one, { recordedAt: 0 });
    expect(await refused(send('Take', 1), reason)).toBe(0);
    expect(await refused(send('Take', 999), reason)).toBe(0);
    expect(await refused(send('Open', 1), reason)).toBe(0);
    store.setMetadata('wallet-1', {});
    expect(await send('Take', 60)).toMatchObject({ revision: 3 });
  });

  it('is not folded on in memory where events are missing in between', async () => {
    const runner = restarted();
    await send('Put', 1, runner);
    for (const coins of [1, 2, 3]) await send('Put', coins);
    store.setMetadata('wallet-1', { $maxCount: 1 });
    expect(await refused(send('Take', 999, runner), /\$maxCount: 1/)).toBe(0);
    expect(await refused(send('Put', 1, runner), /\$maxCount: 1/)).toBe(0);
  });

  it('is not folded on from a snapshot where events are missing in between', async () => {
    snapshots.kept.set('wallet-1', { revision: 0, version: 1, state: { coins: 10 }, commands: [] });
    store.setMetadata('wallet-1', { $tb: 2 });
    expect(await refused(send('Take', 1), /\$tb: 2/)).toBe(0);
  });

  it('is refused though it is whole in memory, once it is known', async () => {
    const incompleteStreams = new IncompleteStreams(store, ['wallet']);
    const end = new AbortController();
    const running = incompleteStreams.run(end.signal);
    const runner = new DeciderRunner(store, plainPersonalData, undefined, { keepsNewStreams: true, incompleteStreams });
    await send('Put', 1, runner);
    store.setMetadata('wallet-1', { $maxCount: 2 });
    store.setMetadata('other-1', { $maxCount: 2 });
    while (incompleteStreams.all.length === 0) await new Promise(setImmediate);
    expect(incompleteStreams.all).toMatchObject([{ stream: 'wallet-1' }]);
    expect(await findIncompleteStreams(store, ['wallet', 'other'])).toMatchObject([
      { stream: 'wallet-1' },
      { stream: 'other-1' },
    ]);
    expect(await refused(send('Put', 1, runner), /\$maxCount: 2/)).toBe(0);
    await expect(runner.cachedState(walletStreams, '1')).rejects.toBeInstanceOf(StreamNotReadable);
    await expect(runner.freshState(walletStreams, '1')).rejects.toBeInstanceOf(StreamNotReadable);
    store.setMetadata('wallet-1', {});
    while (incompleteStreams.all.length > 0) await new Promise(setImmediate);
    expect(await send('Put', 1, runner)).toMatchObject({ revision: 4 });
    end.abort();
    await running;
  });

  it('costs no request if no stream is truncated', async () => {
    const incompleteStreams = new IncompleteStreams(store, ['wallet']);
    const end = new AbortController();
    const running = incompleteStreams.run(end.signal);
    store.setMetadata('other-1', {});
    while (!incompleteStreams.isCaughtUp) await new Promise(setImmediate);
    const runner = new DeciderRunner(store, plainPersonalData, undefined, { incompleteStreams });
    store.retentionReads = 0;
    await send('Put', 1, runner, 'new');
    expect(store.retentionReads).toBe(0);
    await send('Put', 1, restarted(), 'newer');
    expect(store.retentionReads).toBe(1);
    end.abort();
    await running;
  });
});

describe('a stream that was deleted', () => {
  it('is not treated as one that never existed', async () => {
    store.deleteStream('wallet-1');
    expect(await refused(send('Put', 1), /was deleted/)).toBe(0);
    expect(await refused(send('Take', 1), /was deleted/)).toBe(0);
  });

  it('is not gone on with in memory', async () => {
    const runner = restarted();
    await send('Put', 1, runner);
    await send('Put', 1);
    store.deleteStream('wallet-1');
    expect(await refused(send('Take', 999, runner), /was deleted/)).toBe(0);
  });

  it('is not begun a second time: what the store takes nonetheless is refused here, and read by nobody', async () => {
    store.deleteStream('wallet-1');
    await refused(send('Open', 1), /hides the events before revision 3/);
    await refused(send('Open', 1), /hides the events before revision 3/);
    await refused(send('Take', 1), /hides the events before revision 3/);
  });

  it('is not begun a second time at all, once it is known', async () => {
    store.deleteStream('wallet-1');
    const incompleteStreams = new IncompleteStreams(store, ['wallet']);
    const end = new AbortController();
    const running = incompleteStreams.run(end.signal);
    while (!incompleteStreams.isCaughtUp) await new Promise(setImmediate);
    const runner = new DeciderRunner(store, plainPersonalData, undefined, { incompleteStreams });
    expect(await refused(send('Open', 1, runner), /was deleted/)).toBe(0);
    end.abort();
    await running;
  });

  it('for good is refused at once, whatever the command', async () => {
    const runner = restarted();
    await send('Put', 1, runner);
    store.tombstone('wallet-1');
    const began = performance.now();
    for (const by of [runner, restarted()]) {
      for (const type of ['Open', 'Put', 'Take'] as const)
        expect(await refused(send(type, 1, by), /permanently deleted/)).toBe(0);
    }
    expect(performance.now() - began).toBeLessThan(250);
  });
});

describe('a stream with an event that is not the decider’s', () => {
  it.each([
    ['data of no kind', { type: 'CoinsPut', data: null }, /are null/],
    ['another type', { type: 'Foreign', data: {} }, /knows no event "Foreign"/],
  ])('(%s) is refused with its place, whether it is in memory or not', async (_, event, reason) => {
    const runner = restarted();
    await send('Put', 1, runner);
    store.appendAnything('wallet-1', { ...event, envelope: { ...aCause(), schema: '1' } });
    for (const by of [runner, restarted()]) {
      for (const type of ['Open', 'Put', 'Take'] as const) {
        expect(await refused(send(type, 999, by), reason)).toBe(0);
      }
    }
    await expect(send('Put', 1)).rejects.toMatchObject({ stream: 'wallet-1', revision: 4, type: event.type });
  });

  it('that no fold can take is refused, too', async () => {
    const envelope = { ...aCause(), schema: '1' };
    const strict: typeof walletStreams = {
      ...walletStreams,
      decider: {
        ...walletStreams.decider,
        evolve: (_, { data }) => ({ coins: (data as unknown as { of: { many: number } }).of.many }),
      },
    };
    store.appendAnything('wallet-2', { type: 'CoinsPut', data: {}, envelope });
    const sent = restarted().run(strict, '2', { type: 'Put', data: { coins: 1 } }, aCause());
    expect(await refused(sent, /^CoinsPut cannot be folded \(TypeError/)).toBe(0);
  });
});

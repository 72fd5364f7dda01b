import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DomainError, eventId, type Cause, type Decider, type Message } from '#kernel';
import { aCause, aRecorded, InMemoryEventStore, newEvents, plainPersonalData, type Fault } from '#testing';
import { CommandIdReused, DeciderRunner, NO_STREAM, OutcomeUnknown, type Snapshot, type StreamType } from './index.js';

/** A wallet that holds coins and never less than none: a decider small enough to know its answers by heart. */
type Command = Message<'Put' | 'Take' | 'Clear' | 'Split' | 'Break', { coins: number }>;
type Event = Message<'CoinsPut' | 'CoinsTaken', { coins: number }>;
interface Wallet {
  coins: number;
}

const decide = ({ type, data: { coins } }: Command, state: Readonly<Wallet>): readonly Event[] => {
  switch (type) {
    case 'Put':
      return coins === 0 ? [] : [{ type: 'CoinsPut', data: { coins } }];
    case 'Take':
      if (coins > state.coins) throw new DomainError('too-few-coins', 'Too few', { coins: state.coins });
      return [{ type: 'CoinsTaken', data: { coins } }];
    case 'Clear':
      return state.coins === 0 ? [] : [{ type: 'CoinsTaken', data: { coins: state.coins } }];
    case 'Split':
      return Array.from({ length: coins }, () => ({ type: 'CoinsPut', data: { coins: 1 } }));
    case 'Break':
      throw new TypeError('a bug');
  }
};

const wallet: Decider<Wallet, Command, Event> = {
  initialState: () => ({ coins: 0 }),
  decide,
  evolve: (state, { type, data: { coins } }) => {
    state.coins += type === 'CoinsPut' ? coins : -coins;
    return state;
  },
};

const walletStreams: StreamType<Wallet, Command, Event> = {
  category: 'wallet',
  decider: wallet,
  events: { CoinsPut: { version: 1 }, CoinsTaken: { version: 1 } },
  snapshot: { version: 1, save: (state) => ({ ...state }), load: (saved) => ({ ...(saved as Wallet) }) },
};

const put = (coins: number): Command => ({ type: 'Put', data: { coins } });
const take = (coins: number): Command => ({ type: 'Take', data: { coins } });

let store: InMemoryEventStore;
let runner: DeciderRunner;
let other: DeciderRunner;

const fresh = (limits = {}) => new DeciderRunner(store, plainPersonalData, undefined, limits);
const send = (command: Command, cause: Cause = aCause(), by = runner, id = '1') =>
  by.run(walletStreams, id, command, cause);
const fold = (events: readonly { readonly event: Message }[]) =>
  events
    .map(({ event }) => event as Event)
    .reduce((state, event) => wallet.evolve(state, event, aCause()), wallet.initialState());
const coins = () => fold(store.events).coins;

beforeEach(() => {
  store = new InMemoryEventStore();
  runner = fresh();
  other = fresh();
});

describe('a command', () => {
  it('is answered with its events', async () => {
    const cause = aCause();
    const outcome = await send({ type: 'Split', data: { coins: 2 } }, cause);
    expect(outcome).toEqual({
      revision: 1,
      position: await store.head(),
      events: store.events.map(({ event }) => event),
      eventIds: [eventId(cause.commandId, 0), eventId(cause.commandId, 1)],
      repeated: false,
    });
    expect(store.events.map(({ id }) => id)).toEqual(outcome.eventIds);
    expect(store.events.map(({ envelope }) => envelope.schema)).toEqual(['1', '1']);
  });

  it('that has nothing to do appends nothing', async () => {
    expect(await send(put(0))).toEqual({
      revision: -1,
      position: undefined,
      events: [],
      eventIds: [],
      repeated: false,
    });
    expect(store.appends).toBe(0);
  });

  it('that is refused appends nothing, and says why', async () => {
    await send(put(3));
    await expect(send(take(4))).rejects.toMatchObject({ code: 'too-few-coins', details: { coins: 3 } });
    expect(store.events).toHaveLength(1);
  });
});

describe('a command that is sent again', () => {
  it.each(['the same runner', 'another runner'])('is answered by %s as the first time', async (who) => {
    const cause = aCause({ fingerprint: 'f' });
    const first = await send({ type: 'Split', data: { coins: 3 } }, cause);
    await send(put(5));
    const again = await send({ type: 'Split', data: { coins: 3 } }, cause, who === 'the same runner' ? runner : other);
    expect(again).toEqual({ ...first, repeated: true });
    expect(store.events).toHaveLength(4);
  });

  it('together with itself has one effect', async () => {
    const cause = aCause();
    const outcomes = await Promise.all([1, 2, 3].map(() => send(put(5), cause)));
    expect(outcomes.map(({ repeated }) => repeated)).toEqual([false, true, true]);
    expect(new Set(outcomes.map(({ eventIds }) => eventIds.join()))).toHaveProperty('size', 1);
    expect(store.events).toHaveLength(1);
  });

  it('with another body is refused', async () => {
    const cause = aCause({ fingerprint: 'one' });
    await send(put(5), cause);
    for (const by of [runner, other]) {
      await expect(send(put(6), { ...cause, fingerprint: 'two' }, by)).rejects.toThrow(CommandIdReused);
    }
  });
});

describe('a command that loses a race', () => {
  it('is decided again, with exactly one effect', async () => {
    await Promise.all([send(put(1)), send(put(1), aCause(), other)]);
    const [a, b] = await Promise.allSettled([send(take(2)), send(take(2), aCause(), other)]);
    expect([a.status, b.status].toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(coins()).toBe(0);
  });

  it('never sells the same coin twice', async () => {
    await send(put(10));
    const takes = Array.from({ length: 40 }, (_, i) => send(take(1), aCause(), i % 2 ? runner : other));
    const taken = (await Promise.allSettled(takes)).filter(({ status }) => status === 'fulfilled');
    expect(taken).toHaveLength(10);
    expect(coins()).toBe(0);
  });

  it('against the same command on another runner has one effect', async () => {
    const cause = aCause();
    const outcomes = await Promise.all([send(put(5), cause), send(put(5), cause, other)]);
    expect(outcomes[0].eventIds).toEqual(outcomes[1].eventIds);
    expect(store.events).toHaveLength(1);
  });
});

describe('a command that appends nothing', () => {
  it('is not refused because of what another runner has changed', async () => {
    await send(put(1));
    await send(put(1), aCause(), other);
    expect(await send(take(2))).toMatchObject({ revision: 2 });
  });

  it('is refused because of what another runner has changed', async () => {
    await send(put(2));
    await send(take(2), aCause(), other);
    await expect(send(take(1))).rejects.toMatchObject({ details: { coins: 0 } });
  });

  it('has nothing to do only if that is so in the newest state', async () => {
    const clear: Command = { type: 'Clear', data: { coins: 0 } };
    expect(await send(clear)).toMatchObject({ events: [] });
    await send(put(2), aCause(), other);
    expect(await send(clear)).toMatchObject({ events: [{ type: 'CoinsTaken', data: { coins: 2 } }] });
  });

  it('asks the store once for all commands that come together', async () => {
    await send(put(1));
    const { reads } = store;
    await Promise.allSettled(Array.from({ length: 20 }, () => send(take(5))));
    expect(store.reads - reads).toBeLessThanOrEqual(2);
  });
});

describe('an append without an answer', () => {
  it.each<Fault>(['before', 'after'])('is settled with one effect (lost %s storing)', async (fault) => {
    store.faults.set(1, fault);
    expect(await send({ type: 'Split', data: { coins: 2 } })).toMatchObject({ revision: 1, repeated: false });
    expect(store.events).toHaveLength(2);
  });

  it('that never comes is reported, and the same command settles it later', async () => {
    const impatient = fresh({ retryForMs: 0 });
    const cause = aCause();
    for (const attempt of [1, 2, 3]) store.faults.set(attempt, 'after');
    await expect(send(put(5), cause, impatient)).rejects.toThrow(OutcomeUnknown);
    expect(await send(put(5), cause, impatient)).toMatchObject({ repeated: true, revision: 0 });
    expect(store.events).toHaveLength(1);
  });
});

describe('commands that come together', () => {
  it('are appended together', async () => {
    await send(put(1));
    const { appends } = store;
    await Promise.all(Array.from({ length: 100 }, () => send(put(1))));
    expect(store.appends - appends).toBeLessThanOrEqual(2);
    expect(coins()).toBe(101);
  });

  it('see each other, and a refusal concerns its own command only', async () => {
    const first = send(put(1)); // the others wait for it, and make one batch
    const sent = [put(2), take(2), take(2), { type: 'Break', data: { coins: 0 } } as const, take(1)];
    const outcomes = await Promise.allSettled(sent.map((command) => send(command)));
    const said = outcomes.map((o) => (o.status === 'fulfilled' ? o.value.revision : (o.reason as Error).message));
    expect(said).toEqual([1, 2, 'Too few', 'a bug', 3]);
    expect(await first).toMatchObject({ revision: 0 });
    expect(store.appends).toBe(2);
  });

  it('are stored in several appends when they are too large for one', async () => {
    store.maxAppendBytes = 1_000;
    const outcomes = await Promise.all([1, 2, 3, 4, 5, 6, 7].map((coins) => send(put(coins))));
    expect(outcomes.map(({ revision }) => revision)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(coins()).toBe(28);
  });

  it('do not suffer from one of them that is too large by itself, which is refused with the limit', async () => {
    store.maxAppendBytes = 1_000;
    const outcomes = await Promise.allSettled([
      send(put(1)),
      send({ type: 'Split', data: { coins: 50 } }),
      send(put(2)),
    ]);
    expect(outcomes).toMatchObject([
      { value: { revision: 0 } },
      { reason: { code: 'too-large', details: { maxBytes: 1_000 } } },
      { value: { revision: 1 } },
    ]);
    expect(coins()).toBe(3);
  });

  it('are refused only after the events on which the refusal depends are stored', async () => {
    const [, , refused] = await Promise.allSettled([
      send(put(3)),
      send(take(3)),
      send(take(1)).catch((error: unknown) => expect([error, store.events.length]).toMatchObject([{}, 2])),
    ]);
    expect(refused.status).toBe('fulfilled');
  });
});

describe('the cache', () => {
  it('saves reads', async () => {
    await send(put(1));
    const { reads } = store;
    await send(take(1));
    expect(store.reads).toBe(reads);
  });

  /** Ids of the streams that a runner has to read for a command. */
  const cold = async (by: DeciderRunner, ids: readonly string[]) => {
    const read: string[] = [];
    for (const id of ids) {
      const { reads } = store;
      await send(put(1), aCause(), by, id);
      if (store.reads > reads) read.push(id);
    }
    return read;
  };

  it('forgets the least recently used streams, which then are read again', async () => {
    const small = fresh({ cacheBytes: 3500 }); // room for three
    expect(await cold(small, ['a', 'b', 'c'])).toEqual(['a', 'b', 'c']);
    expect(await cold(small, ['a', 'd', 'a', 'c'])).toEqual(['d']);
    expect(await cold(small, ['b'])).toEqual(['b']);
  });

  it('does not grow without bounds by observing', async () => {
    const small = fresh({ cacheBytes: 2800 });
    const ids = Array.from({ length: 20 }, (_, i) => String(i));
    for (const id of ids)
      await store.append(`wallet-${id}`, NO_STREAM, newEvents([{ type: 'CoinsPut', data: { coins: 1 } }]));
    for (const recorded of store.events) small.observe(walletStreams, recorded);
    expect(await cold(small, ['19', '0'])).toEqual(['0']);
  });

  it('is kept warm by observing the log', async () => {
    for (let i = 0; i < 3; i++) await send(put(1), aCause(), other);
    for (const recorded of store.events) runner.observe(walletStreams, recorded);
    const { reads } = store;
    expect(await send(take(3))).toMatchObject({ revision: 3 });
    expect(store.reads).toBe(reads);
  });

  it('is not harmed by observing twice or out of order', async () => {
    await send(put(1));
    for (let i = 0; i < 3; i++) await send(put(1), aCause(), other);
    const [first, second, third, fourth] = store.events as [never, never, never, never];
    for (const recorded of [fourth, first, third, first, second, second, fourth])
      runner.observe(walletStreams, recorded);
    await expect(send(take(5))).rejects.toMatchObject({ details: { coins: 4 } });
    expect(await send(take(4))).toMatchObject({ revision: 4 });
  });

  it('is thrown away when it observes an event that this code does not know', async () => {
    await send(put(1));
    await new Promise(setImmediate); // a busy runner does not look
    runner.observe(walletStreams, aRecorded('wallet-1', { type: 'NeverDefined', data: {} }, { revision: 1 }));
    expect(await cold(runner, ['1'])).toEqual(['1']);
  });
});

describe('snapshots', () => {
  const kept = new Map<string, Snapshot>();
  const snapshots = {
    load: (stream: string) => Promise.resolve(kept.get(stream)),
    save: (stream: string, snapshot: Snapshot) => {
      kept.set(stream, JSON.parse(JSON.stringify(snapshot)) as Snapshot);
      return Promise.resolve();
    },
  };
  const withSnapshots = () => new DeciderRunner(store, plainPersonalData, snapshots);

  beforeEach(() => kept.clear());

  it('give the same answers as all the events', async () => {
    const keeper = withSnapshots();
    const causes = Array.from({ length: 250 }, () => aCause({ fingerprint: 'f' }));
    for (const cause of causes) await send(put(1), cause, keeper);
    expect(kept.get('wallet-1')?.revision).toBe(199);
    for (const by of [withSnapshots(), other]) {
      await expect(send(take(251), aCause(), by)).rejects.toMatchObject({ details: { coins: 250 } });
      expect(await send(put(1), causes[7], by)).toMatchObject({ revision: 7, repeated: true });
      await expect(send(put(1), { ...(causes[7] as Cause), fingerprint: 'g' }, by)).rejects.toThrow(CommandIdReused);
    }
    expect(store.events).toHaveLength(250);
  });

  it('are ignored when they are of another version, ahead of the log, unreadable, or cannot be had', async () => {
    await send(put(3));
    const snapshot = { revision: 0, version: 0, state: { coins: 99 }, commands: [] };
    kept.set('wallet-1', snapshot);
    await expect(send(take(9), aCause(), withSnapshots())).rejects.toMatchObject({ details: { coins: 3 } });
    kept.set('wallet-1', { ...snapshot, revision: 500, version: 1 });
    await expect(send(take(9), aCause(), withSnapshots())).rejects.toMatchObject({ details: { coins: 3 } });
    kept.set('wallet-1', { ...snapshot, version: 1, commands: null as never });
    await expect(send(take(9), aCause(), withSnapshots())).rejects.toMatchObject({ details: { coins: 3 } });
    const broken = { ...snapshots, load: () => Promise.reject(new Error('no database')) };
    await expect(send(take(9), aCause(), new DeciderRunner(store, plainPersonalData, broken))).rejects.toMatchObject({
      details: { coins: 3 },
    });
  });
});

describe('after any faults', () => {
  const step = fc.record({
    command: fc.integer({ min: 0, max: 5 }),
    by: fc.constantFrom(0, 1),
    wait: fc.boolean(),
  });
  const story = fc.record({
    steps: fc.array(step, { minLength: 1, maxLength: 30 }),
    sizes: fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 6, maxLength: 6 }),
    faults: fc.dictionary(fc.integer({ min: 1, max: 6 }).map(String), fc.constantFrom<Fault>('before', 'after'), {
      maxKeys: 3,
    }),
  });

  it('each command has one effect, and no coin is taken that is not there', () =>
    fc.assert(
      fc.asyncProperty(story, async ({ steps, sizes, faults }) => {
        store = new InMemoryEventStore();
        const runners = [fresh({ retryForMs: 0 }), fresh({ retryForMs: 0 })] as const;
        for (const [attempt, fault] of Object.entries(faults)) store.faults.set(Number(attempt), fault);
        const commands = sizes.map((size, i) => ({
          command: i % 2 ? take(size) : put(size),
          cause: aCause({ fingerprint: String(size) }),
        }));
        const answersByCommand = new Map<string, Set<string>>();
        const running: Promise<unknown>[] = [];
        for (const { command: i, by, wait } of steps) {
          const { command, cause } = commands[i] as (typeof commands)[number];
          const sending = send(command, cause, runners[by]).then(
            ({ eventIds }) =>
              answersByCommand.set(
                cause.commandId,
                (answersByCommand.get(cause.commandId) ?? new Set()).add(eventIds.join()),
              ),
            (error: unknown) => expect(error instanceof DomainError || error instanceof OutcomeUnknown).toBe(true),
          );
          running.push(sending);
          if (wait) await sending;
        }
        await Promise.all(running);
        const ids = store.events.map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
        for (const answers of answersByCommand.values()) expect(answers.size).toBe(1);
        for (const [index] of store.events.entries()) {
          expect(fold(store.events.slice(0, index + 1)).coins).toBeGreaterThanOrEqual(0);
        }
      }),
      { numRuns: 200 },
    ));
});

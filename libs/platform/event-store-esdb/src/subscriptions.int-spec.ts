import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type BatchAppendReq } from '@eventstore/db-client/generated/streams_pb.js';
import { asPosition, type Batch, findIncompleteStreams, type Position, START } from '#event-store';
import { EsdbEventStore } from './index.js';
import { says, type Script, scriptedServer, stored } from './scripted-server.fixture.js';

const END = 1_000;

describe('a subscription', () => {
  let stop: AbortController;
  let closing: (() => Promise<void> | void)[];

  beforeEach(() => {
    stop = new AbortController();
    closing = [];
  });
  afterEach(async () => {
    stop.abort();
    for (const close of closing.reverse()) await close();
  });

  const open = async (script: Script) => {
    const server = await scriptedServer({ newest: () => END, ...script });
    const store = EsdbEventStore.connect(server.url, { resubscribeForMs: 2_000 });
    closing.push(
      () => server.close(),
      () => store.close(),
    );
    return store;
  };
  /** Reads until it is enough. */
  const collect = async (
    store: EsdbEventStore,
    enough: (batches: readonly Batch[]) => boolean,
    categories?: string[],
  ) => {
    const batches: Batch[] = [];
    for await (const batch of store.subscribe(START, { categories, signal: stop.signal } as never)) {
      batches.push(batch);
      if (enough(batches)) break;
    }
    return batches;
  };
  const positionsIn = (batches: readonly Batch[]) =>
    batches.flatMap(({ events }) => events.map(({ position }) => position));

  it('that the server drops continues at once from where it was, and the caller does not notice', async () => {
    const begun: number[] = [];
    const store = await open({
      subscribe: (call, after) => {
        begun.push(after);
        call.write(says.confirmed());
        if (after === 0) call.write(says.event(1_200));
        if (after === 0) call.write(says.caughtUp());
        for (const position of [after + 50, after + 100]) if (after > 0) call.write(says.event(position));
        if (begun.length < 20) says.tooSlow(call);
      },
    });
    const started = performance.now();
    const batches = await collect(store, (seen) => positionsIn(seen).length >= 39, ['thing']);
    expect(performance.now() - started).toBeLessThan(2_000);
    expect(positionsIn(batches)).toEqual([1_200, ...Array.from({ length: 38 }, (_, n) => 1_250 + 50 * n)]);
    expect(begun).toEqual([0, ...Array.from({ length: 19 }, (_, n) => 1_200 + 100 * n)]);
    expect(store.resubscriptions).toBe(18); // the consumer had left the first one for that which all share
  });

  it('to what is done to streams goes on from where it was, too, when the server drops it', async () => {
    const begun: number[] = [];
    const store = await open({
      newest: (before) => (before === 900 ? 899 : END),
      subscribe: (call, after) => {
        begun.push(after);
        call.write(says.confirmed());
        if (begun.length === 2) call.write(says.checkpoint('900', '900'));
        if (begun.length > 2) call.write(says.event(2_000, 'thing-1', '$streamDeleted'));
        if (begun.length > 2) call.write(says.caughtUp());
        if (begun.length < 6) says.tooSlow(call);
      },
    });
    const changed: string[] = [];
    for await (const { changes } of store.retentions(stop.signal)) {
      changed.push(...changes.map(({ stream }) => stream));
      if (changed.length === 4) break;
    }
    expect(changed).toEqual(['thing-1', 'thing-1', 'thing-1', 'thing-1']);
    expect(begun).toEqual([0, 0, 899, 2_000, 2_000, 2_000]);
    await expect(findIncompleteStreams(store, ['thing'])).resolves.toEqual([
      expect.objectContaining({ stream: 'thing-1' }),
    ]);
  });

  it('that is dropped again and again without having brought anything fails after a while', async () => {
    let opened = 0;
    const store = await open({
      subscribe: (call) => {
        opened++;
        call.write(says.confirmed());
        says.tooSlow(call);
      },
    });
    await expect(collect(store, () => false, ['thing'])).rejects.toThrow('Consumer too slow');
    expect(opened).toBeLessThan(20);
  });

  it('that is not allowed fails at once', async () => {
    const store = await open({ subscribe: (call) => says.denied(call) });
    const started = performance.now();
    await expect(collect(store, () => false)).rejects.toThrow('Access Denied');
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  it('that has caught up is at the newest event that the same node had before it began', async () => {
    let asked = 0;
    const store = await open({
      newest: () => END + 10 * asked++,
      subscribe: (call) => {
        call.write(says.confirmed());
        call.write(says.event(7));
        call.write(says.caughtUp());
      },
    });
    const batches = await collect(store, (seen) => seen.at(-1)?.caughtUp === true, ['thing']);
    expect(batches.at(-1)).toMatchObject({ position: END, caughtUp: true });
  });

  it.each([
    ['whose prepare is 0', '5000', '0', 4_800],
    ['of an event that is not written yet', '999999', '999999', 4_900],
  ])('moves on from a checkpoint %s to the event before it', async (_, commit, prepare, before) => {
    const asked: (number | undefined)[] = [];
    const store = await open({
      newest: (position) => {
        asked.push(position);
        return position === undefined ? END : before;
      },
      subscribe: (call) => {
        call.write(says.confirmed());
        call.write(says.caughtUp());
        call.write(says.checkpoint(commit, prepare));
      },
    });
    const batches = await collect(store, (seen) => (seen.at(-1)?.position ?? START) > asPosition(END));
    expect(batches.at(-1)).toMatchObject({ events: [], position: before });
    expect(asked).toEqual([undefined, Number(commit)]);
  });

  it('does not move for a checkpoint "before everything", nor for one that no event can be found for', async () => {
    let asked = 0;
    const store = await open({
      newest: (position) => (position === undefined ? END : 0),
      subscribe: (call) => {
        asked++;
        call.write(says.confirmed());
        call.write(says.checkpoint('18446744073709551615', '18446744073709551615'));
        call.write(says.fellBehind());
        call.write(says.caughtUp());
        call.write(says.checkpoint('7777', '7777'));
        setTimeout(() => call.write(says.event(8_000)), 1_300);
      },
    });
    const batches = await collect(store, (seen) => positionsIn(seen).length > 0);
    expect(batches.map(({ position }) => position)).toEqual([END, 8_000]);
    expect(asked).toBe(1);
  });

  it('that is live never makes the server wait: a consumer that is too far behind goes on by another one', async () => {
    const most = 30_000;
    const begun: number[] = [];
    const store = await open({
      subscribe: (call, after) => {
        begun.push(after);
        call.write(says.confirmed());
        const caughtUp = after === 0 ? END : most;
        for (let position = after + 1; position <= caughtUp; position++) call.write(says.event(position));
        call.write(says.caughtUp());
        for (let position = caughtUp + 1; position <= most; position++) call.write(says.event(position));
      },
    });
    const slowly = async () => {
      const positions: Position[] = [];
      for await (const { events } of store.subscribe(START, { signal: stop.signal })) {
        positions.push(...events.map(({ position }) => position));
        await new Promise((resolve) => setTimeout(resolve, events.length > 0 ? 30 : 0));
        if (positions.length >= most) break;
      }
      return positions;
    };
    expect(await slowly()).toEqual(Array.from({ length: most }, (_, n) => n + 1));
    expect(begun.length).toBeGreaterThan(1);
  });
});

describe('a server that is asked what it is', () => {
  const probe = async (script: Script) => {
    const server = await scriptedServer({
      append: (call) => call.on('data', () => says.denied(call as never)),
      ...script,
    });
    const store = EsdbEventStore.connect(server.url);
    try {
      return await store.probe();
    } finally {
      await store.close();
      server.close();
    }
  };

  it('is too old when it does not know how to append in batches', async () => {
    await expect(probe({ version: '20.10.2', methods: ['Append'] })).rejects.toThrow(
      /is too old \(version 20\.10\.2\): Kontor needs EventStoreDB 23\.10 or newer\./,
    );
  });

  it('may keep $all or streams from the user', async () => {
    await expect(probe({ newest: (_, call) => (says.denied(call), 0) })).rejects.toThrow(
      /does not allow a caller without a user to do what Kontor needs: deploy\/README\.md lists the rights/,
    );
    await expect(probe({})).rejects.toThrow(/deploy\/README\.md lists the rights/);
  });

  it.each(['22.10.1', '25.1.0', ''])(
    'of version "%s" is said to be one that Kontor has not been run on',
    async (version) => {
      const append: Script['append'] = (call) =>
        call.on('data', (request) => call.write(stored(request as BatchAppendReq)));
      expect((await probe({ version, append })).remark).toMatch(/Kontor has been run on 23\.10 and 24\./);
      expect((await probe({ version: '23.10.8', append })).remark).toBeUndefined();
    },
  );
});

import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Batch, ConsumerLoop, NO_STREAM, type Recorded, START } from '#event-store';
import { EsdbEventStore } from '#event-store-esdb';
import { newEvents } from '#testing';
import { SimulatedCluster } from './cluster.js';

const ELECTION_MS = 500;
const ALLOWED_GAP_MS = ELECTION_MS + 2_000;
const WRITERS = 6;
/** Whatever has not come by then does not come. */
const LATEST_MS = 20_000;

const happened = (what: number) => newEvents([{ type: 'Happened', data: { what } }]);

/** When something was last heard of, and the longest that it was not. */
class Gaps {
  longestMs = 0;
  private last = performance.now();

  heard() {
    const now = performance.now();
    this.longestMs = Math.max(this.longestMs, now - this.last);
    this.last = now;
  }
}

/** Writers that know what they have written, readers that have to hear of it, and what has gone wrong. */
class Trade {
  readonly acknowledged: string[] = [];
  readonly delivered: string[] = [];
  readonly wrong: string[] = [];
  readonly writing = new Gaps();
  readonly reading = new Gaps();
  private readonly stop = new AbortController();
  private readonly writers: Promise<void>[];
  private readonly loop: ConsumerLoop;
  private readonly consuming: Promise<void>;

  constructor(private readonly store: EsdbEventStore) {
    let position = START;
    const consumer = {
      name: 'memory',
      categories: ['thing'],
      resume: () => Promise.resolve(position),
      handle: (batch: Batch) => {
        this.delivered.push(...batch.events.map(({ stream, revision }) => `${stream}@${revision}`));
        if (batch.position < position) this.wrong.push(`went back from ${position} to ${batch.position}`);
        ({ position } = batch);
        if (batch.events.length > 0) this.reading.heard();
        return Promise.resolve();
      },
    };
    this.loop = new ConsumerLoop(store, consumer);
    this.consuming = this.loop.run(this.stop.signal);
    this.writers = Array.from({ length: WRITERS }, (_, index) => this.write(`thing-${index}`));
  }

  get failures() {
    return this.loop.status().restarts;
  }

  /** Ends the writing, and waits until all of it was read. */
  async end() {
    this.writing.heard();
    this.ending = true;
    await Promise.all(this.writers);
    const late = performance.now() + LATEST_MS;
    while (this.delivered.length < this.acknowledged.length && performance.now() < late) await pause(20);
    this.stop.abort();
    await this.consuming;
  }

  private ending = false;

  private async write(stream: string) {
    for (let revision = NO_STREAM; !this.ending; revision++) {
      const events = happened(revision);
      const settled = await this.settle(stream, revision, events);
      if (settled.outcome !== 'stored') this.wrong.push(`${stream}@${revision + 1} is a ${settled.outcome}`);
      this.acknowledged.push(`${stream}@${revision + 1}`);
      this.writing.heard();
      const known = await this.read(stream);
      if (known !== revision + 2) this.wrong.push(`${stream} has ${known} events after ${revision + 2} were stored`);
      const again = await this.settle(stream, revision, events);
      if (again.outcome !== 'stored' || again.revision !== revision + 1)
        this.wrong.push(`${stream} does not know a repeat`);
      await pause(10);
    }
  }

  private async settle(stream: string, revision: number, events: ReturnType<typeof happened>) {
    for (;;) {
      const appended = await this.store.append(stream, revision, events);
      if (appended.outcome !== 'unknown') return appended;
      await pause(20);
    }
  }

  private async read(stream: string) {
    for (;;) {
      try {
        const events: Recorded[] = [];
        for await (const event of this.store.read(stream)) events.push(event);
        return events.length;
      } catch {
        await pause(20);
      }
    }
  }
}

describe('a cluster of three', () => {
  let cluster: SimulatedCluster;
  let store: EsdbEventStore;
  let trade: Trade | undefined;

  beforeEach(async () => {
    cluster = await SimulatedCluster.start({ electionMs: ELECTION_MS });
  });
  afterEach(async () => {
    await store.close();
    await cluster.close();
    trade = undefined;
  });

  const open = (url: string) => {
    store = EsdbEventStore.connect(url);
    trade = new Trade(store);
    return trade;
  };
  const until = async (what: () => boolean | Promise<boolean>) => {
    const late = performance.now() + LATEST_MS;
    while (!(await what())) {
      if (performance.now() > late) throw new Error(`Waited for ${String(what)}: ${JSON.stringify(state())}`);
      await pause(10);
    }
  };
  const state = () => ({
    nodes: cluster.nodes.map(({ state: is, connections }) => `${is}, ${connections} connections`),
    leading: cluster.leading,
    acknowledged: trade?.acknowledged.length,
    delivered: trade?.delivered.length,
    resubscriptions: store.resubscriptions,
  });
  /** Until so many more events were written and read. */
  const more = async (count: number) => {
    const { acknowledged = [], delivered = [] } = trade ?? {};
    const goal = acknowledged.length + count;
    await until(() => acknowledged.length >= goal && delivered.length >= goal);
  };
  const trouble = () =>
    store.check().then(
      () => undefined,
      (error: unknown) => (error as Error).message,
    );
  /** Nothing lost, doubled, told wrongly, or late. */
  const expectAllWell = async (gapMs = ALLOWED_GAP_MS) => {
    if (!trade) throw new Error('nothing was written');
    await trade.end();
    expect(trade.wrong).toEqual([]);
    expect(trade.delivered.toSorted()).toEqual(trade.acknowledged.toSorted());
    expect(Math.max(trade.writing.longestMs, trade.reading.longestMs)).toBeLessThan(gapMs);
    expect(trade.failures).toBe(0);
    // Appends, reads and subscriptions have one each; a question who leads may be under way.
    await until(() => cluster.connections <= 4);
  };

  it('is written to and read from where it leads, whichever node is named first', async () => {
    open(cluster.url(2, 1, 0));
    await more(100);
    expect(await trouble()).toBeUndefined();
    await expectAllWell();
  });

  it('loses its leader', async () => {
    open(cluster.url());
    await more(50);
    cluster.kill(cluster.leading);
    await more(200);
    await cluster.restart(0);
    await more(50);
    expect(cluster.leading).toBe(1);
    await expectAllWell();
  });

  it('has a leader that freezes, and thaws as one that follows', async () => {
    open(cluster.url());
    await more(50);
    cluster.freeze(cluster.leading);
    await more(200);
    cluster.thaw(0);
    await more(100);
    await expectAllWell();
  });

  it('cannot write while two of three are gone, says so within two seconds, and goes on', async () => {
    open(cluster.url());
    await more(50);
    cluster.kill(1);
    cluster.kill(2);
    const begun = performance.now();
    await until(async () => (await trouble()) !== undefined);
    expect(performance.now() - begun).toBeLessThan(2_000);
    expect(await trouble()).toMatch(/Only 1 of the 3 nodes .* answer: it cannot write/);
    await until(() => cluster.leading < 0);
    await pause(1_500);
    await cluster.restart(1);
    const back = performance.now();
    await more(1);
    expect(performance.now() - back).toBeLessThan(ALLOWED_GAP_MS + 1_000);
    await more(50);
    expect(await trouble()).toBeUndefined();
    await expectAllWell(15_000);
  });

  it('says within two seconds that its leader is frozen', async () => {
    cluster.electionMs = 30_000;
    store = EsdbEventStore.connect(cluster.url());
    await store.head();
    cluster.freeze(cluster.leading);
    const begun = performance.now();
    expect(await trouble()).toMatch(/leader of the event store, .* does not answer/);
    expect(performance.now() - begun).toBeLessThan(2_000);
  });

  it('is restarted node by node', async () => {
    open(cluster.url());
    await more(50);
    for (const index of [0, 1, 2]) {
      cluster.kill(index);
      await more(100);
      await cluster.restart(index);
      await more(50);
    }
    await expectAllWell();
  });

  it('has a dead node that is named first', async () => {
    cluster.kill(2);
    open(cluster.url(2, 0, 1));
    await more(50);
    cluster.kill(cluster.leading);
    await cluster.restart(2);
    await more(100);
    await expectAllWell();
  });

  it.each([0, 1])('is known by one node only, node %s', async (index) => {
    open(cluster.url(index));
    await more(50);
    cluster.kill(0);
    await more(100);
    await expectAllWell();
  });

  it('is named by a string for discovery whose first host is dead', async () => {
    cluster.kill(2);
    open(cluster.url(2, 0, 1).replace('esdb:', 'esdb+discover:'));
    await more(100);
    await expectAllWell();
  });

  it('delivers nothing twice and leaves nothing out when all subscriptions are broken again and again', async () => {
    open(cluster.url());
    for (let round = 0; round < 5; round++) {
      await more(50);
      cluster.kill(cluster.leading);
      await until(() => cluster.leading >= 0 && cluster.nodes[cluster.leading]?.state === 'running');
      await more(50);
      await cluster.restart(cluster.nodes.findIndex(({ state }) => state === 'dead'));
    }
    expect(store.resubscriptions).toBeGreaterThanOrEqual(5);
    await expectAllWell();
  });
});

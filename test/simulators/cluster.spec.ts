import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Batch, ConsumerLoop, NO_STREAM, type Recorded, START } from '#event-store';
import { EsdbEventStore } from '#event-store-esdb';
import { newEvents } from '#testing';
import { SimulatedCluster } from './cluster.js';

const ELECTION_MS = 500;
const ALLOWED_GAP_MS = ELECTION_MS + 2_000;
const WRITERS = 6;
/** Waiting longer is a failure. */
const LATEST_MS = 20_000;

const happened = (what: number) => newEvents([{ type: 'Happened', data: { what } }]);

/** Measures the longest time between two events. */
class Gaps {
  longestMs = 0;
  private last = performance.now();

  mark() {
    const now = performance.now();
    this.longestMs = Math.max(this.longestMs, now - this.last);
    this.last = now;
  }
}

/** Writers and a consumer of one store, which record what was written, what was delivered, and what went wrong. */
class Workload {
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
        if (batch.events.length > 0) this.reading.mark();
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

  /** Stops the writers, and waits until all events were delivered. */
  async end() {
    this.writing.mark();
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
      const first = await this.appendUntilKnown(stream, revision, events);
      if (first.outcome !== 'stored') this.wrong.push(`${stream}@${revision + 1} is a ${first.outcome}`);
      this.acknowledged.push(`${stream}@${revision + 1}`);
      this.writing.mark();
      const known = await this.read(stream);
      if (known !== revision + 2) this.wrong.push(`${stream} has ${known} events after ${revision + 2} were stored`);
      const again = await this.appendUntilKnown(stream, revision, events);
      if (again.outcome !== 'stored' || again.revision !== revision + 1)
        this.wrong.push(`${stream} does not recognize a repeat`);
      await pause(10);
    }
  }

  private async appendUntilKnown(stream: string, revision: number, events: ReturnType<typeof happened>) {
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

describe('a client of a cluster of three nodes', () => {
  let cluster: SimulatedCluster;
  let store: EsdbEventStore;
  let workload: Workload | undefined;

  beforeEach(async () => {
    cluster = await SimulatedCluster.start({ electionMs: ELECTION_MS });
  });
  afterEach(async () => {
    await store.close();
    await cluster.close();
    workload = undefined;
  });

  const open = (url: string) => {
    store = EsdbEventStore.connect(url);
    workload = new Workload(store);
    return workload;
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
    acknowledged: workload?.acknowledged.length,
    delivered: workload?.delivered.length,
    resubscriptions: store.resubscriptions,
  });
  /** Waits until this many more events were written and delivered. */
  const more = async (count: number) => {
    const { acknowledged = [], delivered = [] } = workload ?? {};
    const goal = acknowledged.length + count;
    await until(() => acknowledged.length >= goal && delivered.length >= goal);
  };
  const trouble = () =>
    store.check().then(
      () => undefined,
      (error: unknown) => (error as Error).message,
    );
  /** Expects that nothing was lost, repeated, wrong or late. */
  const expectAllWell = async (gapMs = ALLOWED_GAP_MS) => {
    if (!workload) throw new Error('nothing was written');
    await workload.end();
    expect(workload.wrong).toEqual([]);
    expect(workload.delivered.toSorted()).toEqual(workload.acknowledged.toSorted());
    expect(Math.max(workload.writing.longestMs, workload.reading.longestMs)).toBeLessThan(gapMs);
    expect(workload.failures).toBe(0);
    // One connection each for appends, reads and subscriptions, and perhaps one that finds the leader.
    await until(() => cluster.connections <= 4);
  };

  it('writes to and reads from the leader, whichever node is named first', async () => {
    open(cluster.url(2, 1, 0));
    await more(100);
    expect(await trouble()).toBeUndefined();
    await expectAllWell();
  });

  it('goes on after the leader was killed', async () => {
    open(cluster.url());
    await more(50);
    cluster.kill(cluster.leading);
    await more(200);
    await cluster.restart(0);
    await more(50);
    expect(cluster.leading).toBe(1);
    await expectAllWell();
  });

  it('goes on while the leader is frozen, and after it has resumed as a follower', async () => {
    open(cluster.url());
    await more(50);
    cluster.freeze(cluster.leading);
    await more(200);
    cluster.thaw(0);
    await more(100);
    await expectAllWell();
  });

  it('reports within two seconds that two nodes are gone, and goes on once one is back', async () => {
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

  it('reports within two seconds that the leader is frozen', async () => {
    cluster.electionMs = 30_000;
    store = EsdbEventStore.connect(cluster.url());
    await store.head();
    cluster.freeze(cluster.leading);
    const begun = performance.now();
    expect(await trouble()).toMatch(/leader of the event store, .* does not answer/);
    expect(performance.now() - begun).toBeLessThan(2_000);
  });

  it('goes on while the nodes are restarted one by one', async () => {
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

  it('connects although the node that is named first is dead', async () => {
    cluster.kill(2);
    open(cluster.url(2, 0, 1));
    await more(50);
    cluster.kill(cluster.leading);
    await cluster.restart(2);
    await more(100);
    await expectAllWell();
  });

  it.each([0, 1])('finds the cluster although only node %s is named', async (index) => {
    open(cluster.url(index));
    await more(50);
    cluster.kill(0);
    await more(100);
    await expectAllWell();
  });

  it('finds the cluster by a discovery string whose first host is dead', async () => {
    cluster.kill(2);
    open(cluster.url(2, 0, 1).replace('esdb:', 'esdb+discover:'));
    await more(100);
    await expectAllWell();
  });

  it('gets each event once although all subscriptions break again and again', async () => {
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

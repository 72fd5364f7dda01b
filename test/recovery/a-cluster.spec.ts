import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { type Accepted, type Client } from '../support/client.js';
import { Kontor } from '../support/kontor.js';
import { readLog } from '../support/read-log.js';
import { aLine, anOrder, openShop, stocked } from '../support/shop.js';
import { until } from '../support/until.js';
import { verify } from '../support/verify.js';
import { SimulatedCluster } from '../simulators/cluster.js';
import { OrderModel } from './order-model.js';
import { findUnsettledOrders } from './log-checks.js';
import { StockModel } from './stock-model.js';

jest.setTimeout(180_000);

const BUYERS = 4;
const ELECTION_MS = 500;
const WAIT_S = 5;
const READY_WITHIN_MS = 2_000;
const FROZEN_MS = 20_000;

let cluster: SimulatedCluster;
let kontor: Kontor;
let buyers: Buyers;
/** The processes of Kontor when the tests began. */
let pids: ReturnType<Kontor['pids']>;

/** Buyers who place orders one after the other, send each again, and cancel some at once. */
class Buyers {
  readonly wrong: string[] = [];
  readonly orders: string[] = [];
  longestGapMs = 0;
  longestAnswerMs = 0;
  private lastAt = performance.now();
  private readonly over = new AbortController();
  private readonly running: Promise<void>[];

  constructor(
    private readonly staff: Client,
    private readonly sku: string,
  ) {
    this.running = Array.from({ length: BUYERS }, () => this.buy());
  }

  get placed() {
    return this.orders.length;
  }

  resetGap() {
    this.longestGapMs = 0;
    this.lastAt = performance.now();
  }

  async end() {
    this.over.abort();
    await Promise.all(this.running);
  }

  private async buy() {
    while (!this.over.signal.aborted) {
      const order = anOrder([aLine(this.sku)]);
      const key = randomUUID();
      await this.retryUntilAnswered('PlaceOrder', order, key);
      this.record(order.orderId);
      const again = await this.retryUntilAnswered('PlaceOrder', order, key);
      if (!again.repeated) this.wrong.push(`${order.orderId} is not recognized as a repeat`);
      if (this.placed % 3 === 0) await this.cancel(order.orderId);
    }
  }

  private cancel(orderId: string) {
    const lines = [{ lineId: '1', quantity: 1 }];
    return this.retryUntilAnswered('CancelOrderLines', { orderId, lines, reason: 'mind' }, randomUUID());
  }

  private record(orderId: string) {
    this.orders.push(orderId);
    const now = performance.now();
    this.longestGapMs = Math.max(this.longestGapMs, now - this.lastAt);
    this.lastAt = now;
  }

  private async retryUntilAnswered(name: string, body: object, key: string): Promise<Accepted> {
    for (;;) {
      const begun = performance.now();
      const { status, body: answer } = await this.staff.send(name, body, { key, channel: 'web', wait: WAIT_S });
      this.longestAnswerMs = Math.max(this.longestAnswerMs, performance.now() - begun);
      if (status < 300) return answer as Accepted;
      if (status < 500) {
        this.wrong.push(`${name}: ${status} ${JSON.stringify(answer)}`);
        return { ...(answer as Accepted), repeated: true };
      }
      await pause(50);
    }
  }
}

beforeAll(async () => {
  cluster = await SimulatedCluster.start({ electionMs: ELECTION_MS });
  kontor = await Kontor.start({ env: { KONTOR_EVENTSTORE_URL: cluster.url() } });
  await openShop(kontor.staff);
  buyers = new Buyers(kontor.staff, await stocked(kontor.staff, 1_000_000));
  pids = kontor.pids();
});
afterAll(async () => {
  await buyers.end();
  await kontor.stop();
  await cluster.close();
});

const isReady = async () => (await kontor.staff.get('/health/ready')).status === 200;
const more = async (count: number) => {
  const goal = buyers.placed + count;
  await until(() => buyers.placed >= goal, { for: `${count} more orders`, withinMs: 60_000 });
};

const expectSteady = (electionMs = ELECTION_MS) => {
  expect(buyers.wrong).toEqual([]);
  expect(buyers.longestGapMs).toBeLessThan(electionMs + 2_000);
};

/** Polls the readiness of API and worker, and compares the answers with the state of the cluster. */
class ReadinessWatch {
  readonly wrong: string[] = [];
  answers = 0;
  private canWrite = cluster.canWrite;
  private changedAt = -Infinity;
  private readonly over = new AbortController();
  private readonly watching = Promise.all([
    this.followCluster(),
    ...[kontor.url, kontor.runFile.workerUrl].map((url) => this.ask(`${url}/health/ready`)),
  ]);

  async end() {
    this.over.abort();
    await this.watching;
  }

  private async followCluster() {
    while (!this.over.signal.aborted) {
      await pause(5);
      if (cluster.canWrite === this.canWrite) continue;
      this.canWrite = cluster.canWrite;
      this.changedAt = performance.now();
    }
  }

  private async ask(url: string) {
    while (!this.over.signal.aborted) {
      await pause(50);
      const sentAt = performance.now();
      const isReady = (await fetch(url)).ok;
      const sinceChangeMs = performance.now() - this.changedAt;
      this.answers++;
      // The answer to a request from before the change may describe the old state.
      const isSettled = sentAt > this.changedAt && sinceChangeMs > READY_WITHIN_MS;
      if (isSettled && isReady !== this.canWrite)
        this.wrong.push(`${url}: ${isReady ? 'ready' : 'not ready'} ${Math.round(sinceChangeMs)} ms after the change`);
    }
  }
}

it('orders go on within two seconds of the election when the leader is killed', async () => {
  await more(20);
  buyers.resetGap();
  const leader = cluster.leading;
  cluster.kill(leader);
  await more(60);
  await cluster.restart(leader);
  await more(40);
  expectSteady();
});

it('orders go on within two seconds of the election when the leader freezes, and after it resumes', async () => {
  await more(20);
  buyers.resetGap();
  const leader = cluster.leading;
  cluster.freeze(leader);
  await more(60);
  cluster.thaw(leader);
  await more(40);
  expectSteady();
});

it.each([ELECTION_MS, 5_000])(
  'orders go on and readiness is right while the leader is frozen for 20 s (election: %s ms)',
  async (electionMs) => {
    await more(20);
    cluster.electionMs = electionMs;
    buyers.resetGap();
    const readiness = new ReadinessWatch();
    const leader = cluster.leading;
    cluster.freeze(leader);
    await pause(FROZEN_MS);
    cluster.thaw(leader);
    cluster.electionMs = ELECTION_MS;
    await more(40);
    await readiness.end();
    expectSteady(electionMs);
    expect(readiness.wrong).toEqual([]);
    expect(readiness.answers).toBeGreaterThan(FROZEN_MS / 1_000);
  },
);

it('orders go on while the nodes are restarted one by one', async () => {
  buyers.resetGap();
  for (const index of [0, 1, 2]) {
    cluster.kill(index);
    await more(30);
    await cluster.restart(index);
    await more(20);
  }
  expectSteady();
});

it('readiness fails within two seconds when two of three nodes are gone, and returns when one is back', async () => {
  await more(20);
  cluster.kill(0);
  cluster.kill(1);
  const begun = performance.now();
  await until(async () => !(await isReady()), {
    for: 'the API not to be ready',
    withinMs: READY_WITHIN_MS,
    everyMs: 50,
  });
  const { body } = await kontor.staff.get('/health/ready');
  expect(body).toMatchObject({
    troubles: { eventStore: expect.stringMatching(/Only 1 of the 3 nodes .* cannot write/) },
  });
  expect((await fetch(`${kontor.runFile.workerUrl}/health/ready`)).status).toBe(503);
  expect(performance.now() - begun).toBeLessThan(READY_WITHIN_MS + 1_000);
  await until(() => cluster.leading < 0, { for: 'the leader to resign', withinMs: 5_000 });
  await pause(3_000);
  await cluster.restart(0);
  await until(() => cluster.leading >= 0, { for: 'a leader', withinMs: 5_000, everyMs: 10 });
  buyers.resetGap();
  await until(isReady, { for: 'the API to be ready', withinMs: READY_WITHIN_MS, everyMs: 50 });
  await more(20);
  expectSteady();
});

it('nothing was lost, repeated or answered wrongly, and no answer came after the requested wait', async () => {
  await buyers.end();
  expect(buyers.wrong).toEqual([]);
  expect(buyers.longestAnswerMs).toBeLessThan(WAIT_S * 1000 + 1_500);
  await kontor.settled();
  const { findings, parked } = await verify(kontor);
  expect(findings.filter(({ failed }) => failed > 0)).toEqual([]);
  expect(parked).toEqual({ readModels: [], processes: [], relay: [] });
  const log = await readLog(kontor.runFile.eventStoreUrl);
  const placed = log.filter(({ type }) => type === 'OrderPlaced').map(({ stream }) => stream);
  expect(placed.toSorted()).toEqual(buyers.orders.map((orderId) => `order-${orderId}`).toSorted());
  const [stock, orders] = [new StockModel(log), new OrderModel(log)];
  expect([...stock.faults, ...orders.faults, ...findUnsettledOrders(orders, stock)]).toEqual([]);
});

it('no process of Kontor has exited', () => {
  expect(kontor.pids()).toEqual(pids);
});

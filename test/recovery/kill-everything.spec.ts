import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Client } from '../support/client.js';
import { Kontor } from '../support/kontor.js';
import { readLog, type Logged } from '../support/read-log.js';
import { type Part } from '../support/processes.js';
import { Random } from '#kernel';
import { withPg } from '../support/data-scan.js';
import { openShop, stocked } from '../support/shop.js';
import { until } from '../support/until.js';
import { killAtRandom } from './kill-at-random.js';
import { History, isDone } from './history.js';
import { OrderModel } from './order-model.js';
import { findFaults } from '../support/verify.js';
import { type Agent } from './agent.js';
import { InstrumentModel } from './instrument-model.js';
import { PaymentModel } from './payment-model.js';
import { LocationAgent } from './location-agent.js';
import {
  findWaitingCarts,
  findLostRefunds,
  findUnaskedEvents,
  findWrongAnswers,
  findUnsettledOrders,
  findWrongMovements,
} from './log-checks.js';
import { journalOf } from './provider-journal.js';
import { digests, orderRows, rebuildAll, stockRows } from './read-models.js';
import { Shopper } from './shopper.js';
import { StockModel } from './stock-model.js';
import { type Instruments, VOUCHER } from './payment-choice.js';
import { Trader } from './trader.js';
import { FulfillmentModel } from './fulfillment-model.js';

const KILLS = Number(process.env['KILLS'] ?? 40);
const [TRADERS, SHOPPERS] = [4, 16];
/** Time without kills before the end. */
const QUIET_MS = 4_000;
const WORKERS = ['warehouse', 'warehouse', 'warehouse', 'store', 'store'];
const SECRET = 'recovery-secret';
const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const folder = mkdtempSync(join(tmpdir(), 'kontor-history-'));
const history = new History(join(folder, 'history.ndjson'));

let kontor: Kontor;
let kills: Readonly<Record<Part, number>>;
let log: readonly Logged[];
/** Events in the log when the trade began. */
let before: number;
let stock: StockModel;
let orders: OrderModel;
let work: FulfillmentModel;
let payments: PaymentModel;
let instruments: InstrumentModel;

let problems = 0;
/** The history and the data are kept unless all tests pass. */
let keepsFolder = true;

/** Tells how to repeat a failed run. */
const inThisRun = () => `SEED=${seed}, history: ${folder}`;

const expectNone = (faults: readonly string[]) => {
  problems += faults.length;
  expect([inThisRun(), ...faults.slice(0, 20)]).toEqual([inThisRun()]);
};

/** SKUs with few or many units, one of them with backorders. */
const stockShelves = async (staff: Client) => {
  const skus: string[] = [];
  for (const units of [2, 5, 10, 20, 40, 80]) skus.push(await stocked(staff, units));
  for (const sku of skus) await staff.done('ReceiveStock', { sku, locationId: 'store', quantity: 5, ref: 'opening' });
  await staff.done('SetBackorderLimit', { sku: skus[0], locationId: 'warehouse', limit: 10 });
  return skus;
};

/** Gift cards and vouchers, not enough for all shoppers. */
const issueInstruments = async (staff: Client): Promise<Instruments> => {
  const code = () => randomUUID().toUpperCase();
  const issued = { giftCards: [code(), code(), code()], vouchers: [code(), code()] };
  for (const one of issued.giftCards) await staff.done('IssueGiftCard', { code: one, amount: 2_000, currency: 'GBP' });
  for (const one of issued.vouchers) {
    await staff.done('IssueVoucher', { code: one, amount: VOUCHER, currency: 'GBP', uses: 4 });
  }
  return issued;
};

const createAgents = (staff: Client, skus: readonly string[], issued: Instruments): readonly Agent[] => {
  const chance = Array.from({ length: TRADERS + SHOPPERS + WORKERS.length }, (_, i) => new Random(seed + i));
  const next = () => chance.shift() ?? new Random(seed);
  return [
    ...Array.from({ length: TRADERS }, () => Object.assign(new Trader(staff, history, next()), { skus })),
    ...Array.from({ length: SHOPPERS }, () =>
      Object.assign(new Shopper(staff, history, next()), { skus, instruments: issued }),
    ),
    ...WORKERS.map((at) => new LocationAgent(at, staff, history, next())),
  ];
};

/** The number of orders that were answered as confirmed. */
const sold = () =>
  history.answered.filter(({ name, answer }) => {
    return name === 'PlaceOrder' && (answer as { state?: string } | undefined)?.state === 'confirmed';
  }).length;

beforeAll(async () => {
  kontor = await Kontor.start({ dataDir: join(folder, 'data'), env: { PAYMENT_PROVIDER_SECRET: SECRET } });
  const { staff } = kontor;
  await openShop(staff);
  const agents = createAgents(staff, await stockShelves(staff), await issueInstruments(staff));
  await kontor.settled();
  before = (await readLog(kontor.runFile.eventStoreUrl)).length;

  const end = new AbortController();
  const trading = Promise.all(agents.map((agent) => agent.trade(end.signal)));
  try {
    const answers = () => history.answered.length;
    kills = await killAtRandom(kontor, new Random(seed - 1), { kills: KILLS, answers });
    await pause(QUIET_MS);
    await until(() => sold() > KILLS, { for: 'enough to be sold', withinMs: 60_000 });
  } finally {
    end.abort();
    await trading;
  }
  await kontor.settled();
  const isDone = async () => {
    const { rows } = await withPg(kontor.runFile.databaseUrl, (pg) => pg.query<{ row: object }>(OVERDUE));
    if (rows.length > 0) throw new Error(`${inThisRun()}, overdue: ${JSON.stringify(rows.slice(0, 5))}`);
    return true;
  };
  // A provider that gave no answer four times is asked again after 80 s.
  await until(isDone, { for: 'overdue work to be done', withinMs: 180_000, everyMs: 100 });
  await kontor.settled();
  log = await readLog(kontor.runFile.eventStoreUrl);
  stock = new StockModel(log);
  orders = new OrderModel(log);
  work = new FulfillmentModel(log);
  payments = new PaymentModel(log);
  instruments = new InstrumentModel(log);
}, 420_000);

/** Reservations and pickups that expired while processes were killed, and payments to be inquired about again. */
const OVERDUE = `
  SELECT to_jsonb(r) AS row FROM read.open_reservation r WHERE kind = 'soft'
  UNION ALL SELECT to_jsonb(p) FROM read.payment p WHERE next_ask_at IS NOT NULL
  UNION ALL SELECT to_jsonb(f) FROM read.fulfillment f WHERE state = 'ready' AND pickup_until < now() + interval '1 minute'`;

afterAll(async () => {
  history.close();
  await kontor.stop();
  const { answers } = summary();
  process.stderr.write(
    `${inThisRun()}: ${JSON.stringify({ kills, answers, retries: history.retries, events: log.length })}\n`,
  );
  if (!keepsFolder) rmSync(folder, { recursive: true });
});

const summary = () => {
  const answers: Record<string, number> = {};
  for (const { name, status } of history.answered)
    answers[`${name} ${status}`] = (answers[`${name} ${status}`] ?? 0) + 1;
  return { answers };
};

describe('however often any process is killed', () => {
  it('clients get answers between the kills', () => {
    expect(Object.values(kills).reduce((all, one) => all + one, 0)).toBe(KILLS);
    expect(history.retries).toBeGreaterThan(KILLS);
    expect(history.answered.filter(isDone).length).toBeGreaterThan(5 * KILLS);
    expect([...orders.orders.values()].filter(({ state }) => state === 'confirmed').length).toBeGreaterThan(KILLS);
  });

  it('each acknowledged command is in the log once, and refused ones are not', () => {
    expectNone(findWrongAnswers(history.answered, log));
  });

  it('the log has nothing else, and every command whole', () => {
    expectNone(findUnaskedEvents(history.answered, log, before));
  });

  it('no unit is reserved twice, and every reservation starts once and ends once', () => {
    expectNone(stock.faults);
  });

  it('the lines of every order add up after each event, and it is confirmed or rejected once', () => {
    expectNone(orders.faults);
  });

  it('every order is confirmed or rejected in the end, and has exactly its reservations', () => {
    expectNone(findUnsettledOrders(orders, stock));
  });

  it('goods that tills sold have left stock once, and returned goods are in stock once', () => {
    expectNone(findWrongMovements(log));
  });

  it('the provider carried out the payment operations of the log once', async () => {
    const { paymentUrl } = kontor.runFile;
    expectNone([...payments.faults, ...payments.unanswered()]);
    expectNone(payments.differences(await journalOf(paymentUrl, SECRET), ['card']));
  });

  it('every order has captured the amount that is due, and no authorization is left', () => {
    expectNone(payments.unsettled(orders));
  });

  it('no gift card or voucher is overspent, and each use is a payment', () => {
    expectNone(instruments.faults);
    expectNone(payments.differences(instruments.holds, ['gift-card', 'voucher', 'store-credit']));
    expect(Math.min(...instruments.free.values())).toBeLessThan(VOUCHER);
  });

  it('every unit leaves its location once, is booked once, and none is forgotten', () => {
    expectNone([...work.faults, ...work.notBooked(orders), ...work.forgotten(orders, stock)]);
  });

  it('every cart that became an order is closed, and none waits for a rejected order', () => {
    expectNone(findWaitingCarts(log, orders));
  });

  it('accepted returns are in their orders, and their value is refunded', () => {
    expectNone(findLostRefunds(log));
  });

  it('kontor verify finds nothing', async () => {
    await expect(findFaults(kontor)).resolves.toEqual([]);
  });

  it('nothing is parked', async () => {
    const { parked, consumers } = (await kontor.staff.read('/v1/status')) as {
      parked: unknown[];
      consumers: unknown[];
    };
    expect(parked).toEqual([]);
    expect(consumers.length).toBeGreaterThan(1);
  });

  it('the read models agree with the log', async () => {
    const [stockModel, orderModel] = await withPg(kontor.runFile.databaseUrl, async (pg) => [
      await stockRows(pg),
      await orderRows(pg),
    ]);
    const folded = [...stock.items].map(([stream, { onHand, unavailable, reserved, revision }]) => {
      return { stream, onHand, unavailable, reserved, revision };
    });
    expect(sorted(stockModel, ({ stream }) => stream)).toEqual(sorted(folded, ({ stream }) => stream));
    const expected = [...orders.orders].map(([orderId, { state, lines }]) => {
      return {
        orderId,
        state,
        lines: [...lines].map(([lineId, line]) => expect.objectContaining({ lineId, ...line })),
      };
    });
    expect(sorted(orderModel, ({ orderId }) => orderId)).toEqual(sorted(expected, ({ orderId }) => orderId));
  });

  it('the read models equal a rebuild from the first event', async () => {
    const before = await digests(kontor);
    await rebuildAll(kontor);
    expect(Object.keys(before).length).toBeGreaterThan(5);
    await expect(digests(kontor)).resolves.toEqual(before);
    keepsFolder = problems > 0;
  });
});

const sorted = <Item>(items: readonly Item[], key: (item: Item) => string) =>
  items.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));

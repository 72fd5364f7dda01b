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
import { killAtRandom } from './chaos.js';
import { History, isDone } from './history.js';
import { OrderBook } from './order-book.js';
import { wrongsOf } from '../support/verify.js';
import { type Agent } from './agent.js';
import { InstrumentBook } from './instrument-book.js';
import { PaymentBook } from './payment-book.js';
import { Place } from './place.js';
import { cartsLeftOpen, lostRefunds, strangers, unkeptAnswers, unsettled, wrongMovements } from './promises-kept.js';
import { journalOf } from './provider.js';
import { digests, orderRows, rebuildAll, stockRows } from './read-models.js';
import { Shopper } from './shopper.js';
import { StockBook } from './stock-book.js';
import { type Purse, VOUCHER } from './till.js';
import { Trader } from './trade.js';
import { WorkBook } from './work-book.js';

const KILLS = Number(process.env['KILLS'] ?? 40);
const [TRADERS, SHOPPERS] = [4, 16];
/** To the end of what was begun. */
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
let stock: StockBook;
let orders: OrderBook;
let work: WorkBook;
let payments: PaymentBook;
let instruments: InstrumentBook;

let problems = 0;
/** The history and the data stay where they are unless everything was found right. */
let keepsFolder = true;

/** Says how to repeat a run that failed. */
const inThisRun = () => `SEED=${seed}, history: ${folder}`;

const expectNone = (faults: readonly string[]) => {
  problems += faults.length;
  expect([inThisRun(), ...faults.slice(0, 20)]).toEqual([inThisRun()]);
};

/** Goods of which there are few or many; of one, more is promised than there is. */
const stockShelves = async (staff: Client) => {
  const skus: string[] = [];
  for (const units of [2, 5, 10, 20, 40, 80]) skus.push(await stocked(staff, units));
  for (const sku of skus) await staff.done('ReceiveStock', { sku, locationId: 'store', quantity: 5, ref: 'opening' });
  await staff.done('SetBackorderLimit', { sku: skus[0], locationId: 'warehouse', limit: 10 });
  return skus;
};

/** Little money, wanted by all. */
const fillPurse = async (staff: Client): Promise<Purse> => {
  const code = () => randomUUID().toUpperCase();
  const purse = { giftCards: [code(), code(), code()], vouchers: [code(), code()] };
  for (const one of purse.giftCards) await staff.done('IssueGiftCard', { code: one, amount: 2_000, currency: 'GBP' });
  for (const one of purse.vouchers) {
    await staff.done('IssueVoucher', { code: one, amount: VOUCHER, currency: 'GBP', uses: 4 });
  }
  return purse;
};

const everybody = (staff: Client, skus: readonly string[], purse: Purse): readonly Agent[] => {
  const chance = Array.from({ length: TRADERS + SHOPPERS + WORKERS.length }, (_, i) => new Random(seed + i));
  const next = () => chance.shift() ?? new Random(seed);
  return [
    ...Array.from({ length: TRADERS }, () => Object.assign(new Trader(staff, history, next()), { skus })),
    ...Array.from({ length: SHOPPERS }, () => Object.assign(new Shopper(staff, history, next()), { skus, purse })),
    ...WORKERS.map((at) => new Place(at, staff, history, next())),
  ];
};

/** Orders whose buyer was told that it is confirmed. */
const sold = () =>
  history.answered.filter(({ name, answer }) => {
    return name === 'PlaceOrder' && (answer as { state?: string } | undefined)?.state === 'confirmed';
  }).length;

beforeAll(async () => {
  kontor = await Kontor.start({ dataDir: join(folder, 'data'), env: { PAYMENT_PROVIDER_SECRET: SECRET } });
  const { staff } = kontor;
  await openShop(staff);
  const agents = everybody(staff, await stockShelves(staff), await fillPurse(staff));
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
  await until(isDone, { for: 'all that has its time to have had it', withinMs: 180_000, everyMs: 100 });
  await kontor.settled();
  log = await readLog(kontor.runFile.eventStoreUrl);
  stock = new StockBook(log);
  orders = new OrderBook(log);
  work = new WorkBook(log);
  payments = new PaymentBook(log);
  instruments = new InstrumentBook(log);
}, 420_000);

/** Carts and goods on the counter whose time had come while nobody could tell them; payments to ask for again. */
const OVERDUE = `
  SELECT to_jsonb(r) AS row FROM read.open_reservation r WHERE kind = 'soft'
  UNION ALL SELECT to_jsonb(p) FROM read.payment p WHERE next_ask_at IS NOT NULL
  UNION ALL SELECT to_jsonb(f) FROM read.fulfillment f WHERE state = 'ready' AND pickup_until < now() + interval '1 minute'`;

afterAll(async () => {
  history.close();
  await kontor.stop();
  const { heard } = summary();
  process.stderr.write(
    `${inThisRun()}: ${JSON.stringify({ kills, heard, retries: history.retries, events: log.length })}\n`,
  );
  if (!keepsFolder) rmSync(folder, { recursive: true });
});

const summary = () => {
  const heard: Record<string, number> = {};
  for (const { name, status } of history.answered) heard[`${name} ${status}`] = (heard[`${name} ${status}`] ?? 0) + 1;
  return { heard };
};

describe('however often any process is killed', () => {
  it('trade goes on in between', () => {
    expect(Object.values(kills).reduce((all, one) => all + one, 0)).toBe(KILLS);
    expect(history.retries).toBeGreaterThan(KILLS);
    expect(history.answered.filter(isDone).length).toBeGreaterThan(5 * KILLS);
    expect([...orders.orders.values()].filter(({ state }) => state === 'confirmed').length).toBeGreaterThan(KILLS);
  });

  it('what was acknowledged is in the log once, and what was refused is not', () => {
    expectNone(unkeptAnswers(history.answered, log));
  });

  it('nothing else is in the log, and nothing in pieces', () => {
    expectNone(strangers(history.answered, log, before));
  });

  it('no unit is promised twice, and every reservation starts once and ends once', () => {
    expectNone(stock.faults);
  });

  it('the lines of every order add up after each event, and it has one answer', () => {
    expectNone(orders.faults);
  });

  it('every order ends with an answer, and holds just what it was promised', () => {
    expectNone(unsettled(orders, stock));
  });

  it('goods that tills sold have left once, and goods that came back are there once', () => {
    expectNone(wrongMovements(log));
  });

  it('the provider has done what the log says, once', async () => {
    const { paymentUrl } = kontor.runFile;
    expectNone([...payments.faults, ...payments.unanswered()]);
    expectNone(payments.differences(await journalOf(paymentUrl, SECRET), ['card']));
  });

  it('every order has taken what is owed for it, and keeps no other claim', () => {
    expectNone(payments.unsettled(orders));
  });

  it('no gift card or voucher is spent beyond its worth, and each use is a payment', () => {
    expectNone(instruments.faults);
    expectNone(payments.differences(instruments.holds, ['gift-card', 'voucher', 'store-credit']));
    expect(Math.min(...instruments.free.values())).toBeLessThan(VOUCHER);
  });

  it('every unit leaves its place once, is booked once, and none is forgotten', () => {
    expectNone([...work.faults, ...work.notBooked(orders), ...work.forgotten(orders, stock)]);
  });

  it('every cart that became an order is closed, and none waits for an order that came to nothing', () => {
    expectNone(cartsLeftOpen(log, orders));
  });

  it('what came back is back, and its worth with the buyer', () => {
    expectNone(lostRefunds(log));
  });

  it('kontor verify finds nothing', async () => {
    await expect(wrongsOf(kontor)).resolves.toEqual([]);
  });

  it('nothing is parked', async () => {
    const { parked, consumers } = (await kontor.staff.read('/v1/status')) as {
      parked: unknown[];
      consumers: unknown[];
    };
    expect(parked).toEqual([]);
    expect(consumers.length).toBeGreaterThan(1);
  });

  it('the read models say what the log says', async () => {
    const [shelves, book] = await withPg(kontor.runFile.databaseUrl, async (pg) => [
      await stockRows(pg),
      await orderRows(pg),
    ]);
    const folded = [...stock.items].map(([stream, { onHand, unavailable, reserved, revision }]) => {
      return { stream, onHand, unavailable, reserved, revision };
    });
    expect(sorted(shelves, ({ stream }) => stream)).toEqual(sorted(folded, ({ stream }) => stream));
    const told = [...orders.orders].map(([orderId, { state, lines }]) => {
      return {
        orderId,
        state,
        lines: [...lines].map(([lineId, line]) => expect.objectContaining({ lineId, ...line })),
      };
    });
    expect(sorted(book, ({ orderId }) => orderId)).toEqual(sorted(told, ({ orderId }) => orderId));
  });

  it('the read models are what a replay from the first event makes of them', async () => {
    const before = await digests(kontor);
    await rebuildAll(kontor);
    expect(Object.keys(before).length).toBeGreaterThan(5);
    await expect(digests(kontor)).resolves.toEqual(before);
    keepsFolder = problems > 0;
  });
});

const sorted = <Item>(items: readonly Item[], key: (item: Item) => string) =>
  items.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));

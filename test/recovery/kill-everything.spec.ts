import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Kontor } from '../support/kontor.js';
import { readLog, type Logged } from '../support/log.js';
import { type Part } from '../support/processes.js';
import { Random } from '#kernel';
import { withPg } from '../support/scan.js';
import { openShop, stocked } from '../support/shop.js';
import { until } from '../support/until.js';
import { killAtRandom } from './chaos.js';
import { History, isDone } from './history.js';
import { OrderBook } from './order-book.js';
import { strangers, unkeptAnswers, unsettled, wrongMovements } from './promises-kept.js';
import { digests, orderRows, rebuildAll, stockRows } from './read-models.js';
import { StockBook } from './stock-book.js';
import { Trader } from './trade.js';

const KILLS = Number(process.env['KILLS'] ?? 40);
const TRADERS = 12;
const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const folder = mkdtempSync(join(tmpdir(), 'kontor-history-'));
const history = new History(join(folder, 'history.ndjson'));

jest.setTimeout(60_000);

let kontor: Kontor;
let kills: Readonly<Record<Part, number>>;
let log: readonly Logged[];
let startedAt: number;
let stock: StockBook;
let orders: OrderBook;

let problems = 0;
/** The history and the data stay where they are unless everything was found right. */
let keepsFolder = true;

/** Says how to repeat a run that failed. */
const inThisRun = () => `SEED=${seed}, history: ${folder}`;

const expectNone = (faults: readonly string[]) => {
  problems += faults.length;
  expect([inThisRun(), ...faults.slice(0, 20)]).toEqual([inThisRun()]);
};

beforeAll(async () => {
  kontor = await Kontor.start({ dataDir: join(folder, 'data') });
  const { staff } = kontor;
  await openShop(staff);
  const skus: string[] = [];
  for (const units of [2, 5, 10, 20, 40, 80]) skus.push(await stocked(staff, units));
  await kontor.settled();
  startedAt = Number((await staff.read('/v1/status'))['head']);

  const end = new AbortController();
  const traders = Array.from({ length: TRADERS }, (_, i) => new Trader(staff, history, new Random(seed + i), skus));
  const trading = Promise.all(traders.map((trader) => trader.trade(end.signal)));
  try {
    const answers = () => history.answered.length;
    kills = await killAtRandom(kontor, new Random(seed - 1), { kills: KILLS, answers });
  } finally {
    end.abort();
    await trading;
  }
  await kontor.settled();
  // Carts whose time had come while nobody could tell them.
  const overdue = () =>
    withPg(kontor.runFile.databaseUrl, (pg) => pg.query(OVERDUE)).then(({ rowCount }) => rowCount === 0);
  await until(overdue, { for: 'carts to run out', everyMs: 100 });
  await kontor.settled();
  log = await readLog(kontor.runFile.eventStoreUrl);
  stock = new StockBook(log);
  orders = new OrderBook(log);
}, 300_000);

const OVERDUE = `SELECT FROM read.open_reservation WHERE kind = 'soft'`;

afterAll(async () => {
  history.close();
  await kontor.stop();
  const { heard } = summary();
  process.stderr.write(
    `${inThisRun()}: ${JSON.stringify({ kills, heard, retries: history.retries, events: log.length })}\n`,
  );
  if (!keepsFolder) rmSync(folder, { recursive: true });
}, 60_000);

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
    expectNone(strangers(history.answered, log, startedAt));
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

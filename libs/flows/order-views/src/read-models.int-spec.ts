import { START } from '#event-store';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type DataSource } from 'typeorm';
import { biViews, readModels } from '#registry';
import { Customers } from '#customers';
import { openDatabase, withScope } from '#database';
import { OrderTimelines } from './order-timelines.js';
import { type Cause, type Message } from '#kernel';
import { NetworkDirectory } from '#network';
import { Projector, Registry } from '#projections';
import { Returns } from '#returns';
import { Availability, KitDirectory, StockLevels } from '#stock';
import { aCause, InMemoryEventStore, newEvents, startTestDatabase, type TestDatabase } from '#testing';
import { aCharge, aLine, allocation, confirmed, details, placed, rejected } from '#orders/samples';
import { Orders } from './orders.js';

let server: TestDatabase;
let app: DataSource;
let network: NetworkDirectory;
let availability: Availability;
const store = new InMemoryEventStore();

const append = async (stream: string, events: readonly Message[], cause: Partial<Cause> = {}) => {
  const revision = store.events.filter((recorded) => recorded.stream === stream).length - 1;
  await store.append(stream, revision, newEvents(events, aCause(cause)));
};

const everything = () => ({ events: store.events, position: store.events.at(-1)?.position ?? START, caughtUp: true });

const owner = { type: 'order', id: 'web-1' } as const;
const channel = (name: string, locations: readonly [id: string, safetyStock: number][], promisesIncoming = false) => ({
  type: 'ChannelConfigured',
  data: {
    ...{
      name,
      kind: 'web',
      currency: 'GBP',
      locale: 'en-GB',
      reservationTtlSeconds: 600,
      promisesIncoming,
      version: 1,
    },
    locations: locations.map(([locationId, safetyStock]) => ({ locationId, methods: ['ship'], safetyStock })),
  },
});
const received = (quantity: number) => ({ type: 'StockReceived', data: { quantity, ref: 'd-1' } });
const reserved = (reservationId: string, quantity: number) => ({
  type: 'StockReserved',
  data: { reservationId, quantity, kind: 'hard', owner },
});
const price = (amount: number, scale: number) => ({ unitPrice: { amount, scale } });
const back = (sku: string, quantity: number, original?: object) => ({
  ...{ lineId: sku, sku, quantity, ...price(1000, 2), locationId: 'leeds', disposition: 'restock' },
  ...(original && { original }),
});

const shop = async () => {
  for (const id of ['london', 'leeds', 'york']) {
    await append(`location-${id}`, [{ type: 'LocationRegistered', data: { name: id, type: 'warehouse' } }]);
  }
  await append('location-york', [{ type: 'LocationPaused', data: { reason: 'flood' } }]);
  await append('channel-web', [channel('Web', [['london', 2], ['leeds', 0], ['york', 0]])]); // prettier-ignore
  await append('channel-till', [channel('Till', [['leeds', 1]], true)]);

  await append('stock-TEA~london', [received(10), reserved('r', 3)]);
  await append('stock-TEA~leeds', [
    received(5),
    { type: 'StockMadeUnavailable', data: { quantity: 1, reason: 'display', ref: 'x' } },
    { type: 'IncomingStockAnnounced', data: { ref: 'po', quantity: 7, eta: '2026-02-01T00:00:00.000Z' } },
  ]);
  await append('stock-TEA~york', [received(100)]);
  await append('stock-MUG~leeds', [
    { type: 'StockIssued', data: { quantity: 4, cause: 'store-sale', ref: 'till-1' } },
    { type: 'StockAdjusted', data: { delta: -2, reason: 'stock_writeoff', ref: 'w-1' } },
  ]);

  const tea = { sku: 'TEA', quantity: 2 };
  await append('kit-TRAY', [{ type: 'KitDefined', data: { version: 1, components: [tea] } }]);
  await append('customer-c-1', [{ type: 'CustomerRegistered', data: { country: 'GB' } }]);
  const web = details(aLine('1', { quantity: 3 }));
  await append('order-web-1', [placed({ ...web, customerId: 'c-1', charges: [aCharge('post', 495)] }, 3495)]);
  await append('order-web-1', [confirmed(allocation('r', { 1: 3 }))], { channel: 'system', actor: 'process:checkout' });
  await append('order-web-2', [placed(web, 3000), rejected()], { subject: 'guest-1' });
  const lines = [
    aLine('1', { sku: 'MUG', quantity: 4, ...price(1, 3), attributes: { class: 'product_sale' } }),
    aLine('2', { sku: 'PEN', quantity: 1, ...price(1005, 3), attributes: { class: 'product_sale' } }),
  ];
  const till = { ...details(...lines), customerId: 'c-1', attributes: { country: 'United Kingdom' } };
  await append('order-till-1', [{ type: 'OrderRecorded', data: { ...till, total: 101 } }], { channel: 'till' });

  const credits = [{ ...aCharge('fee', 50), attributes: { class: 'fee' } }];
  const named = {
    currency: 'GBP',
    customerId: 'c-1',
    lines: [back('TEA', 1, { orderId: 'web-1', lineId: '1' })],
    credits,
  };
  await append('return-t-1', [{ type: 'ReturnRecorded', data: { ...named, total: 950 } }], { channel: 'till' });
  const blind = { currency: 'GBP', lines: [back('MUG', 2)], credits: [] };
  await append('return-t-2', [{ type: 'ReturnRecorded', data: { ...blind, total: 2000 } }], { channel: 'till' });
  const strategies = [{ name: 'near', criteria: [{ by: 'distance', weight: 1 }], fallback: 'reject' }];
  await append('sourcingpolicy-p', [{ type: 'SourcingPolicyPublished', data: { strategies, version: 1 } }]);
  const work = { orderId: 'elsewhere', channel: 'web', locationId: 'leeds', method: 'ship', lines: [], attempt: 1 };
  await append('fulfillment-f-1', [{ type: 'FulfillmentAssigned', data: work }]);
  const orderId = 'elsewhere';
  await append('fulfillment-f-1', [
    { type: 'ParcelPacked', data: { orderId, parcelId: 'p-1', lines: [] } },
    { type: 'ParcelShipped', data: { orderId, parcelId: 'p-1', lines: [], locationId: 'leeds', carrier: 'DHL' } },
  ]);
  const paid = { orderId, amount: 1000, currency: 'GBP' };
  const postings = [
    { account: 'payer', amount: -1000 },
    { account: 'authorized', amount: 1000 },
  ];
  await append('payment-elsewhere.card', [
    { type: 'PaymentInitiated', data: { ...paid, kind: 'card' } },
    { type: 'PaymentAuthorized', data: { ...paid, operationId: 'authorize', requested: 1000, postings } },
  ]);
  await append('giftcard-g-1', [{ type: 'GiftCardIssued', data: { amount: 1000, currency: 'GBP' } }]);
  await append('voucher-v-1', [{ type: 'VoucherIssued', data: { amount: 500, currency: 'GBP', uses: 1 } }]);
  const debt = { title: 'Adjust bad debt', currency: 'GBP', quantity: 1, ...price(-1106206, 2) };
  await append('ledger-l-1', [
    { type: 'LedgerAdjusted', data: { ...debt, attributes: { class: 'ledger_adjustment' } } },
  ]);
};

const project = async () => {
  const projector = new Projector(new Registry(server.owner, readModels));
  await projector.resume();
  await projector.handle(everything());
  await projector.close();
};

beforeAll(async () => {
  server = await startTestDatabase();
  await shop();
  await project();
  const entities = readModels.projections.map(({ table }) => table);
  app = await openDatabase({ url: server.postgres.appUrl, role: 'app', poolSize: 4, entities });
  network = new NetworkDirectory();
  const { events, ...rest } = everything();
  await network.handle({ events: events.filter(({ stream }) => /^(location|channel)-/.test(stream)), ...rest });
  availability = new Availability(new StockLevels(app), network, new KitDirectory());
});

afterAll(async () => {
  await app.destroy();
  await server.stop();
});

const bi = <Row extends object = Record<string, unknown>>(sql: string) => server.owner.query<Row[]>(sql);

const shortType = (type: string) => type.replace('timestamp with time zone', 'timestamptz');

describe('the views for analysts', () => {
  it('all run, and document what one row is', async () => {
    const views = await bi<{ name: string; comment: string | null }>(
      `SELECT c.relname AS name, obj_description(c.oid) AS comment FROM pg_class c
       WHERE c.relnamespace = 'bi'::regnamespace ORDER BY 1`,
    );
    expect(views).toHaveLength(readModels.views?.length ?? 0);
    for (const { name, comment } of views) {
      expect(`${name}: ${comment}`).toContain('One row per');
      expect([name, (await bi(`SELECT * FROM bi."${name}"`)).length]).not.toEqual([name, 0]);
    }
  });

  it('have the columns, types and meanings that are described', async () => {
    const found = await bi<{ view: string; column: string; type: string; meaning: string | null }>(
      `SELECT c.relname AS view, a.attname AS column, format_type(a.atttypid, a.atttypmod) AS type,
              col_description(c.oid, a.attnum) AS meaning
       FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
       WHERE c.relnamespace = 'bi'::regnamespace ORDER BY c.relname, a.attnum`,
    );
    const described = biViews
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .flatMap(({ name, columns }) =>
        Object.entries(columns).map(([column, { type, meaning }]) => ({ view: name, column, type, meaning })),
      );
    expect(found.map(({ type, ...column }) => ({ ...column, type: shortType(type) }))).toEqual(described);
    expect(described.filter(({ meaning }) => meaning.trim() === '')).toEqual([]);
  });

  it('can be created again', async () => {
    for (const sql of readModels.views ?? []) await server.owner.query(sql);
    expect(await bi('SELECT count(*)::int AS orders FROM bi."order"')).toEqual([{ orders: 3 }]);
  });

  it('have exact money, to the last decimal of a price', async () => {
    expect(await bi(`SELECT unit_price, line_revenue FROM bi.order_line WHERE order_id = 'till-1'`)).toEqual([
      { unit_price: '0.001', line_revenue: '0.004' },
      { unit_price: '1.005', line_revenue: '1.005' },
    ]);
    expect(await bi(`SELECT total, returned_amount, net FROM bi."order" WHERE order_id = 'web-1'`)).toEqual([
      { total: '34.95', returned_amount: '10.00', net: '24.95' },
    ]);
  });

  it('have every recorded line once, with its sign', async () => {
    expect(
      await bi(`SELECT source, class, sum(quantity)::int AS units, sum(amount)::text AS money FROM bi.trade_line
                GROUP BY 1, 2 ORDER BY 1, 2`),
    ).toEqual([
      { source: 'ledger_entry', class: 'ledger_adjustment', units: 1, money: '-11062.06' },
      { source: 'order_charge', class: null, units: 1, money: '4.95' },
      { source: 'order_line', class: 'product_sale', units: 5, money: '1.009' },
      { source: 'order_line', class: null, units: 3, money: '30.00' },
      { source: 'return_credit', class: 'fee', units: 1, money: '0.50' },
      { source: 'return_line', class: null, units: -3, money: '-30.00' },
      { source: 'stock_adjustment', class: 'stock_writeoff', units: -2, money: '0' },
    ]);
  });

  it('match a return with the order line of the goods', async () =>
    expect(
      await bi(`SELECT r.return_id, l.sku, l.returned::int FROM bi.return_line r
                LEFT JOIN bi.order_line l ON (l.order_id, l.line_id) = (r.original_order_id, r.original_line_id)
                ORDER BY 1`),
    ).toEqual([
      { return_id: 't-1', sku: 'TEA', returned: 1 },
      { return_id: 't-2', sku: null, returned: null },
    ]));

  it('show a customer over all channels', async () =>
    expect(
      await bi(`SELECT customer_id, registered, orders::int, orders_rejected::int AS rejected, value, units_bought::int,
                       units_returned::int, returns_total, returns_rate, channels FROM bi.customer_360 ORDER BY 1`),
    ).toEqual([
      {
        ...{ customer_id: 'c-1', registered: true, orders: 2, rejected: 0, value: { GBP: 3596 }, units_bought: 8 },
        ...{ units_returned: 1, returns_total: { GBP: 950 }, returns_rate: '0.1250', channels: ['till', 'web'] },
      },
      {
        ...{ customer_id: 'guest-1', registered: false, orders: 1, rejected: 1, value: {}, units_bought: 0 },
        ...{ units_returned: 0, returns_total: {}, returns_rate: null, channels: ['web'] },
      },
    ]));

  it('show the same availability as the API', async () => {
    const rows = await bi<{ channel: string; sku: string; atp: number }>(
      'SELECT channel, sku, atp::int FROM bi.availability',
    );
    expect(rows).toHaveLength(4);
    for (const { channel: id, sku, atp } of rows) {
      expect([id, sku, await availability.forSkus(id, [sku])]).toMatchObject([id, sku, [{ atp }]]);
    }
    expect(await availability.forSkus('web', ['TEA', 'MUG'])).toMatchObject([
      { sku: 'TEA', atp: 9 },
      { sku: 'MUG', atp: 0 },
    ]);
    expect(await availability.forSkus('till', ['TEA'])).toMatchObject([{ atp: 10, preorderable: true }]);
  });

  it('are closed to the role of the API', () =>
    expect(server.app.query('SELECT * FROM bi."order"')).rejects.toThrow('permission denied'));
});

describe('under row-level security', () => {
  const restricted = [
    ...['order_status', 'order_trade_line', 'order_timeline', 'return_status', 'return_trade_line', 'customer'],
    'ledger_entry',
  ];
  const count = (scope: { channel: string; subject?: string }, table: string) =>
    withScope(app, scope, async (db) => {
      const [row] = await db.query<{ rows: number }[]>(`SELECT count(*)::int AS rows FROM read.${table}`);
      return row?.rows;
    });
  const counts = (scope: { channel: string; subject?: string }) =>
    Promise.all(restricted.map((table) => count(scope, table)));

  it('nothing is visible while no channel is set', async () => {
    for (const table of restricted) expect(await app.query(`SELECT * FROM read.${table}`)).toEqual([]);
    expect(await counts({ channel: '' })).toEqual([0, 0, 0, 0, 0, 0, 0]);
  });

  it('a channel sees its own orders with everything that happened to them, and no customers', async () => {
    expect(await counts({ channel: 'web' })).toEqual([2, 3, 6, 0, 0, 0, 1]);
    expect(await counts({ channel: 'till' })).toEqual([1, 2, 1, 2, 3, 0, 0]);
  });

  it('a customer sees what is theirs on every channel', async () =>
    expect(await counts({ channel: 'app', subject: 'c-1' })).toEqual([2, 4, 5, 1, 2, 1, 0]));

  it('staff see everything', async () => expect(await counts({ channel: '*' })).toEqual([3, 5, 12, 2, 3, 1, 1]));

  it('stock is visible to all', async () =>
    expect(await app.query('SELECT 1 FROM read.stock_position')).toHaveLength(4));
});

describe('queries', () => {
  const staff = { channel: '*' };

  it('find an order, unless it belongs to another channel', async () => {
    const orders = new Orders(app);
    expect(await orders.findOrder({ channel: 'web' }, 'web-1')).toMatchObject({
      state: 'confirmed',
      unitsReturned: 1,
      total: 3495,
    });
    expect(await orders.findOrder({ channel: 'till' }, 'web-1')).toBeNull();
    expect(await new Returns(app).findReturn(staff, 't-2')).toMatchObject({ blind: true, units: 2 });
  });

  it('list orders page by page, the newest first', async () => {
    const orders = new Orders(app);
    const ids = (page: { items: readonly { orderId: string }[] }) => page.items.map(({ orderId }) => orderId);
    const first = await orders.listOrders(staff, {}, { limit: 2 });
    expect(ids(first)).toEqual(['web-2', 'web-1']);
    const second = await orders.listOrders(staff, {}, { limit: 2, cursor: first.next ?? '' });
    expect([ids(second), second.next]).toEqual([['till-1'], undefined]);
    expect(ids(await orders.listOrders(staff, { channel: 'till' }))).toEqual(['till-1']);
    expect(ids(await orders.listOrders(staff, { state: 'rejected' }))).toEqual(['web-2']);
    expect(ids(await orders.listOrders(staff, { buyerId: 'c-1' }))).toEqual(['web-1', 'till-1']);
    expect(ids(await orders.listOrders({ channel: 'till' }, { channel: 'web' }))).toEqual([]);
    expect(ids(await orders.listOrders({ channel: 'web' }))).toEqual(['web-2', 'web-1']);
    expect(ids(await orders.listOrders({ channel: 'app', subject: 'c-1' }))).toEqual(['web-1', 'till-1']);
  });

  it('list orders with the lines and charges that are asked for', async () => {
    const orders = new Orders(app);
    const whole = await orders.findOrder(staff, 'web-1');
    const without = (...names: string[]) =>
      Object.fromEntries(Object.entries(whole ?? {}).filter(([name]) => !names.includes(name)));
    const listed = async (...fields: ('lines' | 'charges')[]) =>
      (await orders.listOrders(staff, { buyerId: 'c-1' }, { limit: 1, fields })).items[0];
    expect(await listed()).toEqual(without('lines', 'charges'));
    expect(await listed('charges')).toEqual(without('lines'));
    expect(await listed('lines', 'charges')).toEqual(whole);
  });

  it('list the timeline of an order page by page', async () => {
    const timelines = new OrderTimelines(app);
    const first = await timelines.listEntries({ channel: 'web' }, 'web-1', { limit: 3 });
    const second = await timelines.listEntries({ channel: 'web' }, 'web-1', { limit: 3, cursor: first.next ?? '' });
    expect([...first.items, ...second.items].map(({ type, channel: by }) => [type, by])).toEqual([
      ['StockReserved', 'web'],
      ['OrderPlaced', 'web'],
      ['OrderConfirmed', 'system'],
      ['ReturnRecorded', 'till'],
    ]);
    expect(second.next).toBeUndefined();
    expect((await timelines.listEntries({ channel: 'till' }, 'web-1')).items).toEqual([]);
  });

  it('show a customer to staff and to the customer only', async () => {
    const customers = new Customers(app);
    const known = { customerId: 'c-1', registered: true, orders: 2, value: { GBP: 3596 }, returnsRate: 0.125 };
    expect(await customers.findCustomer(staff, 'c-1')).toMatchObject(known);
    expect(await customers.findCustomer({ channel: 'web', subject: 'c-1' }, 'c-1')).toMatchObject(known);
    expect(await customers.findCustomer({ channel: 'web' }, 'c-1')).toBeUndefined();
    expect(await customers.findCustomer({ channel: 'web', subject: 'guest-1' }, 'c-1')).toBeUndefined();
    expect(await customers.findCustomer(staff, 'nobody')).toBeUndefined();
  });

  it('answer many questions about stock at once', async () => {
    const levels = new StockLevels(app);
    const questions = Array.from({ length: 50 }, (_, index) =>
      levels.available(index % 2 ? ['TEA', 'TEA'] : ['MUG', 'TEA'], ['london', 'leeds']),
    );
    const answer = [
      { sku: 'TEA', locationId: 'london', available: 7 },
      { sku: 'TEA', locationId: 'leeds', available: 4 },
    ];
    const byPlace = (a: { locationId: string }, b: { locationId: string }) => (a.locationId < b.locationId ? 1 : -1);
    for (const found of await Promise.all(questions)) expect(found.toSorted(byPlace)).toEqual(answer);
    expect(await levels.atLocation('TEA', 'leeds')).toMatchObject({ onHand: 5, unavailable: 1, incoming: 7 });
    expect(await levels.atAllLocations('TEA')).toHaveLength(3);
    expect(await levels.openReservations('TEA', undefined, new Date(0))).toMatchObject([
      { reservationId: 'r', locationId: 'london', ownerId: 'web-1' },
    ]);
  });
});

describe('the lines and charges of an order', () => {
  const rowsOf = (view: string) =>
    bi<{ row: object; state: string }>(
      `SELECT to_jsonb(t) - '{state,open,allocated}'::text[] AS row, state FROM bi.${view} t WHERE order_id = 'web-3'`,
    );
  const seen = async () => [...(await rowsOf('order_line')), ...(await rowsOf('order_charge'))];
  const booked = "SELECT source, quantity::int, amount FROM bi.trade_line WHERE document_id = 'web-3' ORDER BY 1";

  it('are the same while it is pending and afterwards, and are trade once it is confirmed', async () => {
    const line = aLine('1', { quantity: 3, ...price(1999, 3), title: 'Tea', attributes: { class: 'product_sale' } });
    await append('order-web-3', [placed({ ...details(line), charges: [aCharge('post', 495)] }, 501)]);
    await project();
    const pending = await seen();
    expect(pending).toMatchObject([
      { state: 'pending', row: { line_id: '1', line_number: 1, ordered: 3, unit_price: 1.999, line_revenue: 5.997 } },
      { state: 'pending', row: { charge_id: 'post', line_number: 1, quantity: 1, amount: 4.95 } },
    ]);
    expect(await bi(booked)).toEqual([]);
    await append('order-web-3', [confirmed(allocation('r3', { 1: 3 }))]);
    await project();
    expect(await seen()).toEqual(pending.map(({ row }) => ({ row, state: 'confirmed' })));
    expect(await bi(booked)).toEqual([
      { source: 'order_charge', quantity: 1, amount: '4.95' },
      { source: 'order_line', quantity: 3, amount: '5.997' },
    ]);
  });
});

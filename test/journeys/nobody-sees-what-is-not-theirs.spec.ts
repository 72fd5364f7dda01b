import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EventStoreDBClient, jsonEvent } from '@eventstore/db-client';
import { openDatabase } from '#database';
import { loadKek, SubjectKeys } from '#privacy';
import { type Client } from '../support/client.js';
import { feed, takeUntil } from '../support/feed.js';
import { Kontor } from '../support/kontor.js';
import { filesWith, relationsIn, tablesWith, withPg } from '../support/data-scan.js';
import { aLine, anOrder, openShop, stocked } from '../support/shop.js';
import { until } from '../support/until.js';

let kontor: Kontor;
let staff: Client;
/** Has a key of the channel web with many scopes. */
let web: Client;

const CHANNEL_SCOPES = ['stock:read', 'stock:reserve', 'orders:read', 'orders:place', 'orders:manage', 'feed:read'];

beforeAll(async () => {
  kontor = await Kontor.start();
  staff = kontor.staff;
  await openShop(staff);
  web = await kontor.channel('web', CHANNEL_SCOPES);
});

afterAll(() => kontor.stop(), 60_000);

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, object>>>>;
}

const documented = async () => {
  const { paths } = (await staff.with(undefined).read('/openapi.json')) as unknown as Document;
  return Object.entries(paths).map(([template, item]) => ({
    path: template.replaceAll(/\{[^}]+\}/g, 'x'),
    methods: Object.keys(item).map((method) => method.toUpperCase()),
  }));
};

describe('without a key', () => {
  it('every documented route under /v1 answers 401', async () => {
    // Requests to webhooks are signed and have no key.
    const routes = (await documented()).filter(({ path }) => /^\/v1\/(?!webhooks)/.test(path));
    expect(routes.length).toBeGreaterThan(40);
    for (const { path, methods } of routes) {
      for (const method of methods) {
        const { status, headers } = await staff.with(undefined).request(method, path);
        expect([method, path, status]).toEqual([method, path, 401]);
        expect(headers.get('www-authenticate')).toContain('Bearer');
      }
    }
  });

  it('a key with one wrong letter is refused', async () => {
    const wrong = kontor.adminKey.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
    await expect(staff.with(wrong).get('/v1/orders')).resolves.toMatchObject({ status: 401 });
  });

  it('only health, metrics and documentation can be read', async () => {
    const open = (await documented()).map(({ path }) => path).filter((path) => !path.startsWith('/v1/'));
    for (const path of ['/', '/docs', '/openapi.json', '/problems', ...open]) {
      const { status } = await staff.with(undefined).get(path);
      expect([path, status]).toEqual([path, 200]);
    }
    expect(open.toSorted()).toEqual(['/health/live', '/health/ready', '/metrics']);
  });
});

it('the documentation names every method of every path', async () => {
  for (const { path, methods } of await documented()) {
    const { status, headers } = await staff.request('PATCH', path);
    expect([path, status]).toEqual([path, 405]);
    const allowed = (headers.get('allow') ?? '').split(', ').filter((method) => method !== 'HEAD');
    expect([path, allowed.toSorted()]).toEqual([path, methods.toSorted()]);
  }
});

describe('a channel', () => {
  const place = (channel: string, client = staff) =>
    stocked(staff, 1).then(async (sku) => {
      const order = anOrder([aLine(sku)], { contact: { name: 'Grace Byrne' } });
      const sending = client === staff ? { channel } : {};
      await client.done('PlaceOrder', order, sending);
      return order.orderId;
    });

  it('sees its own orders with the contacts of their buyers', async () => {
    const orderId = await place('web', web);
    await expect(web.read(`/v1/orders/${orderId}`)).resolves.toMatchObject({ contact: { name: 'Grace Byrne' } });
  });

  it('sees no order of another channel by any route', async () => {
    const [own, foreign] = [await place('web'), await place('app')];
    for (const path of [
      `/v1/orders/${foreign}`,
      `/v1/orders/${foreign}/timeline`,
      `/v1/orders/${foreign}?asOf=2999-01-01T00:00:00Z`,
    ]) {
      await expect(web.get(path)).resolves.toMatchObject({ status: 404 });
    }
    const { items } = (await web.read('/v1/orders?limit=200')) as { items: { orderId: string; channel: string }[] };
    expect(items.map(({ orderId }) => orderId)).toContain(own);
    expect(items.every(({ channel }) => channel === 'web')).toBe(true);
    await expect(web.get('/v1/orders?channel=app')).resolves.toMatchObject({ status: 403 });
    await expect(web.get('/v1/orders', { 'kontor-channel': 'app' })).resolves.toMatchObject({ status: 403 });
    await expect(web.get('/v1/availability?channel=app&sku=MUG')).resolves.toMatchObject({ status: 403 });
  });

  it('cannot change an order of another channel', async () => {
    const orderId = await place('app');
    const hold = await web.send('HoldOrder', { orderId, holdId: 'h', reason: 'mine now' });
    expect([403, 404]).toContain(hold.status);
    await expect(staff.read(`/v1/orders/${orderId}`)).resolves.toMatchObject({ holds: [] });
  });

  it('cannot release a reservation of another channel', async () => {
    const sku = await stocked(staff, 1);
    await staff.done('PlaceOrder', anOrder([aLine(sku)]), { channel: 'app' });
    const { items } = (await staff.read(`/v1/reservations?sku=${sku}`)) as { items: { reservationId: string }[] };
    const held = { sku, locationId: 'warehouse', reservationId: items[0]?.reservationId, reason: 'mine now' };
    const release = await web.send('ReleaseReservation', held);
    expect([403, 404]).toContain(release.status);
    await expect(staff.read(`/v1/stock/${sku}/warehouse`)).resolves.toMatchObject({ hardReserved: 1 });
  });

  it('gets no order of another channel in the feed', async () => {
    const after = (await staff.read('/v1/status'))['head'];
    const [, , last] = [await place('web'), await place('app'), await place('web')];
    const ownLast = ({ type, data }: { type: string; data: object }) =>
      type === 'OrderConfirmed' && 'stream' in data && data.stream === `order-${last}`;
    const seen = await takeUntil(feed(web, `/v1/feed?categories=order&after=${String(after)}`), ownLast);
    expect(seen).toHaveLength(6);
    expect(JSON.stringify(seen)).not.toContain('Grace');
  });

  it('cannot read customers or get a key that can', async () => {
    await expect(web.get('/v1/customers/x')).resolves.toMatchObject({
      status: 403,
      body: { type: '/problems/forbidden' },
    });
    const wanted = { channel: 'web', name: 'greedy', scopes: ['customers:read'] };
    await expect(staff.post('/v1/keys', wanted)).resolves.toMatchObject({ status: 422 });
    await expect(web.post('/v1/keys', wanted)).resolves.toMatchObject({ status: 403 });
  });

  it('can do nothing outside the scopes of its key', async () => {
    const reader = await kontor.channel('web', ['stock:read']);
    await expect(reader.get('/v1/orders')).resolves.toMatchObject({ status: 403 });
    const delivery = { sku: 'MUG', locationId: 'warehouse', quantity: 1, ref: 'r' };
    await expect(reader.send('ReceiveStock', delivery)).resolves.toMatchObject({ status: 403 });
    const line = { command: 'ReceiveStock', id: 'k', data: delivery };
    await expect(reader.batch([line, { ...line, channel: 'app' }])).resolves.toMatchObject([
      { status: 403 },
      { status: 403 },
    ]);
  });

  it('is locked out when its key is revoked', async () => {
    const { body } = await staff.post('/v1/keys', { channel: 'web', name: 'lost', scopes: ['stock:read'] });
    const { keyId, secret } = body as { keyId: string; secret: string };
    await expect(staff.with(secret).get('/v1/stock/MUG')).resolves.toMatchObject({ status: 200 });
    await expect(staff.request('DELETE', `/v1/keys/${keyId}`)).resolves.toMatchObject({ status: 204 });
    const lockedOut = async () => (await staff.with(secret).get('/v1/stock/MUG')).status === 401;
    await expect(until(lockedOut, { for: 'the key to be refused', withinMs: 12_000 })).resolves.toBe(true);
  });
});

const codeOf = (error: unknown) => (error as { code?: string }).code;

it('the event store refuses who does not give its password', async () => {
  const { eventStoreUrl } = kontor.runFile;
  const stream = 'location-hall-7';
  for (const user of ['', 'nobody:nobody@', 'admin:changeit@']) {
    const stranger = EventStoreDBClient.connectionString(eventStoreUrl.replace(/[^/]+@/, user));
    const denied = expect.objectContaining({ type: 'access-denied' }) as unknown;
    await expect(stranger.appendToStream(stream, jsonEvent({ type: 'Forged', data: {} }))).rejects.toEqual(denied);
    await expect(stranger.readStream(stream)[Symbol.asyncIterator]().next()).rejects.toEqual(denied);
    await expect(stranger.tombstoneStream(stream)).rejects.toEqual(denied);
    await stranger.dispose();
  }
});

it.each([
  'events',
  'event-store-password',
  'event-store.key',
  'logs',
  'postgres',
  'admin-key',
  'kek',
  'secrets.json',
  'run.json',
])('no other user of the machine can open %s in the data folder', (name) => {
  expect(statSync(join(kontor.dataDir, name)).mode & 0o077).toBe(0);
});

describe('an analyst', () => {
  it('reads every view of the schema bi and nothing else', async () => {
    const { databaseUrl, databaseBiUrl } = kontor.runFile;
    const relations = await withPg(databaseUrl, (pg) => relationsIn(pg));
    const isForBi = (name: string) => name.startsWith('bi.');
    expect(relations.filter(isForBi).length).toBeGreaterThan(5);
    await withPg(databaseBiUrl, async (pg) => {
      for (const name of relations) {
        const read = await pg.query(`SELECT * FROM ${name} LIMIT 1`).then(() => 'read', codeOf);
        expect([name, read]).toEqual([name, isForBi(name) ? 'read' : '42501']);
      }
      await expect(pg.query('CREATE TABLE bi.mine (a int)')).rejects.toThrow(/permission|read-only/);
      await expect(pg.query("SELECT pg_read_file('postgresql.conf')")).rejects.toThrow(/permission/);
    });
  });
});

describe('personal data', () => {
  const canary = `Zuleika${randomUUID().replaceAll(/[^a-f]/g, '')}`;
  /** Not personal: shows that the search works. */
  const reference = `REF-${randomUUID()}`;
  const customerId = randomUUID();
  const order = anOrder([], {
    customerId,
    externalRef: reference,
    contact: { name: `${canary} Obi`, email: `${canary}@example.com`, phone: '+44 20 7946 0321' },
    shipTo: { lines: [`1 ${canary} Street`], postalCode: 'EH1 1AA', city: `${canary}ton` },
  });

  beforeAll(async () => {
    const { contact, shipTo } = order as unknown as Record<'contact' | 'shipTo', object>;
    await staff.done('RegisterCustomer', { customerId, contact });
    const identity = { customerId, identityType: 'email', value: `${canary}@example.com`, proof: 'asserted' };
    await staff.done('LinkIdentity', identity);
    const lines = [aLine(await stocked(staff, 2))];
    await staff.done('PlaceOrder', { ...order, lines }, { channel: 'web' });
    const there = aLine('MUG', 1, { method: 'carry-out', locationId: 'store' });
    await staff.done('RecordOrder', anOrder([there], { currency: 'GBP', contact, shipTo }), { channel: 'till' });
    await staff.send('PlaceOrder', { ...order, lines, colour: canary }, { channel: 'web' }); // refused
    await kontor.settled();
  });

  it('is in answers to keys that may see it', async () => {
    await expect(staff.read(`/v1/orders/${order.orderId}`)).resolves.toMatchObject({
      contact: { name: `${canary} Obi`, phone: '+44 20 7946 0321' },
      shipTo: { city: `${canary}ton` },
    });
  });

  it('is in no table', async () => {
    await withPg(kontor.runFile.databaseUrl, async (pg) => {
      expect((await tablesWith(pg, reference)).join()).toContain('read.order_status');
      await expect(tablesWith(pg, canary)).resolves.toEqual([]);
      await expect(tablesWith(pg, '7946 0321')).resolves.toEqual([]);
    });
  });

  it('is in no file of the event store, of PostgreSQL or of a log', () => {
    expect(filesWith(`${kontor.dataDir}/events`, reference)).not.toEqual([]);
    expect(filesWith(kontor.dataDir, canary)).toEqual([]);
    expect(filesWith(kontor.dataDir, '7946 0321')).toEqual([]);
    expect(kontor.output).not.toContain(canary);
  });

  it('disappears from every answer once its key is erased, and the order stays', async () => {
    const before = await staff.read(`/v1/orders/${order.orderId}`);
    const db = await openDatabase({ url: kontor.runFile.databaseUrl, role: 'owner', poolSize: 2 });
    await new SubjectKeys(db, loadKek(kontor.dataDir)).erase(customerId);
    await db.destroy();
    const erased = { erased: true };
    const isErased = async () => {
      const { contact } = await staff.read(`/v1/orders/${order.orderId}`);
      return JSON.stringify(contact).includes('"erased":true');
    };
    await until(isErased, { for: 'the key to leave all caches' });
    const after = await staff.read(`/v1/orders/${order.orderId}`);
    expect(after).toEqual({ ...before, contact: { name: erased, email: erased, phone: erased }, shipTo: erased });
    await expect(staff.read(`/v1/customers/${customerId}`)).resolves.toMatchObject({
      orders: 1,
      contact: { name: erased },
    });
  });
});

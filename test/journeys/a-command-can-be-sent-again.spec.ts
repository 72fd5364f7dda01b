import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Accepted, type Client } from '../support/client.js';
import { feed, takeUntil } from '../support/feed.js';
import { Kontor } from '../support/kontor.js';
import { aLine, anOrder, aSku, openShop, stocked } from '../support/shop.js';

let kontor: Kontor;
let staff: Client;

beforeAll(async () => {
  kontor = await Kontor.start();
  staff = kontor.staff;
  await openShop(staff);
});

afterAll(() => kontor.stop(), 60_000);

const delivery = (more: object = {}) => ({ sku: aSku(), locationId: 'warehouse', quantity: 3, ref: 'DN-1', ...more });

const headOf = async () => (await staff.read('/v1/status'))['head'];

describe('a command', () => {
  it('that is sent again gets the first answer and changes nothing', async () => {
    const [body, key] = [delivery(), randomUUID()];
    const first = await staff.send('ReceiveStock', body, { key });
    const head = await headOf();
    const again = await staff.send('ReceiveStock', body, { key });
    expect(again).toMatchObject({ status: 200, body: { ...(first.body as object), repeated: true } });
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    await expect(headOf()).resolves.toBe(head);
  });

  it('that is sent many times at once is carried out once', async () => {
    const [body, key] = [delivery(), randomUUID()];
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => staff.send('ReceiveStock', body, { key, wait: 20 })),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
    expect(answers.filter(({ body }) => !(body as Accepted).repeated)).toHaveLength(1);
    await expect(staff.read(`/v1/stock/${body.sku}/warehouse`)).resolves.toMatchObject({ onHand: 3 });
  });

  it('is refused if another stream was changed under its key', async () => {
    const [body, key] = [delivery(), randomUUID()];
    await staff.done('ReceiveStock', body, { key });
    const other = await staff.send('ReceiveStock', { ...body, sku: `${body.sku}-OTHER` }, { key });
    expect(other).toMatchObject({ status: 422 });
  });

  it('is refused if its key was used with another body', async () => {
    const [body, key] = [delivery(), randomUUID()];
    await staff.done('ReceiveStock', body, { key });
    await expect(staff.send('ReceiveStock', { ...body, quantity: 4 }, { key })).resolves.toMatchObject({
      status: 422,
      body: { type: '/problems/command-id-reused' },
    });
    await expect(staff.read(`/v1/stock/${body.sku}/warehouse`)).resolves.toMatchObject({ onHand: 3 });
  });

  it('is carried out although another channel used the same key', async () => {
    const [body, key] = [delivery(), randomUUID()];
    await staff.done('ReceiveStock', body, { key, channel: 'web' });
    await staff.done('ReceiveStock', body, { key, channel: 'app' });
    await expect(staff.read(`/v1/stock/${body.sku}/warehouse`)).resolves.toMatchObject({ onHand: 6 });
  });

  it('is refused without a key', async () => {
    await expect(staff.post('/v1/commands/ReceiveStock', delivery())).resolves.toMatchObject({
      status: 400,
      body: { type: '/problems/idempotency-key-missing' },
    });
  });

  it('that placed an order gets the same answer again, even after the goods are sold out', async () => {
    const key = randomUUID();
    const order = anOrder([aLine(await stocked(staff, 1))]);
    const place = () => staff.send('PlaceOrder', order, { key, channel: 'web', wait: 20 });
    await expect(place()).resolves.toMatchObject({ body: { state: 'confirmed', repeated: false } });
    await expect(place()).resolves.toMatchObject({ status: 200, body: { state: 'confirmed', repeated: true } });
  });

  it('that was refused for lack of stock stays refused under its key, and can succeed under a new one', async () => {
    const [sku, key] = [await stocked(staff, 1), randomUUID()];
    const owner = { type: 'cart', id: 'c-1' };
    const body = (reservationId: string) => ({
      sku,
      locationId: 'warehouse',
      reservationId,
      quantity: 2,
      kind: 'hard',
      owner,
    });
    const [first, second] = [body(randomUUID()), body(randomUUID())];
    const refused = { status: 409, body: { type: '/problems/insufficient-stock', available: 1 } };
    await expect(staff.send('ReserveStock', first, { key })).resolves.toMatchObject(refused);
    await staff.done('ReceiveStock', { sku, locationId: 'warehouse', quantity: 5, ref: 'more' });
    await expect(staff.send('ReserveStock', first, { key })).resolves.toMatchObject(refused);
    await expect(staff.send('ReserveStock', second)).resolves.toMatchObject({ status: 200 });
  });
});

describe('a refused request', () => {
  it.each([
    ['unknown fields', 'ReceiveStock', { ...delivery(), colour: 'red' }],
    ['a wrong type', 'ReceiveStock', { ...delivery(), quantity: '3' }],
    ['a quantity of 0', 'ReceiveStock', { ...delivery(), quantity: 0 }],
    ['no body', 'ReceiveStock', {}],
    ['a card number', 'HoldOrder', { orderId: 'o', holdId: 'h', reason: 'card 4111 1111 1111 1111' }],
  ])('with %s gets a list of errors', async (_, name, body) => {
    const answer = await staff.send(name, body);
    expect(answer).toMatchObject({
      status: 400,
      body: { type: '/problems/validation-failed', title: expect.any(String), errors: expect.any(Array) },
    });
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
  });

  it.each([
    ['an unknown command', () => staff.send('SellEverything', {}), 404, 'unknown-command'],
    ['an unknown path', () => staff.get('/v1/nothing'), 404, 'not-found'],
    ['a wrong method', () => staff.request('DELETE', '/v1/orders'), 405, 'method-not-allowed'],
    ['an order that does not exist', () => staff.get('/v1/orders/none'), 404, 'not-found'],
    [
      'a body that is not JSON',
      () => staff.request('POST', '/v1/commands/ReceiveStock', notJson),
      400,
      'malformed-request',
    ],
    ['a broken URL', () => staff.get('/v1/orders/%E0%A4%A'), 400, 'malformed-request'],
    ['an unsupported media type', () => staff.request('POST', '/v1/commands', xml), 415, 'unsupported-media-type'],
    [
      'an unknown location',
      () => staff.send('ReceiveStock', delivery({ locationId: 'moon' })),
      404,
      'location-not-found',
    ],
  ])('for %s gets a problem of its own type', async (_, ask, status, code) => {
    const answer = await ask();
    expect(answer).toMatchObject({ status, body: { type: `/problems/${code}`, status, detail: expect.any(String) } });
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    await expect(staff.with(undefined).get(`/problems/${code}`)).resolves.toMatchObject({ status: 200 });
  });

  const headers = { 'content-type': 'application/json', 'idempotency-key': 'k' };
  const notJson = { headers, body: '{' };
  const xml = { headers: { ...headers, 'content-type': 'application/xml' }, body: '<a/>' };
});

describe('a batch', () => {
  it('gets one answer for each line, and a bad line does not stop the others', async () => {
    const [one, three, four] = [delivery(), delivery(), delivery()];
    const answers = await staff.batch([
      { command: 'ReceiveStock', id: randomUUID(), channel: 'till', occurredAt: '2026-01-02T10:00:00Z', data: one },
      'this is not JSON',
      { command: 'ReceiveStock', id: randomUUID(), data: { ...three, quantity: -1 } },
      { command: 'ReceiveStock', id: randomUUID(), data: four },
    ]);
    expect(answers).toMatchObject([
      { line: 1, status: 200, stream: `stock-${one.sku}~warehouse` },
      { line: 2, status: 400, type: '/problems/malformed-request' },
      { line: 3, status: 400, type: '/problems/validation-failed' },
      { line: 4, status: 200 },
    ]);
    await kontor.settled();
    await expect(staff.read(`/v1/stock/${one.sku}/warehouse`)).resolves.toMatchObject({ onHand: 3 });
    await expect(staff.get(`/v1/stock/${three.sku}/warehouse`)).resolves.toMatchObject({ status: 404 });
  });

  it('that is sent again changes nothing', async () => {
    const lines = Array.from({ length: 50 }, () => ({ command: 'ReceiveStock', id: randomUUID(), data: delivery() }));
    const first = await staff.batch(lines);
    const head = await headOf();
    const again = await staff.batch(lines);
    expect(again).toEqual(first.map((answer) => ({ ...answer, repeated: true })));
    await expect(headOf()).resolves.toBe(head);
  });

  it('carries out commands for the same stock item in their order', async () => {
    const sku = aSku();
    const owner = { type: 'cart', id: 'c' };
    const place = { sku, locationId: 'warehouse' };
    const reservation = { ...place, reservationId: randomUUID() };
    const answers = await staff.batch([
      { command: 'ReceiveStock', id: randomUUID(), data: { ...place, quantity: 1, ref: 'r' } },
      { command: 'ReserveStock', id: randomUUID(), data: { ...reservation, quantity: 1, kind: 'hard', owner } },
      { command: 'ConsumeReservation', id: randomUUID(), data: { ...reservation, ref: 'parcel' } },
    ]);
    expect(answers).toMatchObject([{ revision: 0 }, { revision: 1 }, { revision: 3 }]);
  });
});

describe('a read', () => {
  it('sees the write whose position it asks for', async () => {
    for (let turn = 0; turn < 20; turn++) {
      const body = delivery();
      const { headers } = await staff.send('ReceiveStock', body);
      const position = headers.get('kontor-position') ?? '';
      const answer = await staff.get(`/v1/stock/${body.sku}/warehouse`, { 'kontor-min-position': position });
      expect(answer).toMatchObject({ status: 200, body: { onHand: 3 } });
      expect(Number(answer.headers.get('kontor-position'))).toBeGreaterThanOrEqual(Number(position));
    }
  });

  it('with If-None-Match answers 304 while nothing has changed', async () => {
    const sku = await stocked(staff, 2);
    const path = `/v1/stock/${sku}/warehouse`;
    const etag = (await staff.get(path)).headers.get('etag') ?? '';
    await expect(staff.get(path, { 'if-none-match': etag })).resolves.toMatchObject({ status: 304, body: undefined });
    await staff.done('ReceiveStock', delivery({ sku }));
    await expect(staff.get(path, { 'if-none-match': etag })).resolves.toMatchObject({
      status: 200,
      body: { onHand: 5 },
    });
  });

  it('of many orders is paged without gaps and repetitions', async () => {
    const sku = await stocked(staff, 30);
    const orders = Array.from({ length: 7 }, () => anOrder([aLine(sku)]));
    for (const order of orders) await staff.done('PlaceOrder', order, { channel: 'marketplace' });
    const seen: string[] = [];
    let next: string | undefined = '';
    for (let pages = 0; next !== undefined; pages++) {
      expect(pages).toBeLessThan(4);
      const cursor: string = next === '' ? '' : `&cursor=${encodeURIComponent(next)}`;
      const page = await staff.read(`/v1/orders?channel=marketplace&limit=3${cursor}`);
      seen.push(...(page['items'] as { orderId: string }[]).map(({ orderId }) => orderId));
      next = page['next'] as string | undefined;
    }
    expect(seen).toEqual(orders.map(({ orderId }) => orderId).toReversed());
  });
});

describe('a list of orders', () => {
  it('has lines and charges only if they are asked for', async () => {
    const order = anOrder([aLine(await stocked(staff, 3))]);
    await staff.done('PlaceOrder', order, { channel: 'marketplace' });
    const listed = async (query: string) => {
      const page = await staff.read(`/v1/orders?channel=marketplace&limit=1${query}`);
      return (page['items'] as Record<string, unknown>[])[0] ?? {};
    };
    const { lines, charges, ...summary } = await staff.read(`/v1/orders/${order.orderId}`);
    const plain = await listed('');
    expect(plain).toMatchObject({
      orderId: order.orderId,
      total: summary['total'],
      unitsOrdered: summary['unitsOrdered'],
    });
    expect(Object.keys(plain)).not.toContain('lines');
    expect(Object.keys(plain)).not.toContain('charges');
    expect(await listed('&fields=lines,charges')).toEqual({ ...plain, lines, charges });
  });
});

describe('the feed', () => {
  it('delivers events as they happen, and resumes after the last event id', async () => {
    const sku = await stocked(staff, 3);
    const [first, second] = [anOrder([aLine(sku)]), anOrder([aLine(sku)])];
    const isEndOf =
      ({ orderId }: { orderId: string }) =>
      ({ type, data }: { type: string; data: object }) =>
        type === 'OrderConfirmed' && 'stream' in data && data.stream === `order-${orderId}`;
    const live = takeUntil(feed(staff, '/v1/feed?categories=order'), isEndOf(first));
    await staff.done('PlaceOrder', first, { channel: 'web' });
    const seen = await live;
    expect(seen.map(({ type }) => type)).toEqual(['OrderPlaced', 'FulfillmentPlanned', 'OrderConfirmed']);

    await staff.done('PlaceOrder', second, { channel: 'web' });
    const from = { 'last-event-id': seen.at(-1)?.id ?? '' };
    const rest = await takeUntil(feed(staff, '/v1/feed?categories=order', from), isEndOf(second));
    expect(rest.map(({ data }) => data['stream'])).toEqual(Array.from({ length: 3 }, () => `order-${second.orderId}`));
  });
});

describe('a position without an event', () => {
  const NOWHERE = '7';

  it('is refused by the feed, in the query and in Last-Event-ID', async () => {
    const refusal = { status: 400, body: { code: 'validation-failed', errors: [{ field: 'after' }] } };
    expect(await staff.get(`/v1/feed?after=${NOWHERE}`)).toMatchObject(refusal);
    expect(await staff.get('/v1/feed', { 'last-event-id': NOWHERE })).toMatchObject(refusal);
  });

  it('is refused by kontor relay replay, which says what to give instead', async () => {
    const main = resolve('dist/apps/cli/src/main.js');
    const args = [main, 'relay', 'replay', '--topic', 'kontor.orders.v1', '--from', NOWHERE, '--data', kontor.dataDir];
    const result = await new Promise<{ code: unknown; stderr: string }>((resolve) =>
      execFile(process.execPath, args, (error, _, stderr) => resolve({ code: error?.code, stderr })),
    );
    expect(result).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/--from 7: no event has this position\. Give 0, or/),
    });
  });
});

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Client, type Fields } from '../support/client.js';
import { Kontor } from '../support/kontor.js';
import { aLine, openShop, stocked } from '../support/shop.js';
import { until } from '../support/until.js';
import { verify } from '../support/verify.js';

let kontor: Kontor;
let staff: Client;
let web: Client;
let till: Client;

const scopes = ['carts:write', 'orders:place', 'orders:read', 'stock:reserve'];

beforeAll(async () => {
  kontor = await Kontor.start();
  staff = kontor.staff;
  await openShop(staff);
  [web, till] = await Promise.all([
    kontor.channel('web', scopes),
    kontor.channel('till', [...scopes, 'carts:any-channel']),
  ]);
});

afterAll(() => kontor.stop(), 60_000);

interface Cart extends Fields {
  readonly state: string;
  readonly lines: readonly { readonly lineId: string; readonly quantity: number; readonly reserved: number }[];
  readonly reservations: readonly { readonly sku: string; readonly locationId: string; readonly quantity: number }[];
  readonly missing: readonly object[];
  readonly holders: readonly { readonly channel: string }[];
}

const cartOf = async (client: Client, cartId: string) => (await client.read(`/v1/carts/${cartId}`)) as unknown as Cart;

const newCart = async (client: Client): Promise<string> => {
  const cartId = randomUUID();
  await client.done('CreateCart', { cartId, currency: 'GBP' });
  return cartId;
};

const put = (client: Client, cartId: string, sku: string, more: object = {}) =>
  client.done('AddCartLine', { cartId, ...aLine(sku), ...more });

/** Reserves the cart, and waits until so many units are held for it. */
const hold = async (client: Client, cartId: string, units: number, more: object = {}) => {
  await client.done('ReserveCart', { cartId, ...more });
  await held(client, cartId, units);
};

const held = (client: Client, cartId: string, units: number) =>
  until(
    async () => {
      const { reservations } = await cartOf(client, cartId);
      return reservations.reduce((all, { quantity }) => all + quantity, 0) === units;
    },
    { for: `${units} units to be held` },
  );

const order = async (client: Client, cartId: string, orderId: string = randomUUID()) => {
  await client.done('CheckOutCart', { cartId, orderId });
  return client.send('PlaceOrder', { orderId, cartId }, { wait: 20 });
};

it('a cart is filled on the web, continued at the till, and ordered there by three methods of fulfillment', async () => {
  const [home, shelf] = [await stocked(staff, 5), await stocked(staff, 5, 'store')];
  const cartId = await newCart(web);
  await put(web, cartId, home, { quantity: 2 });
  await put(web, cartId, shelf, { lineId: '2', method: 'pickup', locationId: 'store' });
  await web.done('HandOverCart', { cartId, to: { channel: 'till', person: 'staff-7' } });
  await put(till, cartId, shelf, { lineId: '3', method: 'carry-out', locationId: 'store' });
  await till.done('SetCartLineQuantity', { cartId, lineId: '1', quantity: 1 });

  const cart = await cartOf(till, cartId);
  expect(cart).toMatchObject({ state: 'open', channel: 'till' });
  expect(cart.lines.map(({ lineId, quantity }) => [lineId, quantity])).toEqual([
    ['1', 1],
    ['2', 1],
    ['3', 1],
  ]);
  expect(cart.holders.map(({ channel }) => channel)).toEqual(['web', 'till']);

  const orderId = randomUUID();
  await expect(order(till, cartId, orderId)).resolves.toMatchObject({ status: 200, body: { state: 'confirmed' } });
  const { lines } = (await till.read(`/v1/orders/${orderId}`)) as unknown as { lines: { method: string }[] };
  expect(lines.map(({ method }) => method)).toEqual(['ship', 'pickup', 'carry-out']);
  await until(async () => (await cartOf(web, cartId)).state === 'closed', { for: 'the cart to be closed' });
});

it('a cart keeps every edit that two channels make at the same time', async () => {
  const cartId = await newCart(web);
  const edits = Array.from({ length: 40 }, (_, i) =>
    (i % 2 ? web : till).send('AddCartLine', { cartId, ...aLine('MUG', 1, { lineId: `${i % 3}` }) }),
  );
  expect((await Promise.all(edits)).map(({ status }) => status)).toEqual(edits.map(() => 200));
  const { lines } = await cartOf(web, cartId);
  expect(lines.reduce((all, { quantity }) => all + quantity, 0)).toBe(40);
});

describe('the last unit in a cart', () => {
  it('can be ordered by that cart only, on every channel', async () => {
    const sku = await stocked(staff, 1);
    const cartId = await newCart(web);
    await put(web, cartId, sku);
    await hold(web, cartId, 1);
    const rival = { orderId: randomUUID(), lines: [aLine(sku)] };
    await expect(web.send('PlaceOrder', rival, { wait: 20 })).resolves.toMatchObject({ body: { state: 'rejected' } });
    await expect(order(till, cartId)).resolves.toMatchObject({ body: { state: 'confirmed' } });
    await kontor.settled();
    await expect(staff.read(`/v1/stock/${sku}/warehouse`)).resolves.toMatchObject({ softReserved: 0, hardReserved: 1 });
  });

  it('is reported as missing in another cart', async () => {
    const sku = await stocked(staff, 1);
    const [first, second] = [await newCart(web), await newCart(till)];
    await put(web, first, sku);
    await hold(web, first, 1);
    await put(till, second, sku);
    await till.done('ReserveCart', { cartId: second });
    const { missing } = await until(
      async () => {
        const cart = await cartOf(till, second);
        return cart.missing.length > 0 && cart;
      },
      { for: 'the cart to report missing goods' },
    );
    expect(missing).toEqual([{ sku, quantity: 1, available: 0 }]);
  });

  it('moves along when a guest cart is merged into the cart of a customer', async () => {
    const sku = await stocked(staff, 1);
    const [guest, known] = [await newCart(web), await newCart(web)];
    await put(web, guest, sku);
    await hold(web, guest, 1);
    await web.done('AttachCustomer', { cartId: known, customerId: randomUUID() });
    await web.done('MergeCarts', { cartId: known, fromCartId: guest });
    await held(web, known, 1);
    await until(async () => (await cartOf(web, guest)).state === 'closed', { for: 'the guest’s cart to end' });
    await expect(cartOf(web, guest)).resolves.toMatchObject({ mergedInto: known });
    await expect(web.send('AddCartLine', { cartId: guest, ...aLine(sku) })).resolves.toMatchObject({
      status: 409,
      body: { code: 'cart-closed', mergedInto: known },
    });
    await expect(order(web, known)).resolves.toMatchObject({ body: { state: 'confirmed' } });
  });

  it('is released when its reservation expires, unless that was extended', async () => {
    const [lost, kept, other] = [await stocked(staff, 1), await stocked(staff, 1), await stocked(staff, 1)];
    const [short, long, later] = [await newCart(web), await newCart(web), await newCart(web)];
    await put(web, short, lost);
    await put(web, long, kept);
    await put(web, later, other);
    await hold(web, long, 1, { seconds: 3 });
    await web.done('ExtendCartReservations', { cartId: long, seconds: 600 });
    await hold(web, later, 1, { seconds: 4 }); // expires after the extended reservation would have
    await hold(web, short, 1, { seconds: 2 });
    await held(web, short, 0);
    const rival = { orderId: randomUUID(), lines: [aLine(lost)] };
    await expect(web.send('PlaceOrder', rival, { wait: 20 })).resolves.toMatchObject({ body: { state: 'confirmed' } });
    await held(web, later, 0);
    expect((await cartOf(web, long)).reservations).toHaveLength(1);
  });
});

it('the reservations of a cart follow its edits', async () => {
  const sku = await stocked(staff, 5);
  const cartId = await newCart(web);
  await put(web, cartId, sku, { quantity: 2 });
  await hold(web, cartId, 2);
  await web.done('SetCartLineQuantity', { cartId, lineId: '1', quantity: 5 });
  await held(web, cartId, 5);
  await web.done('SetCartLineQuantity', { cartId, lineId: '1', quantity: 1 });
  await held(web, cartId, 1);
  await kontor.settled();
  await expect(staff.read(`/v1/stock/${sku}/warehouse`)).resolves.toMatchObject({ softReserved: 1 });
  await web.done('CloseCart', { cartId, reason: 'abandoned' });
  await kontor.settled();
  await expect(staff.read(`/v1/stock/${sku}/warehouse`)).resolves.toMatchObject({ softReserved: 0 });
});

describe('an order from a cart', () => {
  it('is refused before checkout', async () => {
    const cartId = await newCart(web);
    await put(web, cartId, await stocked(staff, 1));
    const placed = await web.send('PlaceOrder', { orderId: randomUUID(), cartId });
    expect(placed).toMatchObject({ status: 409, body: { code: 'cart-not-checked-out' } });
  });

  it('reopens the cart when it is rejected', async () => {
    const cartId = await newCart(web);
    await put(web, cartId, await stocked(staff, 1), { quantity: 2 });
    await expect(order(web, cartId)).resolves.toMatchObject({ body: { state: 'rejected' } });
    await until(async () => (await cartOf(web, cartId)).state === 'open', { for: 'the cart to be open again' });
    await web.done('SetCartLineQuantity', { cartId, lineId: '1', quantity: 1 });
    await expect(order(web, cartId)).resolves.toMatchObject({ body: { state: 'confirmed' } });
  });

  it('is refused once the cart is open again', async () => {
    const [cartId, orderId] = [await newCart(web), randomUUID()];
    await put(web, cartId, await stocked(staff, 1));
    await web.done('CheckOutCart', { cartId, orderId });
    await web.done('ReopenCart', { cartId });
    const placed = await web.send('PlaceOrder', { orderId, cartId });
    expect(placed).toMatchObject({ status: 409, body: { code: 'cart-not-checked-out' } });
  });

  it('gets the same answer when it is sent again', async () => {
    const cartId = await newCart(web);
    await put(web, cartId, await stocked(staff, 1));
    const orderId = randomUUID();
    await web.done('CheckOutCart', { cartId, orderId });
    const sending = { key: randomUUID(), wait: 20 };
    await expect(web.send('PlaceOrder', { orderId, cartId }, sending)).resolves.toMatchObject({ status: 200 });
    await kontor.settled();
    await expect(web.send('PlaceOrder', { orderId, cartId }, sending)).resolves.toMatchObject({
      status: 200,
      body: { repeated: true, state: 'confirmed' },
    });
  });
});

it('carts break no invariant of stock, reservations, personal data and read models', async () => {
  await kontor.settled();
  const { findings } = await verify(kontor);
  const found = findings.filter(({ title }) => /reserv|stock|read models|personal/i.test(title));
  expect(found.length).toBeGreaterThan(3);
  expect(found.filter(({ failed }) => failed > 0)).toEqual([]);
});

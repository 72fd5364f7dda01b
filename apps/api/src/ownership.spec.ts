import { beforeAll, describe, expect, it } from '@jest/globals';
import { aLocation, as, get, send } from './api.fixture.js';

let number = 0;
const newId = () => `own-${number++}`;
const cartKeys = 'carts:write,orders:place';
const returnKeys = 'returns:manage,orders:record';

const line = { lineId: '1', sku: 'MUG', quantity: 1, unitPrice: { amount: 850, scale: 2 }, method: 'ship' };

beforeAll(async () => {
  await send('RegisterLocation', aLocation);
});

describe('a cart', () => {
  const [web, till] = [as(`web,${cartKeys}`), as(`till,${cartKeys}`)];
  let cartId: string;

  beforeAll(async () => {
    cartId = newId();
    await send('CreateCart', { cartId, currency: 'GBP' }, web);
    await send('AddCartLine', { cartId, ...line }, web);
  });

  it.each([
    ['AddCartLine', line],
    ['CheckOutCart', { orderId: 'stolen' }],
    ['HandOverCart', { to: { channel: 'till' } }],
    ['ReserveCart', {}],
    ['CloseCart', { reason: 'none' }],
  ])('of another channel is not there for %s', async (name, body) => {
    expect(await send(name, { cartId, ...body }, till)).toMatchObject({
      status: 404,
      body: { code: 'cart-not-found' },
    });
  });

  it('of another channel is neither read, nor merged into an own one, nor ordered', async () => {
    const refusal = { status: 404, body: { code: 'cart-not-found' } };
    expect(await get(`/v1/carts/${cartId}`, till)).toMatchObject(refusal);
    const own = newId();
    await send('CreateCart', { cartId: own, currency: 'GBP' }, till);
    expect(await send('MergeCarts', { cartId: own, fromCartId: cartId }, till)).toMatchObject(refusal);
    const orderId = newId();
    await send('CheckOutCart', { cartId, orderId }, web);
    expect(await send('PlaceOrder', { orderId, cartId }, till)).toMatchObject(refusal);
    await send('ReopenCart', { cartId }, web);
  });

  it('is read and changed by a channel with the scope for carts of all channels, and by staff', async () => {
    const everywhere = as(`desk,${cartKeys},carts:any-channel`);
    expect(await send('AddCartLine', { cartId, ...line }, everywhere)).toMatchObject({ status: 200 });
    expect(await get(`/v1/carts/${cartId}`, everywhere)).toMatchObject({ status: 200 });
    expect(await send('AddCartLine', { cartId, ...line })).toMatchObject({ status: 200 });
    expect(await get(`/v1/carts/${cartId}`, as('*,carts:write'))).toMatchObject({ status: 200 });
  });

  it('that was handed over is for both channels', async () => {
    await send('HandOverCart', { cartId, to: { channel: 'till' } }, web);
    for (const channel of [web, till]) {
      expect(await send('AddCartLine', { cartId, ...line }, channel)).toMatchObject({ status: 200 });
      expect(await get(`/v1/carts/${cartId}`, channel)).toMatchObject({ status: 200 });
    }
  });
});

it('an appointment of another channel cannot be moved or cancelled', async () => {
  const appointmentId = newId();
  const times = { at: '2090-01-01T10:00:00Z', until: '2090-01-01T11:00:00Z' };
  const booking = { appointmentId, locationId: 'store-1', ...times, lines: [] };
  expect(await send('BookAppointment', booking, as('web,carts:write'))).toMatchObject({ status: 200 });
  const refusal = { status: 404, body: { code: 'appointment-not-found' } };
  const till = as('till,carts:write');
  expect(await send('RescheduleAppointment', { appointmentId, ...times }, till)).toMatchObject(refusal);
  expect(await send('CancelAppointment', { appointmentId, reason: 'none' }, till)).toMatchObject(refusal);
  expect(await send('CompleteAppointment', { appointmentId }, till)).toMatchObject(refusal);
});

describe('a return', () => {
  const [web, store] = [as(`web,${returnKeys}`), as(`store,${returnKeys},returns:in-store`)];
  const orderId = newId();
  const goods = { lineId: '1', sku: 'MUG', quantity: 1 };
  const request = () => ({ returnId: newId(), orderId, lines: [goods], reason: 'unwanted', refundTo: 'cash' });

  beforeAll(async () => {
    const sold = { ...line, method: 'carry-out', locationId: 'store-1' };
    const answer = await send('RecordOrder', { orderId, currency: 'GBP', lines: [sold] }, web);
    expect(answer).toMatchObject({ status: 200 });
  });

  it('of an order of another channel is requested only in a store that takes such returns', async () => {
    expect(await send('RequestReturn', request(), as(`market,${returnKeys}`))).toMatchObject({
      status: 404,
      body: { code: 'order-not-found', detail: expect.stringContaining('returns:in-store') },
    });
    expect(await send('RequestReturn', request(), store)).toMatchObject({ status: 200 });
    expect(await send('RequestReturn', request(), web)).toMatchObject({ status: 200 });
  });

  it('of another channel is received, inspected and paid out in such a store, which decides nothing else', async () => {
    const { returnId, ...rest } = request();
    await send('RequestReturn', { returnId, ...rest }, web);
    const refusal = { status: 404, body: { code: 'return-not-found' } };
    const received = { returnId, locationId: 'store-1', lines: [goods] };
    expect(await send('ReceiveReturn', received, as(`market,${returnKeys}`))).toMatchObject(refusal);
    for (const key of [store, as(`market,${returnKeys}`)]) {
      expect(await send('ApproveReturn', { returnId }, key)).toMatchObject(refusal);
      expect(await send('DeclineReturn', { returnId, reason: 'none' }, key)).toMatchObject(refusal);
      expect(await send('CloseReturn', { returnId }, key)).toMatchObject(refusal);
    }
    await send('ApproveReturn', { returnId }, web);
    expect(await send('ReceiveReturn', received, store)).toMatchObject({ status: 200 });
  });
});

it('a key that is bound to a location reads and sends nothing for another', async () => {
  const key = as('till,stock:write,stock:read,@store-1');
  const delivery = { sku: 'MUG', quantity: 5, ref: 'D-1' };
  const refusal = { status: 403, body: { code: 'forbidden', locationId: 'store-2' } };
  expect(await send('ReceiveStock', { ...delivery, locationId: 'store-1' }, key)).toMatchObject({ status: 200 });
  expect(await send('ReceiveStock', { ...delivery, locationId: 'store-2' }, key)).toMatchObject(refusal);
  expect(await get('/v1/stock/MUG/store-2', key)).toMatchObject(refusal);
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Client } from '../support/client.js';
import { Kontor } from '../support/kontor.js';
import { aTender, confirmed, orderBecomes, paymentBecomes } from '../support/orders.js';
import { aLine, openShop, stocked } from '../support/shop.js';
import { until } from '../support/until.js';
import { findFaults } from '../support/verify.js';
import { fulfillmentWork } from '../support/fulfillment-work.js';

const ACCEPT_WITHIN_SECONDS = 6;
let kontor: Kontor;
let staff: Client;
let supplier: Client;

beforeAll(async () => {
  kontor = await Kontor.start({ env: { KONTOR_ACCEPT_WITHIN_SECONDS: String(ACCEPT_WITHIN_SECONDS) } });
  staff = kontor.staff;
  await openShop(staff);
  const place = { locationId: 'supplier', name: 'Supplier', type: 'dropship', country: 'GB' };
  await staff.done('RegisterLocation', place);
  await staff.done('ConfigureChannel', {
    ...{ channelId: 'web', name: 'Web', kind: 'web', currency: 'GBP', locale: 'en-GB' },
    locations: ['supplier', 'warehouse'].map((locationId) => ({ locationId, methods: ['ship'], safetyStock: 0 })),
    ...{ reservationTtlSeconds: 900, promisesIncoming: false },
  });
  const channel = { channelId: 'edi', name: 'Suppliers', kind: 'dropship', currency: 'GBP', locale: 'en-GB' };
  await staff.done('ConfigureChannel', {
    ...{ ...channel, locations: [], reservationTtlSeconds: 900, promisesIncoming: false },
  });
  supplier = await kontor.channel('edi', ['fulfillment:work', 'fulfillment:read', 'stock:write']);
});

afterAll(() => kontor.stop(), 60_000);

const stockAt = (sku: string, locationId: string) => staff.read(`/v1/stock/${sku}/${locationId}`);
const parcel = { parcelId: 'P-1', lines: [{ lineId: '1', quantity: 1 }] };

/** Places an order for a SKU of which the supplier has one unit and the warehouse `here`. */
const requested = async (here: number) => {
  const sku = await stocked(supplier, 1, 'supplier');
  if (here > 0) await staff.done('ReceiveStock', { sku, locationId: 'warehouse', quantity: here, ref: 'delivery' });
  const orderId = await confirmed(staff, [aLine(sku)], { tenders: [aTender(850)] });
  return { sku, orderId, work: await fulfillmentWork(supplier, orderId, 'supplier') };
};

const sendFromWarehouse = async (orderId: string) => {
  const work = await fulfillmentWork(staff, orderId, 'warehouse');
  await work.does('PackParcel', parcel);
  await work.does('ShipParcel', { parcelId: 'P-1', carrier: 'royal-mail' });
  await orderBecomes(staff, orderId, { fulfillmentState: 'fulfilled' });
  await paymentBecomes(staff, orderId, 'card', { state: 'captured', captured: 850 });
};

describe('a supplier who sends to the buyer', () => {
  it('accepts and ships, and the payment is captured on shipping', async () => {
    const { sku, orderId, work } = await requested(0);
    const { items } = (await supplier.read('/v1/locations/supplier/worklist?state=assigned')) as { items: object[] };
    expect(items).toContainEqual(expect.objectContaining({ orderId, channel: 'web' }));
    await work.does('AcceptFulfillment');
    await work.does('PackParcel', parcel);
    await paymentBecomes(staff, orderId, 'card', { state: 'authorized', captured: 0 });
    await work.does('ShipParcel', { parcelId: 'P-1', carrier: 'dhl', tracking: 'S-77' });
    await orderBecomes(staff, orderId, { fulfillmentState: 'fulfilled', orderState: 'OrderInTransit' });
    await paymentBecomes(staff, orderId, 'card', { state: 'captured', captured: 850 });
    await kontor.settled();
    await expect(stockAt(sku, 'supplier')).resolves.toMatchObject({ onHand: 0, hardReserved: 0 });
  });

  it('who has no stock rejects: the warehouse sends the goods, and the stock of the supplier is corrected', async () => {
    const { sku, orderId, work } = await requested(1);
    await work.does('RejectFulfillment', { reason: 'not-found' });
    await sendFromWarehouse(orderId);
    await kontor.settled();
    await expect(stockAt(sku, 'supplier')).resolves.toMatchObject({ onHand: 0, hardReserved: 0 });
    await expect(stockAt(sku, 'warehouse')).resolves.toMatchObject({ onHand: 0, hardReserved: 0 });
  });

  it('who does not answer in time loses the order to the warehouse and keeps the stock', async () => {
    const { sku, orderId, work } = await requested(1);
    const isLate = async () => (await work.now())['state'] === 'rejected';
    await until(isLate, { for: 'the fulfillment to time out', withinMs: 30_000, everyMs: 100 });
    await expect(work.now()).resolves.toMatchObject({ reason: 'timeout' });
    await expect(work.tries('AcceptFulfillment')).resolves.toMatchObject({ status: 409 });
    await sendFromWarehouse(orderId);
    await kontor.settled();
    await expect(stockAt(sku, 'supplier')).resolves.toMatchObject({ onHand: 1, hardReserved: 0 });
  });

  it('who rejects goods that no other location has ends the order, and the payment is voided', async () => {
    const { orderId, work } = await requested(0);
    await work.does('RejectFulfillment', { reason: 'no-capacity' });
    await orderBecomes(staff, orderId, { state: 'cancelled', capturedAmount: 0 });
    await paymentBecomes(staff, orderId, 'card', { state: 'voided' });
  });

  it('who has accepted has no deadline any more', async () => {
    const { orderId, work } = await requested(1);
    await work.does('AcceptFulfillment');
    const { acceptBy } = await work.now();
    const isOver = () => Date.now() > Date.parse(String(acceptBy)) + 2_000;
    await until(isOver, { for: 'the time to accept to be over', everyMs: 100 });
    await kontor.settled();
    await expect(work.now()).resolves.toMatchObject({ state: 'accepted', attempt: 1 });
    await work.does('PackParcel', parcel);
    await work.does('ShipParcel', { parcelId: 'P-1', carrier: 'dhl' });
    await orderBecomes(staff, orderId, { fulfillmentState: 'fulfilled' });
  });
});

it('dropshipping breaks no invariant', async () => expect(await findFaults(kontor)).toEqual([]));

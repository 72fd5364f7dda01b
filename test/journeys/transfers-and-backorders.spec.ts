import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type Client } from '../support/client.js';
import { Kontor } from '../support/kontor.js';
import { openShop, stocked } from '../support/shop.js';
import { until } from '../support/until.js';
import { findFaults } from '../support/verify.js';

let kontor: Kontor;
let staff: Client;

beforeAll(async () => {
  kontor = await Kontor.start();
  staff = kontor.staff;
  await openShop(staff);
  await staff.send(
    'RegisterLocation',
    { locationId: 'outlet', name: 'Outlet', type: 'store', country: 'GB' },
    { wait: 20 },
  );
});

afterAll(() => kontor.stop(), 60_000);

it('received goods fill the backorder with the earliest promised date', async () => {
  const sku = await stocked(staff, 1);
  const place = { sku, locationId: 'warehouse' };
  await staff.send('SetBackorderLimit', { ...place, limit: 5 }, { wait: 20 });
  const reserve = async (quantity: number, promisedFor: string) => {
    const reservationId = randomUUID();
    const owner = { type: 'order', id: randomUUID() };
    const body = { ...place, reservationId, quantity, kind: 'hard', owner, promisedFor };
    await expect(staff.send('ReserveStock', body, { channel: 'web', wait: 20 })).resolves.toMatchObject({
      status: 200,
    });
    return reservationId;
  };
  const june = await reserve(3, '2036-06-01T00:00:00.000Z');
  const may = await reserve(2, '2036-05-01T00:00:00.000Z');
  const queue = () => staff.read(`/v1/stock/${sku}/warehouse/backorders`);
  await expect(queue()).resolves.toMatchObject({
    items: [
      { reservationId: may, backordered: 2 },
      { reservationId: june, backordered: 2 },
    ],
  });
  await staff.send('ReceiveStock', { ...place, quantity: 3, ref: 'DN-1' }, { wait: 20 });
  await expect(queue()).resolves.toMatchObject({ items: [{ reservationId: june, backordered: 1 }] });
});

it('a transfer shows the units in transit and the missing units', async () => {
  const sku = await stocked(staff, 5);
  const transferId = randomUUID();
  const say = (command: string, data: object = {}) => staff.send(command, { transferId, ...data }, { wait: 20 });
  const seen = () => staff.read(`/v1/transfers/${transferId}`);
  const is = (status: string) => async () => ((await seen()) as { status: string }).status === status;
  await say('RequestTransfer', { from: 'warehouse', to: 'outlet', lines: [{ sku, quantity: 4 }] });
  await until(is('confirmed'), { for: 'the goods to be reserved' });
  await say('ShipTransfer', { lines: [{ sku, quantity: 3 }], eta: '2036-02-01T00:00:00.000Z' });
  await expect(seen()).resolves.toMatchObject({ status: 'in-transit', inTransit: 3 });
  await say('ReceiveTransfer', { lines: [{ sku, quantity: 2 }] });
  await say('CloseTransfer');
  await expect(seen()).resolves.toMatchObject({ status: 'closed', inTransit: 0, lines: [{ missing: 1, received: 2 }] });
  const settled = async () => {
    const from = (await staff.read(`/v1/stock/${sku}/warehouse`)) as { onHand: number; hardReserved: number };
    const to = (await staff.read(`/v1/stock/${sku}/outlet`)) as { onHand: number; incoming: number };
    return from.onHand === 2 && from.hardReserved === 0 && to.onHand === 2 && to.incoming === 0;
  };
  await until(settled, { for: 'the stock of both locations to be right' });
});

it('transfers and backorders break no invariant', async () => {
  expect(await findFaults(kontor)).toEqual([]);
});

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type Client, type Fields } from '../support/client.js';
import { Kontor } from '../support/kontor.js';
import { aLine, openShop, stocked } from '../support/shop.js';
import { until } from '../support/until.js';

let kontor: Kontor;
let staff: Client;
let web: Client;

beforeAll(async () => {
  kontor = await Kontor.start();
  staff = kontor.staff;
  await openShop(staff);
  web = await kontor.channel('web', ['carts:write', 'orders:place', 'fulfillment:read']);
});

afterAll(() => kontor.stop(), 60_000);

const HOUR = 3_600_000;
const inHours = (hours: number) => new Date(Date.now() + hours * HOUR).toISOString();

const book = async (lines: readonly object[], more: object = {}) => {
  const appointmentId = randomUUID();
  const times = { at: inHours(24), until: inHours(25), ...more };
  await web.done('BookAppointment', { appointmentId, locationId: 'store', ...times, lines });
  return appointmentId;
};

const stateOf = async (appointmentId: string) => {
  const { items } = (await web.read('/v1/locations/store/appointments')) as unknown as { items: Fields[] };
  return items.find((one) => one['appointmentId'] === appointmentId);
};

const becomes = (appointmentId: string, state: string) =>
  until(
    async () => {
      const found = await stateOf(appointmentId);
      return found?.['state'] === state && found;
    },
    { for: `the appointment to be ${state}` },
  );

const shelf = (sku: string) => staff.read(`/v1/stock/${sku}/store`);

it('an appointment holds the chosen goods at the store until the visit is over', async () => {
  const sku = await stocked(staff, 1, 'store');
  const contact = { name: 'Ada Lovelace', phone: '+44 20 7946 0000' };
  const appointmentId = await book([{ sku, quantity: 1 }], { contact });
  await becomes(appointmentId, 'confirmed');
  const walkIn = { orderId: randomUUID(), lines: [aLine(sku, 1, { method: 'carry-out', locationId: 'store' })] };
  await expect(web.send('PlaceOrder', walkIn, { wait: 20 })).resolves.toMatchObject({ body: { state: 'rejected' } });
  expect(JSON.stringify(await stateOf(appointmentId))).not.toContain('Ada');

  await web.done('RescheduleAppointment', { appointmentId, at: inHours(48), until: inHours(49) });
  await kontor.settled();
  await expect(shelf(sku)).resolves.toMatchObject({ softReserved: 1 });

  await web.done('CompleteAppointment', { appointmentId });
  await becomes(appointmentId, 'completed');
  await kontor.settled();
  await expect(shelf(sku)).resolves.toMatchObject({ softReserved: 0 });
});

it('an appointment names missing goods, and requests them again when it is rescheduled', async () => {
  const sku = await stocked(staff, 1, 'store');
  const appointmentId = await book([{ sku, quantity: 2 }]);
  await expect(becomes(appointmentId, 'incomplete')).resolves.toMatchObject({ missing: [{ sku, quantity: 2 }] });
  await staff.done('ReceiveStock', { sku, locationId: 'store', quantity: 1, ref: 'second delivery' });
  await web.done('RescheduleAppointment', { appointmentId, at: inHours(48), until: inHours(49) });
  await expect(becomes(appointmentId, 'confirmed')).resolves.toMatchObject({ missing: [] });
});

it('an appointment that is cancelled releases its goods', async () => {
  const sku = await stocked(staff, 1, 'store');
  const appointmentId = await book([{ sku, quantity: 1 }]);
  await becomes(appointmentId, 'confirmed');
  await web.done('CancelAppointment', { appointmentId, reason: 'Changed my mind' });
  await kontor.settled();
  await expect(shelf(sku)).resolves.toMatchObject({ softReserved: 0 });
});

it('an appointment that nobody keeps ends by itself and releases its goods', async () => {
  const sku = await stocked(staff, 1, 'store');
  const appointmentId = randomUUID();
  // Booked late: an appointment is missed half an hour after its end, here in three seconds.
  const sent = {
    ...{ appointmentId, locationId: 'store', lines: [{ sku, quantity: 1 }] },
    at: inHours(-1),
    until: new Date(Date.now() - HOUR / 2 + 3000).toISOString(),
  };
  await web.done('BookAppointment', sent, { headers: { 'kontor-occurred-at': inHours(-2) } });
  await becomes(appointmentId, 'missed');
  await kontor.settled();
  await expect(shelf(sku)).resolves.toMatchObject({ softReserved: 0 });
});

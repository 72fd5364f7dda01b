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
  web = await kontor.channel('web', ['orders:place', 'orders:read']);
});

afterAll(() => kontor.stop(), 60_000);

const contact = { name: 'Ada Lovelace', email: 'ada@example.com' };
const shipTo = { lines: ['1 High Street'], city: 'Edinburgh' };

const configure = async (sku: string, more: object = {}) => {
  const buttonId = randomUUID();
  const template = { customerId: randomUUID(), currency: 'GBP', lines: [aLine(sku)], contact, shipTo, country: 'GB' };
  await web.done('ConfigureReorderButton', { buttonId, ...template, ...more });
  return buttonId;
};

const press = (buttonId: string, pressId: string = randomUUID()) =>
  web.send('PressReorderButton', { buttonId, pressId }, { wait: 20 });

const seen = (buttonId: string, shows: (button: Fields) => boolean) =>
  until(
    async () => {
      const button = await web.read(`/v1/reorder-buttons/${buttonId}`);
      return shows(button) && button;
    },
    { for: 'the reorder button to change' },
  );

const orderOf = async (buttonId: string) => {
  const { lastOrderId } = await seen(buttonId, (button) => typeof button['lastOrderId'] === 'string');
  return until(
    async () => {
      const order = await web.read(`/v1/orders/${String(lastOrderId)}`);
      return order['state'] !== 'pending' && order;
    },
    { for: 'the order to be answered' },
  );
};

it('one press places one order to the configured address, however often it is sent', async () => {
  const sku = await stocked(staff, 5);
  const buttonId = await configure(sku, { debounceSeconds: 0 });
  const pressId = randomUUID();
  const presses = await Promise.all(Array.from({ length: 20 }, () => press(buttonId, pressId)));
  expect(presses.map(({ status }) => status)).toEqual(presses.map(() => 200));
  await expect(orderOf(buttonId)).resolves.toMatchObject({ state: 'confirmed', channel: 'web', contact, shipTo });
  await kontor.settled();
  await expect(staff.read(`/v1/stock/${sku}/warehouse`)).resolves.toMatchObject({ hardReserved: 1 });
  await expect(seen(buttonId, () => true)).resolves.toMatchObject({ ordered: 1 });
  expect(JSON.stringify(await seen(buttonId, () => true))).not.toContain('Ada');
});

it('two presses in quick succession place one order', async () => {
  const buttonId = await configure(await stocked(staff, 5));
  await press(buttonId);
  await press(buttonId);
  await expect(seen(buttonId, ({ ignored }) => ignored === 1)).resolves.toMatchObject({ ordered: 1, ignored: 1 });
});

it('a button places no more orders in a day than its limit', async () => {
  const buttonId = await configure(await stocked(staff, 9), { debounceSeconds: 0, maxPerDay: 2 });
  for (let presses = 0; presses < 4; presses++) await press(buttonId);
  await expect(seen(buttonId, ({ ignored }) => ignored === 2)).resolves.toMatchObject({ ordered: 2 });
});

it('a button shows why its last press placed no order', async () => {
  const lines = [aLine('MUG', 1, { method: 'pickup', locationId: 'warehouse' })];
  const buttonId = await configure('MUG', { lines });
  await press(buttonId);
  await expect(seen(buttonId, ({ lastFailure }) => lastFailure !== null)).resolves.toMatchObject({
    lastFailure: 'method-not-offered',
  });
});

it('a button does not exist for another channel', async () => {
  const buttonId = await configure(await stocked(staff, 1));
  const app = await kontor.channel('app', ['orders:place']);
  const answer = await app.send('PressReorderButton', { buttonId, pressId: randomUUID() });
  expect(answer).toMatchObject({ status: 404, body: { code: 'reorder-button-not-found' } });
  expect((await app.get(`/v1/reorder-buttons/${buttonId}`)).status).toBe(404);
});

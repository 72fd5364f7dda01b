import { asPosition } from '#event-store';
import { describe, expect, it } from '@jest/globals';
import { appointment, PlaceOrderFromTemplate, reorderButton } from '#carts';
import { DomainError } from '#kernel';
import { appointments } from './appointments/appointments.process.js';
import { CRASH_MOMENTS, ProcessHarness, type CrashPoint } from './processes.fixture.js';
import { whenReorderButtonPressedThenPlaceOrder } from './reorder/reorder.process.js';

const all = [appointments, whenReorderButtonPressedThenPlaceOrder];

type Story = (h: ProcessHarness) => Promise<unknown>;

const stocks = ['stock-A~leeds', 'stock-B~leeds'];
const noon = '2026-01-01T12:00:00.000Z';
const appointmentId = 'a';

const visit = (h: ProcessHarness, type: string, data: object = {}, occurredAt = noon) =>
  h.run(appointment, 'a', { type, data: { appointmentId, ...data } }, { occurredAt });
const receive = (h: ProcessHarness, sku: string, quantity: number) =>
  h.stock(sku, 'leeds', { type: 'ReceiveStock', data: { quantity, ref: 'delivery' } });
const book: Story = (h) =>
  visit(h, 'BookAppointment', {
    ...{ locationId: 'leeds', at: '2026-01-01T14:00:00.000Z', until: '2026-01-01T15:00:00.000Z' },
    lines: [
      { sku: 'A', quantity: 2 },
      { sku: 'B', quantity: 1 },
    ],
  });
const booked: Story = async (h) => {
  await receive(h, 'A', 5);
  await receive(h, 'B', 5);
  await book(h);
};
const settled: Story = async (h) => {
  await booked(h);
  await h.settle();
};

const template = {
  ...{ customerId: 'ada', currency: 'EUR', debounceSeconds: 60, maxPerDay: 3 },
  lines: [{ lineId: '1', sku: 'A', quantity: 1, unitPrice: { amount: 5, scale: 2 }, method: 'ship' }],
};
const button = (h: ProcessHarness, type: string, data: object) =>
  h.run(reorderButton, 'b', { type, data: { buttonId: 'b', ...data } });

const stories: Record<string, Story> = {
  'an appointment with all its goods': booked,
  'an appointment that lacks something': async (h) => {
    await receive(h, 'A', 5);
    await book(h);
  },
  'an appointment that is moved when the missing goods have come': async (h) => {
    await receive(h, 'A', 5);
    await book(h);
    await h.settle();
    await receive(h, 'B', 1);
    await visit(h, 'RescheduleAppointment', { at: '2026-01-02T14:00:00.000Z', until: '2026-01-02T15:00:00.000Z' });
  },
  'an appointment that is cancelled': async (h) => {
    await settled(h);
    await visit(h, 'CancelAppointment', { reason: 'ill' });
  },
  'an appointment that is cancelled before the store has answered': async (h) => {
    await booked(h);
    await visit(h, 'CancelAppointment', { reason: 'ill' });
  },
  'an appointment that took place': async (h) => {
    await settled(h);
    await visit(h, 'CompleteAppointment');
  },
  'an appointment that nobody came to': async (h) => {
    await settled(h);
    await visit(h, 'MissAppointment', {}, '2026-01-01T15:30:00.000Z');
  },
  'a press of a button': async (h) => {
    await button(h, 'ConfigureReorderButton', template);
    await button(h, 'PressReorderButton', { pressId: '1' });
    await button(h, 'PressReorderButton', { pressId: '1' });
  },
};

/** Orders that the stand-in for the bus was asked for, and what it says. */
interface Bus {
  readonly orders: Set<string>;
  readonly refuses?: boolean;
}

const run = async (story: Story, bus: Bus, crash?: CrashPoint, batchSize = 500) => {
  const h = new ProcessHarness(all, batchSize);
  h.handler = (message) => {
    if (!(message instanceof PlaceOrderFromTemplate)) return undefined;
    if (bus.refuses) return Promise.reject(new DomainError('channel-not-found', 'No such channel'));
    bus.orders.add(message.orderId);
    return Promise.resolve({ revision: 0, position: asPosition(1), events: [], eventIds: [], repeated: false });
  };
  await story(h);
  await h.settle(crash);
  return h;
};

const types = async (h: ProcessHarness, ...streams: string[]) =>
  (await h.log(...streams)).map(({ event }) => event.type);

const held = async (h: ProcessHarness) => {
  const all = await types(h, ...stocks);
  const count = (type: string) => all.filter((one) => one === type).length;
  return count('StockReserved') - count('ReservationReleased') - count('ReservationExpired');
};

const resultOf = async (name: string) => {
  const h = await run(stories[name] ?? booked, { orders: new Set() });
  return { last: (await types(h, 'appointment-a')).at(-1), held: await held(h) };
};

describe('the goods of an appointment', () => {
  it.each([
    ['an appointment with all its goods', 'AppointmentConfirmed', 2],
    ['an appointment that lacks something', 'AppointmentIncomplete', 1],
    ['an appointment that is moved when the missing goods have come', 'AppointmentConfirmed', 2],
    ['an appointment that is cancelled', 'AppointmentCancelled', 0],
    ['an appointment that took place', 'AppointmentCompleted', 0],
    ['an appointment that nobody came to', 'AppointmentMissed', 0],
  ])('of %s', async (name, last, reservations) => expect(await resultOf(name)).toEqual({ last, held: reservations }));
  it('are released even if the store answers late', async () =>
    expect((await resultOf('an appointment that is cancelled before the store has answered')).held).toBe(0));
});

describe('a press of a reorder button', () => {
  const press = stories['a press of a button'] ?? booked;
  it('becomes one order', async () => {
    const orders = new Set<string>();
    await run(press, { orders });
    expect(orders.size).toBe(1);
  });
  it('records why it cannot become an order', async () => {
    const h = await run(press, { orders: new Set(), refuses: true });
    expect((await h.log('reorderbutton-b')).at(-1)?.event).toMatchObject({
      type: 'ReorderFailed',
      data: { code: 'channel-not-found' },
    });
  });
});

describe('a crash', () => {
  for (const [name, story] of Object.entries(stories)) {
    it(`at any point changes nothing: ${name}`, async () => {
      const calmOrders = new Set<string>();
      const calm = await run(story, { orders: calmOrders });
      const finish = async (h: ProcessHarness, orders: Set<string>) => ({
        visits: (await types(h, 'appointment-a', 'reorderbutton-b')).toSorted(),
        stock: (await types(h, ...stocks)).toSorted(),
        held: await held(h),
        orders: [...orders],
      });
      const expected = await finish(calm, calmOrders);
      expect(calm.dispatches).toBeGreaterThan(0);
      for (const batchSize of [1, 500]) {
        for (let point = 0; point < calm.dispatches; point++) {
          for (const moment of CRASH_MOMENTS) {
            const orders = new Set<string>();
            const h = await run(story, { orders }, { at: point, moment }, batchSize);
            expect(await finish(h, orders)).toEqual(expected);
          }
        }
      }
    });
  }
});

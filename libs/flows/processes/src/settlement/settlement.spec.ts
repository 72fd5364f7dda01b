import { describe, expect, it } from '@jest/globals';
import { order, paymentIdOf, type OrderCommand, type OrderLine, type Tender } from '#orders';
import { InMemoryPaymentProvider, payment, type PaymentCommand } from '#payments';
import { goodsReturn } from '#returns';
import { type StreamType } from '#event-store';
import { type Message } from '#kernel';
import { aCause, runnerOn } from '#testing';
import { checkout } from '../checkout/checkout.process.js';
import { whenLinesCancelledThenRelease } from '../stock-movements/recorded-facts.process.js';
import { payments } from '../payments/payments.process.js';
import { CRASH_MOMENTS, ProcessHarness, type CrashPoint } from '../processes.fixture.js';
import { settlement } from './settlement.process.js';

const orderId = 'o';
const allocation = {
  reservationId: 'r-1',
  sku: 'A',
  locationId: 'north',
  quantity: 3,
  lines: [{ lineId: '1', quantity: 3 }],
};
const plan = { attempt: 1, allocations: [allocation], candidates: [], policyVersion: 1 };
const terms = {
  version: 1,
  currency: 'EUR',
  reservationTtlSeconds: 900,
  locations: [{ locationId: 'north', methods: ['ship'] as const, safetyStock: 0, paused: false }],
};
const line: OrderLine = { lineId: '1', sku: 'A', quantity: 3, unitPrice: { amount: 1000, scale: 2 }, method: 'ship' };

const card = (amount: number, token = 'tok_visa'): Tender => ({ tenderId: 'card', kind: 'card', amount, token });
const second = (amount: number, token = 'tok_visa'): Tender => ({ ...card(amount, token), tenderId: 'second' });
const cash = (amount: number): Tender => ({ tenderId: 'cash', kind: 'cash', amount });

/** An order of three units of 10.00. */
const place = (tenders: Tender[], more: object = {}) =>
  ({
    type: 'PlaceOrder',
    data: { orderId, lines: [line], charges: [], terms, plan, tenders, ...more },
  }) as unknown as OrderCommand;
const leave = (fulfillmentId: string, quantity: number): OrderCommand => ({
  type: 'RecordFulfillment',
  data: { orderId, fulfillmentId, reservations: [{ reservationId: 'r-1', lines: [{ lineId: '1', quantity }] }] },
});
const cancelled = (quantity: number, lineId = '1'): OrderCommand => ({
  type: 'SettleCancellation',
  data: { orderId, cancellationId: `c-${quantity}`, lines: [{ lineId, quantity }], reason: 'regret' },
});

/** Two more units, paid by another card. */
const propose: OrderCommand = {
  type: 'ProposeOrderEdit',
  data: { orderId, editId: 'e', add: [{ ...line, lineId: '2', quantity: 2 }], remove: [] },
};
const apply: OrderCommand = { type: 'ApplyOrderEdit', data: { orderId, editId: 'e', tenders: [second(2000)] } };
const reallocated: OrderCommand = {
  type: 'ReallocateOrder',
  data: {
    orderId,
    releases: [],
    allocations: [
      { reservationId: 'r-2', sku: 'A', locationId: 'south', quantity: 2, lines: [{ lineId: '2', quantity: 2 }] },
    ],
  },
};

const added: OrderCommand = {
  type: 'RecordFulfillment',
  data: {
    orderId,
    fulfillmentId: 'f-2',
    reservations: [{ reservationId: 'r-2', lines: [{ lineId: '2', quantity: 2 }] }],
  },
};

/** What happens from outside, one step after all processes are done with the step before. */
interface Story {
  readonly stock?: number;
  readonly steps: readonly (
    OrderCommand | { readonly wait: string } | { readonly refund: number } | { readonly manualRefund: number }
  )[];
  readonly faults?: readonly ('none' | 'lost' | 'cut')[];
}

const expire: OrderCommand = { type: 'ExpireCheckout', data: { orderId } };
const LATER = '2026-01-01T13:00:00.000Z';

const stories: Record<string, Story> = {
  'captured at once': { steps: [place([card(3000)], { capture: 'now' })] },
  'captured as the goods leave': { steps: [place([card(3000)]), leave('f-1', 1), leave('f-2', 2)] },
  'two tenders, captured one after the other': {
    steps: [place([card(1000), second(2000)]), leave('f-1', 2), leave('f-2', 1)],
  },
  'a declined card': { steps: [place([card(1000), second(2000, 'tok_decline')])] },
  'a card that covers half': { steps: [place([card(3000, 'tok_partial')])] },
  'sold out': { stock: 2, steps: [place([card(3000)])] },
  'an authorization after the deadline': {
    steps: [place([card(3000)]), expire, { wait: paymentIdOf(orderId, 'card') }],
    faults: ['cut', 'lost'],
  },
  'cancelled before it left': { steps: [place([card(1000), second(2000)]), cancelled(2), leave('f-1', 1)] },
  'cancelled after capture': { steps: [place([card(1000), second(2000)], { capture: 'now' }), cancelled(2)] },
  'paid later in cash': {
    steps: [
      place([], { payLater: true }),
      { type: 'PayOrder', data: { orderId, tenders: [cash(3000)] } },
      leave('f-1', 3),
    ],
  },
  'paid later by a card that is declined, then by another': {
    steps: [
      place([], { payLater: true, capture: 'now' }),
      { type: 'PayOrder', data: { orderId, tenders: [card(3000, 'tok_decline')] } },
      { type: 'PayOrder', data: { orderId, tenders: [second(3000)] } },
    ],
  },
  'an edit that nobody has the goods for': {
    steps: [place([card(3000)], { capture: 'now' }), propose, apply, cancelled(2, '2')],
  },
  'an edit whose goods come from elsewhere': {
    steps: [place([card(3000)], { capture: 'now' }), propose, apply, reallocated],
  },
  'an edit after a cancellation that was refunded': {
    steps: [place([card(3000)], { capture: 'now' }), cancelled(1), propose, apply, reallocated],
  },
  'an edit after a cancellation that was given up': {
    steps: [place([card(3000)]), cancelled(1), propose, apply, reallocated, leave('f-1', 2), added],
  },
  'refunded in part by hand': { steps: [place([card(3000)]), leave('f-1', 1), { manualRefund: 500 }, leave('f-2', 2)] },
  returned: { steps: [place([card(1000), second(2000)]), leave('f-1', 3), { refund: 2500 }] },
  'returned beyond what was captured': { steps: [place([card(3000)]), leave('f-1', 1), { refund: 1500 }] },
};

const run = async ({ stock = 3, steps, faults = [] }: Story, crash?: CrashPoint & { readonly step: number }) => {
  const h = new ProcessHarness([checkout, settlement, payments, whenLinesCancelledThenRelease], 500);
  const open = [...faults];
  const provider = new InMemoryPaymentProvider(() => open.shift() ?? 'none');
  h.connect(provider);
  await h.stock('A', 'north', { type: 'ReceiveStock', data: { quantity: stock, ref: 'd' } });
  const dispatches: number[] = [];
  for (const [index, step] of steps.entries()) {
    await take(h, step);
    await h.settle(crash?.step === index ? crash : undefined);
    dispatches.push(h.dispatches);
  }
  await askAgain(h);
  return { h, provider, dispatches };
};

/** Whose outcome a crash has left unknown is asked for by the timer. */
const askAgain = async (h: ProcessHarness) => {
  for (const tenderId of ['card', 'second']) {
    await take(h, { wait: paymentIdOf(orderId, tenderId) }).catch(() => undefined);
  }
  await h.settle();
};

/** What counts in the end: how often somebody had to be asked for it does not. */
const MONEY = new Set(['PaymentAuthorized', 'PaymentCaptured', 'PaymentVoided', 'PaymentRefunded', 'PaymentFailed']);

const take = (h: ProcessHarness, step: Story['steps'][number]): Promise<unknown> => {
  const deciders = runnerOn(h.store);
  if ('wait' in step) {
    const resolve = { type: 'ResolvePayment', data: { paymentId: step.wait } } as PaymentCommand;
    return deciders.run(payment, step.wait, resolve, aCause({ occurredAt: LATER }));
  }
  if ('manualRefund' in step) {
    const paymentId = paymentIdOf(orderId, 'card');
    const data = { paymentId, operationId: 'by-hand', amount: step.manualRefund, reason: 'goodwill' };
    return deciders.run(payment, paymentId, { type: 'RefundPayment', data }, aCause());
  }
  if ('refund' in step) return requestRefund(h, step.refund);
  return deciders.run(order, orderId, step, aCause(step === expire ? { occurredAt: LATER } : {}));
};

/** As a return does once the order has said what the goods were worth. */
const requestRefund = (h: ProcessHarness, amount: number) => {
  const requested = {
    type: 'ReturnRefundRequested',
    data: { orderId, returnId: 'ret', refundId: 'return/ret/1', amount, currency: 'EUR' },
  } as const;
  const decider = { ...goodsReturn.decider, decide: () => [requested] };
  const asItIs = { ...goodsReturn, decider } as unknown as StreamType<unknown, Message, Message>;
  return runnerOn(h.store).run(asItIs, 'ret', requested, aCause());
};

const outcome = async ({ h, provider }: Awaited<ReturnType<typeof run>>) => {
  const events = async (stream: string) => (await h.log(stream)).map(({ event }) => event);
  const paid = await Promise.all(
    ['card', 'second', 'cash'].map((one) => events(`payment-${paymentIdOf(orderId, one)}`)),
  );
  return {
    order: await events('order-o'),
    payments: paid.map((all) => all.filter(({ type }) => MONEY.has(type))),
    stock: (await events('stock-A~north')).map(({ type }) => type),
    journal: provider.bank.journal.map(({ paymentId, operation, amount }) => [paymentId, operation, amount]).toSorted(),
    parked: [...h.memory.parked.values()],
  };
};

const story = (name: string) => stories[name] ?? { steps: [] };

const last = async (name: string) => {
  const { order: events, journal } = await outcome(await run(story(name)));
  return { order: events.map(({ type }) => type).at(-1), journal };
};

it('the order is held if a clerk has moved its money meanwhile', async () => {
  const { h } = await run({ steps: [place([card(3000)])] });
  const deciders = runnerOn(h.store);
  const paymentId = paymentIdOf(orderId, 'card');
  const give: PaymentCommand = { type: 'VoidPayment', data: { paymentId, operationId: 'clerk' } };
  await deciders.run(payment, paymentId, give, aCause());
  await deciders.run(order, orderId, leave('f-1', 1), aCause());
  await h.settle();
  const events = (await h.log('order-o')).map(({ event }) => event);
  const reason = 'payment-capture-failed';
  const note = 'o.card: exceeds-authorized';
  expect(events.at(-1)).toEqual({ type: 'OrderHeld', data: { holdId: reason, reason, note } });
});

describe('the money of an order is', () => {
  it.each<[string, string, (readonly [string, string, number])[]]>([
    [
      'captured at once',
      'OrderConfirmed',
      [
        ['o.card', 'authorize', 3000],
        ['o.card', 'capture', 3000],
      ],
    ],
    [
      'captured as the goods leave',
      'OrderLinesFulfilled',
      [
        ['o.card', 'authorize', 3000],
        ['o.card', 'capture', 1000],
        ['o.card', 'capture', 2000],
      ],
    ],
    [
      'a declined card',
      'OrderRejected',
      [
        ['o.card', 'authorize', 1000],
        ['o.card', 'void', 1000],
        ['o.second', 'authorize', 2000],
      ],
    ],
    [
      'a card that covers half',
      'OrderRejected',
      [
        ['o.card', 'authorize', 3000],
        ['o.card', 'void', 1500],
      ],
    ],
    [
      'an edit that nobody has the goods for',
      'OrderLinesCancelled',
      [
        ['o.card', 'authorize', 3000],
        ['o.card', 'capture', 3000],
        ['o.second', 'authorize', 2000],
        ['o.second', 'void', 2000],
      ],
    ],
    [
      'an edit whose goods come from elsewhere',
      'OrderReallocated',
      [
        ['o.card', 'authorize', 3000],
        ['o.card', 'capture', 3000],
        ['o.second', 'authorize', 2000],
        ['o.second', 'capture', 2000],
      ],
    ],
    [
      'an edit after a cancellation that was refunded',
      'OrderReallocated',
      [
        ['o.card', 'authorize', 3000],
        ['o.card', 'capture', 3000],
        ['o.card', 'refund', 1000],
        ['o.second', 'authorize', 2000],
        ['o.second', 'capture', 2000],
      ],
    ],
    [
      'an edit after a cancellation that was given up',
      'OrderLinesFulfilled',
      [
        ['o.card', 'authorize', 3000],
        ['o.card', 'capture', 2000],
        ['o.card', 'void', 1000],
        ['o.second', 'authorize', 2000],
        ['o.second', 'capture', 2000],
      ],
    ],
    [
      'refunded in part by hand',
      'OrderLinesFulfilled',
      [
        ['o.card', 'authorize', 3000],
        ['o.card', 'capture', 1000],
        ['o.card', 'capture', 2000],
        ['o.card', 'refund', 500],
      ],
    ],
    ['sold out', 'OrderRejected', []],
    [
      'an authorization after the deadline',
      'OrderRejected',
      [
        ['o.card', 'authorize', 3000],
        ['o.card', 'void', 3000],
      ],
    ],
    [
      'cancelled before it left',
      'OrderLinesFulfilled',
      [
        ['o.card', 'authorize', 1000],
        ['o.card', 'capture', 1000],
        ['o.second', 'authorize', 2000],
        ['o.second', 'void', 2000],
      ],
    ],
    [
      'cancelled after capture',
      'OrderLinesCancelled',
      [
        ['o.card', 'authorize', 1000],
        ['o.card', 'capture', 1000],
        ['o.second', 'authorize', 2000],
        ['o.second', 'capture', 2000],
        ['o.second', 'refund', 2000],
      ],
    ],
    ['paid later in cash', 'OrderLinesFulfilled', []],
    [
      'paid later by a card that is declined, then by another',
      'OrderTendered',
      [
        ['o.card', 'authorize', 3000],
        ['o.second', 'authorize', 3000],
        ['o.second', 'capture', 3000],
      ],
    ],
    [
      'returned',
      'OrderLinesFulfilled',
      [
        ['o.card', 'authorize', 1000],
        ['o.card', 'capture', 1000],
        ['o.card', 'refund', 500],
        ['o.second', 'authorize', 2000],
        ['o.second', 'capture', 2000],
        ['o.second', 'refund', 2000],
      ],
    ],
    [
      'returned beyond what was captured',
      'OrderLinesFulfilled',
      [
        ['o.card', 'authorize', 3000],
        ['o.card', 'capture', 1000],
        ['o.card', 'refund', 1000],
      ],
    ],
  ])('%s', async (name, end, journal) => expect(await last(name)).toEqual({ order: end, journal }));

  it('not requested from a provider if it was paid in cash', async () => {
    const { payments: paid } = await outcome(await run(story('paid later in cash')));
    expect(paid[2]?.map(({ type }) => type)).toEqual(['PaymentAuthorized', 'PaymentCaptured']);
  });

  for (const [name, story] of Object.entries(stories)) {
    it(`the same after a crash at any point: ${name}`, async () => {
      const calm = await run(story);
      const expected = await outcome(calm);
      expect(expected.parked).toEqual([]);
      for (const [step, points] of calm.dispatches.entries()) {
        for (let at = 0; at < points; at++) {
          for (const moment of CRASH_MOMENTS) {
            expect(await outcome(await run(story, { step, at, moment }))).toEqual(expected);
          }
        }
      }
    });
  }
});

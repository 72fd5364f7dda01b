import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DomainError, lineTotal } from '#kernel';
import { planFulfillment } from '#sourcing';
import { aCause, atOnce } from '#testing';
import {
  type Allocation,
  type Candidate,
  type OrderCommand,
  type OrderDetails,
  type OrderEvent,
} from './order-messages.js';
import { order } from './order.js';
import { aLine, shop, terms } from './samples.js';

const { decide, evolve, initialState } = order.decider;
const orderId = 'o-1';

type Step = 'confirm' | 'reject' | 'expire' | 'hold' | 'release' | { lineId: string; quantity: number };

const someOrder = fc
  .record({
    currency: fc.constantFrom('JPY', 'GBP', 'KWD'),
    lines: fc.array(
      fc.record({
        quantity: fc.integer({ min: 1, max: 30 }),
        amount: fc.nat(99_999),
        scale: fc.nat(6),
        sku: fc.constantFrom('TEA', 'CUP'),
      }),
      { minLength: 1, maxLength: 5 },
    ),
  })
  .map(({ currency, lines }): OrderDetails => ({
    currency,
    charges: [],
    lines: lines.map(({ quantity, amount, scale, sku }, index) =>
      aLine(String(index), { quantity, sku, unitPrice: { amount, scale } }),
    ),
  }));

const someStock = fc.array(
  fc.record({ sku: fc.constantFrom('TEA', 'CUP'), locationId: fc.constantFrom('a', 'b', 'c'), available: fc.nat(40) }),
  { maxLength: 6 },
);

const someSteps = fc.array(
  fc.oneof(
    { weight: 1, arbitrary: fc.constantFrom<Step>('confirm', 'reject', 'expire', 'hold', 'release') },
    {
      weight: 3,
      arbitrary: fc.record({
        lineId: fc.integer({ min: 0, max: 4 }).map(String),
        quantity: fc.integer({ min: 1, max: 12 }),
      }),
    },
  ),
  { maxLength: 25 },
);

/** The state of an order and all its events. */
class History {
  readonly events: OrderEvent[] = [];
  state = initialState();

  /** A refusal changes nothing. */
  send(command: OrderCommand) {
    try {
      for (const event of decide(command, this.state, atOnce(aCause()))) {
        this.events.push(event);
        this.state = evolve(this.state, event, aCause());
        this.check();
      }
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
    }
  }

  private check() {
    for (const { ordered, open, allocated, fulfilled, cancelled } of this.state.lines.values()) {
      expect(open + allocated + fulfilled + cancelled).toBe(ordered);
      expect(Math.min(open, allocated, fulfilled, cancelled)).toBeGreaterThanOrEqual(0);
    }
  }

  get planned(): readonly Allocation[] {
    return this.events.flatMap((event) => (event.type === 'FulfillmentPlanned' ? event.data.allocations : []));
  }

  get cancellations() {
    return this.events.flatMap((event) => (event.type === 'OrderLinesCancelled' ? [event.data] : []));
  }
}

const commandOf = (step: Step, { planned, cancellations }: History): OrderCommand => {
  switch (step) {
    case 'confirm':
      return { type: 'ConfirmOrder', data: { orderId, allocations: planned } };
    case 'reject':
      return { type: 'RejectOrder', data: { orderId, reasons: [] } };
    case 'expire':
      return { type: 'ExpireCheckout', data: { orderId } };
    case 'hold':
      return { type: 'HoldOrder', data: { orderId, holdId: 'h', reason: '' } };
    case 'release':
      return { type: 'ReleaseOrderHold', data: { orderId, holdId: 'h' } };
    default:
      return {
        type: 'SettleCancellation',
        data: { orderId, cancellationId: String(cancellations.length), lines: [step], reason: '' },
      };
  }
};

const begin = (details: OrderDetails, stock: readonly Candidate[]) => {
  const history = new History();
  const channel = terms({ currency: details.currency, locations: ['a', 'b', 'c'].map((id) => shop(id)) });
  history.send({
    type: 'PlaceOrder',
    data: { ...details, orderId, terms: channel, plan: planFulfillment(orderId, details.lines, channel, stock) },
  });
  return history;
};

const totalOf = ({ lines, currency }: OrderDetails) =>
  lines.reduce((all, { unitPrice, quantity }) => all + lineTotal({ ...unitPrice, currency }, quantity).amount, 0);

describe('after any commands to an order', () => {
  it('each unit of a line is open, allocated, fulfilled or cancelled (I6)', () =>
    fc.assert(
      fc.property(someOrder, someStock, someSteps, (details, stock, steps) => {
        const history = begin(details, stock);
        for (const step of steps) history.send(commandOf(step, history));
      }),
    ));

  it('its total is the exact sum of its lines (I5)', () =>
    fc.assert(
      fc.property(someOrder, (details) => {
        const [placed] = begin(details, []).events;
        expect(placed).toMatchObject({ data: { total: totalOf(details) } });
      }),
    ));

  it('cancelling all units, in any steps, refunds exactly the total and releases exactly the reservations', () =>
    fc.assert(
      fc.property(someOrder, someStock, someSteps, (details, stock, steps) => {
        const history = begin(details, stock);
        history.send(commandOf('confirm', history));
        for (const step of steps) if (typeof step === 'object') history.send(commandOf(step, history));
        for (const [lineId, { allocated }] of [...history.state.lines]) {
          if (allocated > 0) history.send(commandOf({ lineId, quantity: allocated }, history));
        }
        expect(history.state.status).toBe('cancelled');
        expect(history.cancellations.reduce((all, { refund }) => all + refund, 0)).toBe(totalOf(details));
        for (const { reservationId, quantity } of history.planned) {
          const releases = history.cancellations
            .flatMap((one) => one.releases)
            .filter((one) => one.reservationId === reservationId);
          expect(releases.reduce((all, { by }) => all + by, 0)).toBe(quantity);
          expect(releases.at(-1)?.left).toBe(0);
        }
      }),
    ));
});

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DomainError, totalOf } from '#kernel';
import { aCause, atOnce } from '#testing';
import { type Charge, type OrderCommand, type OrderDetails, type OrderEvent } from './order-messages.js';
import { order } from './order.js';
import { aLine, placed } from './samples.js';
import { valueOfLines } from './line-value.js';

const { decide, evolve, initialState } = order.decider;
const orderId = 'o-1';

const aPrice = fc.record({ amount: fc.nat(99_999), scale: fc.nat(6) });

const someCharge = fc.record({
  kind: fc.constantFrom<Charge['kind']>('shipping', 'fee', 'discount', 'manual'),
  amount: fc.integer({ min: -5000, max: 5000 }),
});

/** In currencies of 0, 2 and 3 decimals. */
const someOrder = fc
  .record({
    currency: fc.constantFrom('JPY', 'EUR', 'KWD'),
    lines: fc.array(fc.record({ quantity: fc.integer({ min: 1, max: 30 }), unitPrice: aPrice }), {
      minLength: 1,
      maxLength: 5,
    }),
    charges: fc.array(someCharge, { maxLength: 4 }),
    payLater: fc.constantFrom({}, { payLater: true } as const),
  })
  .map(({ currency, lines, charges, payLater }): OrderDetails => ({
    currency,
    ...payLater,
    lines: lines.map((line, index) => aLine(String(index), line)),
    charges: charges.map(({ kind, amount }, index) => ({
      ...{ chargeId: String(index), kind, quantity: 1, unitPrice: { amount, scale: 2 } },
    })),
  }));

const STEPS = ['fulfill', 'cancel', 'return', 'announce', 'edit', 'pay', 'drop'] as const;

interface Step {
  readonly kind: (typeof STEPS)[number];
  readonly line: number;
  readonly quantity: number;
}

const someSteps = fc.array(
  fc.record({
    kind: fc.constantFrom(...STEPS),
    line: fc.nat(6),
    quantity: fc.integer({ min: 1, max: 12 }),
  }),
  { maxLength: 40 },
);

/** A confirmed order, whose lines each have a reservation of their own, and the events that follow. */
class History {
  readonly events: OrderEvent[] = [];
  state = initialState();

  /** Whether discounts exceed the price of a line. */
  private readonly hasNegativeValue: boolean;

  constructor(readonly details: OrderDetails) {
    this.hasNegativeValue = valueOfLines(details).some(({ goods, charges }) => Math.min(goods, charges) < 0);
    this.record(placed(details));
    this.record({
      type: 'OrderConfirmed',
      data: { allocations: details.lines.map(({ lineId, quantity }) => reservation(lineId, quantity)) },
    });
  }

  record(event: OrderEvent) {
    const before = this.account;
    this.events.push(event);
    this.state = evolve(this.state, event, aCause());
    this.checkReturnedTenders(event, before);
    for (const { ordered, open, allocated, fulfilled, cancelled, returned } of this.state.lines.values()) {
      expect(open + allocated + fulfilled + cancelled).toBe(ordered);
      expect(Math.min(open, allocated, fulfilled, cancelled, fulfilled - returned)).toBeGreaterThanOrEqual(0);
    }
  }

  /** A refusal changes nothing. */
  send(command: OrderCommand) {
    try {
      for (const event of decide(command, this.state, atOnce(aCause()))) this.record(event);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
    }
  }

  /** A return refunds exactly what the buyer has paid in excess of the goods that they keep. */
  private checkReturnedTenders({ type, data }: OrderEvent, before: History['account']) {
    if (!this.state.isPaidHere || this.hasNegativeValue) return;
    const { offered, givenBack, payable } = this.account;
    expect(givenBack).toBeLessThanOrEqual(offered);
    if (type !== 'OrderLinesReturned') return;
    expect(data.refund - (data.unpaid ?? 0)).toBe(givenBack - before.givenBack);
    expect(offered - givenBack).toBeLessThanOrEqual(payable);
  }

  private get account() {
    const { tenders, returnedTenders: givenBack, payable } = this.state;
    return { offered: [...tenders.values()].reduce((all, amount) => all + amount, 0), givenBack, payable };
  }

  sum(pick: (event: OrderEvent) => number) {
    return this.events.reduce((all, event) => all + pick(event), 0);
  }

  get valueOfEdits() {
    return this.sum(({ type, data }) => (type === 'OrderEditApplied' ? data.worth : 0));
  }
}

const reservation = (lineId: string, quantity: number) => ({
  ...{ reservationId: `r-${lineId}`, sku: 'TEA', locationId: 'london', quantity, lines: [{ lineId, quantity }] },
});

const commandsOf = (history: History, { kind, line, quantity }: Step, index: number): OrderCommand[] => {
  const lineId = [...history.state.lines.keys()][line % history.state.lines.size] ?? '';
  const lines = [{ lineId, quantity }];
  const returnId = `r-${index % 3}`;
  switch (kind) {
    case 'fulfill':
      return [
        {
          type: 'RecordFulfillment',
          data: { orderId, fulfillmentId: 'f', reservations: [{ reservationId: `r-${lineId}`, lines }] },
        },
      ];
    case 'cancel':
      return [{ type: 'SettleCancellation', data: { orderId, cancellationId: `c-${index}`, lines, reason: '' } }];
    case 'announce':
      return [{ type: 'AnnounceReturn', data: { orderId, returnId, lines } }];
    case 'return': {
      const refundCharges = quantity % 2 === 0 ? ({ refundCharges: true } as const) : {};
      return [{ type: 'RecordReturned', data: { orderId, returnId, lines, ...refundCharges } }];
    }
    case 'pay': {
      const tender = { tenderId: `t-${index}`, kind: 'cash', amount: quantity * 400 } as const;
      return [{ type: 'PayOrder', data: { orderId, tenders: [tender] } }];
    }
    case 'drop': {
      const tenderId = [...history.state.tenders.keys()].at(-1) ?? '';
      return [{ type: 'DropTender', data: { orderId, tenderId, reason: 'declined' } }];
    }
    case 'edit': {
      const editId = `e-${index}`;
      const add = [aLine(`new-${index}`, { quantity })];
      const allocations = [reservation(`new-${index}`, quantity)];
      return [
        { type: 'ProposeOrderEdit', data: { orderId, editId, add, remove: [] } },
        { type: 'ApplyOrderEdit', data: { orderId, editId } },
        { type: 'ReallocateOrder', data: { orderId, releases: [], allocations } },
      ];
    }
  }
};

/** Cancels all units that have not left. */
const cancelRest = (history: History) => {
  for (const [lineId, { open, allocated }] of [...history.state.lines]) {
    if (open + allocated === 0) continue;
    const lines = [{ lineId, quantity: open + allocated }];
    history.send({
      type: 'SettleCancellation',
      data: { orderId, cancellationId: `last-${lineId}`, lines, reason: '' },
    });
  }
};

describe('the money of an order', () => {
  it('is the value of its lines to the minor unit, with discounts and charges', () =>
    fc.assert(
      fc.property(someOrder, (details) => {
        const worth = valueOfLines(details).reduce((all, { goods, charges }) => all + goods + charges, 0);
        const total = totalOf([...details.lines, ...details.charges], details.currency);
        expect(worth).toBe(total);
        const parts = valueOfLines(details).flatMap(({ goods, charges }) => [goods, charges]);
        if (total >= 0) expect(Math.min(...parts)).toBeGreaterThanOrEqual(0);
      }),
    ));

  it('adds up: fulfilled and cancelled values are the total and the value of edits (I5, I6)', () =>
    fc.assert(
      fc.property(someOrder, someSteps, (details, steps) => {
        const history = new History(details);
        for (const [index, step] of steps.entries()) {
          for (const command of commandsOf(history, step, index)) history.send(command);
        }
        cancelRest(history);
        const left = history.sum(({ type, data }) => (type === 'OrderLinesFulfilled' ? data.due : 0));
        const cancelled = history.sum(({ type, data }) => (type === 'OrderLinesCancelled' ? data.refund : 0));
        const total = totalOf([...details.lines, ...details.charges], details.currency);
        expect(left + cancelled).toBe(total + history.valueOfEdits);
      }),
    ));

  it('is refunded exactly, with charges and never below 0, when all fulfilled units are returned in any number of steps (I7)', () =>
    fc.assert(
      fc.property(someOrder, fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 9 }), (details, parts) => {
        const history = new History(details);
        for (const { lineId, quantity } of details.lines) {
          const reservations = [{ reservationId: `r-${lineId}`, lines: [{ lineId, quantity }] }];
          history.send({ type: 'RecordFulfillment', data: { orderId, fulfillmentId: 'f', reservations } });
        }
        for (const quantity of [...parts, 1_000_000]) {
          for (const { lineId } of details.lines) {
            const lines = [{ lineId, quantity }];
            history.send({ type: 'RecordReturned', data: { orderId, returnId: 'r', lines, refundCharges: true } });
          }
        }
        const due = history.sum(({ type, data }) => (type === 'OrderLinesFulfilled' ? data.due : 0));
        const refunded = history.sum(({ type, data }) => (type === 'OrderLinesReturned' ? data.refund : 0));
        expect(refunded).toBe(Math.max(0, due)); // an order that is worth less than 0 refunds nothing
      }),
    ));
});

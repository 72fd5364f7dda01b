import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DomainError, type Cause } from '#kernel';
import { aCause } from '#testing';
import { stockItem, type StockCommand, type StockEvent } from './stock-item.js';

const { decider } = stockItem;

const day = (n: number) => new Date(Date.UTC(2026, 0, n)).toISOString();

const quantity = fc.integer({ min: 1, max: 5 });
const reservationId = fc.integer({ min: 1, max: 12 }).map((n) => `r-${n}`);
const owner = fc.constant({ type: 'order', id: 'order-1' });
const promisedFor = fc.option(fc.integer({ min: 10, max: 13 }).map(day), { nil: undefined });
const kind = fc.constant('hard');
const ref = fc.constant('x');
const does = (type: StockCommand['type'], data: Record<string, fc.Arbitrary<unknown>>) =>
  fc.record(data).map((made) => ({ type, data: made }) as unknown as StockCommand);

/** Much is asked for, little comes. */
const command = fc.oneof(
  { arbitrary: does('ReserveStock', { reservationId, quantity, kind, owner, promisedFor }), weight: 8 },
  { arbitrary: does('ReceiveStock', { quantity, ref }), weight: 3 },
  does('ReserveStock', { reservationId, quantity, kind, owner, replaces: reservationId }),
  does('ReleaseReservation', { reservationId, reason: ref }),
  does('ReduceReservation', { reservationId, by: quantity }),
  does('ConsumeReservation', { reservationId, ref, quantity }),
  does('ConsumeReservation', { reservationId, ref }),
  does('AdjustStock', { delta: fc.integer({ min: -3, max: 3 }), reason: ref, ref }),
  does('MarkStockUnavailable', { quantity, reason: fc.constant('display'), ref }),
  does('MarkStockAvailable', { quantity, reason: fc.constant('display'), ref }),
);
const history = fc.array(fc.record({ command, at: fc.integer({ min: 1, max: 5 }).map(day) }), {
  minLength: 20,
  maxLength: 60,
  size: 'max',
});

interface Waiter {
  units: number;
  waits: number;
  /** Promise and age: who has the smaller comes first. */
  readonly place: string;
}

const onSaleBy = ({ type, data }: StockEvent) => {
  if (type === 'StockAdjusted') return data.delta;
  if (type === 'StockReceived' || type === 'StockMadeAvailable') return data.quantity;
  return type === 'StockIssued' || type === 'StockMadeUnavailable' ? -data.quantity : 0;
};

/** What the events say, added up apart from the stock's own fold. */
class Told {
  private onSale = 0;
  readonly waiters = new Map<string, Waiter>();

  see(event: StockEvent, { occurredAt }: Cause): void {
    const { type, data } = event;
    this.onSale += onSaleBy(event);
    if (type === 'StockReserved') {
      const place = `${data.promisedFor ?? 'never'} ${data.since ?? occurredAt}`;
      this.waiters.set(data.reservationId, { units: data.quantity, waits: data.backordered ?? 0, place });
    } else if ('reservationId' in data) {
      const waiter = this.waiters.get(data.reservationId);
      if (waiter) this.goOn(event, waiter);
    }
  }

  private goOn({ type, data }: StockEvent, waiter: Waiter) {
    if (type === 'BackorderFilled') waiter.waits -= data.quantity;
    if (type === 'ReservationReduced' || type === 'ReservationPartlyConsumed') {
      waiter.units = data.left;
      waiter.waits -= data.backordered ?? 0;
    }
    if (type === 'ReservationReleased' || type === 'ReservationConsumed') {
      expect(data.backordered ?? 0).toBe(waiter.waits);
      this.waiters.delete(data.reservationId);
    }
  }

  get covered() {
    return this.waiters.values().reduce((all, { units, waits }) => all + units - waits, 0);
  }

  get sellable() {
    return Math.max(0, this.onSale);
  }

  get queue() {
    return [...this.waiters.values()].filter(({ waits }) => waits > 0);
  }
}

const decide = (one: StockCommand, state: ReturnType<typeof decider.initialState>, cause: Cause) => {
  try {
    return decider.decide(one, state, cause);
  } catch (error) {
    if (error instanceof DomainError) return [];
    throw error;
  }
};

const carryOut = (commands: readonly { command: StockCommand; at: string }[], look: (told: Told) => Look) => {
  const state = decider.initialState();
  const told = new Told();
  const limited: StockEvent = { type: 'BackorderLimitSet', data: { limit: 30 } };
  decider.evolve(state, limited, aCause());
  for (const { command: one, at } of commands) {
    const cause = aCause({ occurredAt: at });
    const { before, after } = look(told);
    for (const event of decide(one, state, cause)) {
      before?.(event);
      told.see(event, cause);
      decider.evolve(state, event, cause);
    }
    after?.();
    expect(state).toMatchObject({ backordered: told.queue.reduce((all, { waits }) => all + waits, 0) });
  }
};

interface Look {
  readonly before?: (event: StockEvent) => void;
  readonly after?: () => void;
}

const holds = (look: (told: Told) => Look) =>
  fc.assert(
    fc.property(history, (commands) => carryOut(commands, look)),
    { numRuns: 300 },
  );

it('goods go to the earliest promise, then to the oldest', () =>
  holds((told) => ({
    before: ({ type, data }) => {
      if (type !== 'BackorderFilled') return;
      const filled = told.waiters.get(data.reservationId);
      expect(filled?.waits).toBe(data.quantity + data.left);
      for (const { place } of told.queue) expect(place >= (filled?.place ?? '~')).toBe(true);
    },
  })));

it('no more is filled than there is', () =>
  holds((told) => ({
    before: ({ type, data }) => {
      if (type === 'BackorderFilled') expect(told.covered + data.quantity).toBeLessThanOrEqual(told.sellable);
    },
  })));

it('no unit is left, nor passes to a new reservation, while somebody waits', () =>
  holds((told) => ({
    before: ({ type, data }) => {
      if (type === 'StockReserved' && data.since === undefined && told.queue.length > 0) {
        expect(data.backordered).toBe(data.quantity);
      }
    },
    after: () => {
      if (told.queue.length > 0) expect(told.covered).toBeGreaterThanOrEqual(told.sellable);
    },
  })));

it('nobody waits for less than nothing, or for more than is reserved', () =>
  holds((told) => ({
    after: () => {
      for (const { units, waits } of told.waiters.values()) {
        expect(waits).toBeGreaterThanOrEqual(0);
        expect(waits).toBeLessThanOrEqual(units);
      }
    },
  })));

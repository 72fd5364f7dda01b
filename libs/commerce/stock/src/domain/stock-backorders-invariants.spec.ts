import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DomainError, type Cause } from '#kernel';
import { aCause, atOnce } from '#testing';
import { stockItem, type StockCommand, type StockEvent } from './stock-item.js';

const { decider } = stockItem;

const day = (n: number) => new Date(Date.UTC(2026, 0, n)).toISOString();

const quantity = fc.integer({ min: 1, max: 5 });
const reservationId = fc.integer({ min: 1, max: 12 }).map((n) => `r-${n}`);
const owner = fc.constant({ type: 'order', id: 'order-1' });
const promisedFor = fc.option(fc.integer({ min: 10, max: 13 }).map(day), { nil: undefined });
const kind = fc.constant('hard');
const ref = fc.constant('x');
const anyCommand = (type: StockCommand['type'], data: Record<string, fc.Arbitrary<unknown>>) =>
  fc.record(data).map((made) => ({ type, data: made }) as unknown as StockCommand);

/** Much is requested, little arrives. */
const command = fc.oneof(
  { arbitrary: anyCommand('ReserveStock', { reservationId, quantity, kind, owner, promisedFor }), weight: 8 },
  { arbitrary: anyCommand('ReceiveStock', { quantity, ref }), weight: 3 },
  anyCommand('ReserveStock', { reservationId, quantity, kind, owner, replaces: reservationId }),
  anyCommand('ReleaseReservation', { reservationId, reason: ref }),
  anyCommand('ReduceReservation', { reservationId, by: quantity }),
  anyCommand('ConsumeReservation', { reservationId, ref, quantity }),
  anyCommand('ConsumeReservation', { reservationId, ref }),
  anyCommand('AdjustStock', { delta: fc.integer({ min: -3, max: 3 }), reason: ref, ref }),
  anyCommand('MarkStockUnavailable', { quantity, reason: fc.constant('display'), ref }),
  anyCommand('MarkStockAvailable', { quantity, reason: fc.constant('display'), ref }),
);
const history = fc.array(fc.record({ command, at: fc.integer({ min: 1, max: 5 }).map(day) }), {
  minLength: 20,
  maxLength: 60,
  size: 'max',
});

interface ModelReservation {
  quantity: number;
  backordered: number;
  /** Promised date and age; the smallest is filled first. */
  readonly rank: string;
}

const sellableChange = ({ type, data }: StockEvent) => {
  if (type === 'StockAdjusted') return data.delta;
  if (type === 'StockReceived' || type === 'StockMadeAvailable') return data.quantity;
  return type === 'StockIssued' || type === 'StockMadeUnavailable' ? -data.quantity : 0;
};

/** A second fold of the events, independent of the one under test. */
class Model {
  private sellableChanges = 0;
  readonly reservations = new Map<string, ModelReservation>();

  apply(event: StockEvent, { occurredAt }: Cause): void {
    const { type, data } = event;
    this.sellableChanges += sellableChange(event);
    if (type === 'StockReserved') {
      const rank = `${data.promisedFor ?? 'never'} ${data.since ?? occurredAt}`;
      this.reservations.set(data.reservationId, { quantity: data.quantity, backordered: data.backordered ?? 0, rank });
    } else if ('reservationId' in data) {
      const reservation = this.reservations.get(data.reservationId);
      if (reservation) this.change(event, reservation);
    }
  }

  private change({ type, data }: StockEvent, reservation: ModelReservation) {
    if (type === 'BackorderFilled') reservation.backordered -= data.quantity;
    if (type === 'ReservationReduced' || type === 'ReservationPartlyConsumed') {
      reservation.quantity = data.left;
      reservation.backordered -= data.backordered ?? 0;
    }
    if (type === 'ReservationReleased' || type === 'ReservationConsumed') {
      expect(data.backordered ?? 0).toBe(reservation.backordered);
      this.reservations.delete(data.reservationId);
    }
  }

  get covered() {
    return this.reservations.values().reduce((all, { quantity, backordered }) => all + quantity - backordered, 0);
  }

  get sellable() {
    return Math.max(0, this.sellableChanges);
  }

  get queue() {
    return [...this.reservations.values()].filter(({ backordered }) => backordered > 0);
  }
}

const decide = (one: StockCommand, state: ReturnType<typeof decider.initialState>, cause: Cause) => {
  try {
    return decider.decide(one, state, atOnce(cause));
  } catch (error) {
    if (error instanceof DomainError) return [];
    throw error;
  }
};

const carryOut = (commands: readonly { command: StockCommand; at: string }[], checksOf: (model: Model) => Checks) => {
  const state = decider.initialState();
  const model = new Model();
  const limited: StockEvent = { type: 'BackorderLimitSet', data: { limit: 30 } };
  decider.evolve(state, limited, aCause());
  for (const { command: one, at } of commands) {
    const cause = aCause({ occurredAt: at });
    const { before, after } = checksOf(model);
    for (const event of decide(one, state, cause)) {
      before?.(event);
      model.apply(event, cause);
      decider.evolve(state, event, cause);
    }
    after?.();
    expect(state).toMatchObject({ backordered: model.queue.reduce((all, { backordered }) => all + backordered, 0) });
  }
};

interface Checks {
  readonly before?: (event: StockEvent) => void;
  readonly after?: () => void;
}

const always = (checksOf: (model: Model) => Checks) =>
  fc.assert(
    fc.property(history, (commands) => carryOut(commands, checksOf)),
    { numRuns: 300 },
  );

it('backorders are filled by promised date, then by age', () =>
  always((model) => ({
    before: ({ type, data }) => {
      if (type !== 'BackorderFilled') return;
      const filled = model.reservations.get(data.reservationId);
      expect(filled?.backordered).toBe(data.quantity + data.left);
      for (const { rank } of model.queue) expect(rank >= (filled?.rank ?? '~')).toBe(true);
    },
  })));

it('no more backorders are filled than there are uncommitted units', () =>
  always((model) => ({
    before: ({ type, data }) => {
      if (type === 'BackorderFilled') expect(model.covered + data.quantity).toBeLessThanOrEqual(model.sellable);
    },
  })));

it('no unit stays uncommitted or goes to a new reservation while older ones are backordered', () =>
  always((model) => ({
    before: ({ type, data }) => {
      if (type === 'StockReserved' && data.since === undefined && model.queue.length > 0) {
        expect(data.backordered).toBe(data.quantity);
      }
    },
    after: () => {
      if (model.queue.length > 0) expect(model.covered).toBeGreaterThanOrEqual(model.sellable);
    },
  })));

it('a reservation has between 0 and all of its units backordered', () =>
  always((model) => ({
    after: () => {
      for (const { quantity, backordered } of model.reservations.values()) {
        expect(backordered).toBeGreaterThanOrEqual(0);
        expect(backordered).toBeLessThanOrEqual(quantity);
      }
    },
  })));

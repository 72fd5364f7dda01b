import { asPosition } from '#event-store';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type RecordedAs } from '#projections';
import { aCause, aRecorded, atOnce } from '#testing';
import { DomainError } from '#kernel';
import { sellableUnits, stockItem, type StockCommand, type StockEvent } from '../domain/stock-item.js';
import { explainStock } from './explain-stock.js';
import { openReservations, type OpenReservation } from './open-reservations.projection.js';
import { stockMovements } from './stock-movements.projection.js';
import { reservedUnits, stockPosition, type StockPosition } from './stock-position.projection.js';

const STREAM = 'stock-85123A~london-1';
const PLACE = { sku: '85123A', locationId: 'london-1' };
const LATER = '2026-01-01T13:00:00.000Z';

const log = (events: readonly StockEvent[]): RecordedAs<StockEvent>[] =>
  events.map(
    (event, revision) =>
      aRecorded(STREAM, event, {
        revision,
        position: asPosition(10 * revision + 5),
        recordedAt: 1000 * revision,
      }) as never,
  );

const position = (...events: StockEvent[]) =>
  log(events).reduce<StockPosition | undefined>((row, one) => stockPosition.project(row, one, PLACE), undefined);

const openAfter = (...events: StockEvent[]): OpenReservation[] => {
  const rows = new Map<string, OpenReservation>();
  for (const recorded of log(events)) {
    for (const key of openReservations.keysOf(recorded)) {
      const after = openReservations.project(rows.get(key.reservationId), recorded, key);
      if (after) rows.set(key.reservationId, after);
      else rows.delete(key.reservationId);
    }
  }
  return [...rows.values()];
};

const owner = { type: 'order', id: 'order-1' } as const;
const hard = (reservationId: string, quantity: number) => ({ reservationId, quantity, kind: 'hard', owner }) as const;
const received = (quantity: number): StockEvent => ({ type: 'StockReceived', data: { quantity, ref: 'd-1' } });
const issued = (quantity: number): StockEvent => ({
  type: 'StockIssued',
  data: { quantity, cause: 'store-sale', ref: 'till-1' },
});
const reserved = (reservationId: string, quantity: number, kind: 'soft' | 'hard' = 'hard'): StockEvent => ({
  type: 'StockReserved',
  data: { reservationId, quantity, kind, owner, ...(kind === 'soft' && { expiresAt: LATER }) },
});
const ended = (
  type: 'ReservationReleased' | 'ReservationExpired' | 'ReservationConsumed',
  reservationId: string,
  quantity: number,
) => ({ type, data: { reservationId, quantity, kind: 'hard', owner, reason: 'test', ref: 'test' } }) as StockEvent;
const announced = (ref: string, quantity: number, eta: string): StockEvent => ({
  type: 'IncomingStockAnnounced',
  data: { ref, quantity, eta },
});

describe('the stock position', () => {
  it('adds up received, issued, adjusted and restocked units', () =>
    expect(
      position(
        received(10),
        issued(3),
        { type: 'StockAdjusted', data: { delta: -2, reason: 'count', ref: 'c-1' } },
        { type: 'StockRestocked', data: { quantity: 1, returnId: 'r-1', disposition: 'restock' } },
      ),
    ).toMatchObject({ onHand: 6, received: 10, issued: 3, adjusted: -2, restocked: 1, unavailable: 0 }));

  it('counts damaged returns as unavailable until they are made available', () => {
    const damaged: StockEvent = {
      type: 'StockRestocked',
      data: { quantity: 2, returnId: 'r-1', disposition: 'damaged' },
    };
    const back: StockEvent = { type: 'StockMadeAvailable', data: { quantity: 1, reason: 'damaged', ref: 'd-2' } };
    expect(position(damaged, back)).toMatchObject({ onHand: 2, unavailable: 1 });
  });

  it('counts soft and hard reservations separately', () =>
    expect(
      position(received(9), reserved('a', 2, 'soft'), reserved('b', 3), {
        type: 'ReservationFirmed',
        data: { reservationId: 'a', quantity: 2 },
      }),
    ).toMatchObject({ softReserved: 0, hardReserved: 5 }));

  it('shows the earliest announced delivery, without those that arrived or were cancelled', () => {
    const late = announced('po-1', 5, '2026-03-01T00:00:00.000Z');
    const soon = announced('po-2', 7, '2026-02-01T00:00:00.000Z');
    expect(position(late, soon)).toMatchObject({ incoming: 12, nextEta: '2026-02-01T00:00:00.000Z' });
    const arrived: StockEvent = { type: 'IncomingStockArrived', data: { ref: 'po-2', quantity: 7 } };
    expect(position(late, soon, arrived)).toMatchObject({ incoming: 5, nextEta: '2026-03-01T00:00:00.000Z' });
    const off: StockEvent = { type: 'IncomingStockChanged', data: { ref: 'po-1', quantity: 0, eta: LATER } };
    expect(position(late, off)).toMatchObject({ incoming: 0, incomingDue: [], nextEta: null });
  });

  it('distinguishes backordered units from a shortfall of covered units', () => {
    const waits: StockEvent = { type: 'StockReserved', data: { ...hard('a', 7), backordered: 2 } };
    const filled: StockEvent = {
      type: 'BackorderFilled',
      data: { reservationId: 'a', quantity: 1, left: 1, owner },
    };
    expect(position(received(5), waits)).toMatchObject({ backordered: 2, shortfall: 0 });
    expect(position(received(5), waits, issued(4))).toMatchObject({ backordered: 2, shortfall: 4 });
    expect(position(received(5), waits, received(1), filled)).toMatchObject({ backordered: 1, shortfall: 0 });
    expect(position(received(5), issued(7))).toMatchObject({ onHand: -2, backordered: 0, shortfall: 2 });
  });
});

describe('open reservations', () => {
  it('shows when a soft reservation expires, after it is extended or made firm too', () => {
    const extended: StockEvent = { type: 'ReservationExtended', data: { reservationId: 'a', expiresAt: LATER } };
    const firmed: StockEvent = { type: 'ReservationFirmed', data: { reservationId: 'a', quantity: 2 } };
    expect(openAfter(reserved('a', 2, 'soft'))).toMatchObject([
      { ...PLACE, quantity: 2, kind: 'soft', expiresAt: LATER },
    ]);
    expect(openAfter(reserved('a', 2, 'soft'), extended)).toMatchObject([{ kind: 'soft', expiresAt: LATER }]);
    expect(openAfter(reserved('a', 2, 'soft'), firmed)).toMatchObject([{ kind: 'hard', expiresAt: null }]);
  });

  it('shows the remaining units of a reduced reservation', () =>
    expect(
      openAfter(reserved('a', 5), {
        type: 'ReservationReduced',
        data: { reservationId: 'a', by: 2, left: 3, kind: 'hard', owner },
      }),
    ).toMatchObject([{ quantity: 3 }]));

  it.each(['ReservationReleased', 'ReservationExpired', 'ReservationConsumed'] as const)('shows none after %s', (end) =>
    expect(openAfter(reserved('a', 2), ended(end, 'a', 2))).toEqual([]),
  );

  it('does not show a declined reservation', () =>
    expect(
      openAfter({ type: 'StockReservationDeclined', data: { reservationId: 'a', quantity: 2, available: 0, owner } }),
    ).toEqual([]));
});

describe('for any history', () => {
  const quantity = fc.integer({ min: 1, max: 9 });
  const reservationId = fc.integer({ min: 1, max: 10 }).map(String);
  const kind = fc.constantFrom('soft' as const, 'hard' as const);
  const aCommand = (type: StockCommand['type'], data: Record<string, fc.Arbitrary<unknown>>) =>
    fc.record({ type: fc.constant(type), data: fc.record(data) }) as fc.Arbitrary<never>;
  const ref = fc.constantFrom('x', 'y');
  const command: fc.Arbitrary<StockCommand> = fc.oneof(
    aCommand('ReceiveStock', { quantity: fc.integer({ min: 10, max: 40 }), ref }),
    aCommand('AdjustStock', { delta: fc.integer({ min: -9, max: 9 }), reason: ref, ref }),
    aCommand('RecordStockIssue', { quantity, cause: fc.constant('store-sale'), ref }),
    aCommand('RestockReturn', {
      quantity,
      returnId: ref,
      disposition: fc.constantFrom('restock', 'damaged', 'refurbish'),
    }),
    aCommand('MarkStockUnavailable', { quantity, reason: fc.constant('display'), ref }),
    aCommand('MarkStockAvailable', { quantity, reason: fc.constant('display'), ref }),
    aCommand('AnnounceIncomingStock', { quantity, ref, eta: fc.constantFrom(LATER, '2026-02-01T00:00:00.000Z') }),
    aCommand('SetBackorderLimit', { limit: fc.integer({ min: 0, max: 5 }) }),
    aCommand('ReserveStock', {
      reservationId,
      quantity,
      kind,
      owner: fc.constant(owner),
      expiresAt: fc.constant(LATER),
    }),
    aCommand('FirmReservation', { reservationId }),
    aCommand('ReduceReservation', { reservationId, by: fc.integer({ min: 1, max: 4 }) }),
    aCommand('ReleaseReservation', { reservationId, reason: ref }),
    aCommand('ConsumeReservation', { reservationId, ref }),
    aCommand('ConsumeReservation', { reservationId, ref, quantity: fc.integer({ min: 1, max: 4 }) }),
  );

  const run = (commands: readonly StockCommand[]) => {
    const { decider } = stockItem;
    const [state, events] = [decider.initialState(), [] as StockEvent[]];
    for (const one of commands) {
      const cause = aCause();
      try {
        for (const event of decider.decide(one, state, atOnce(cause))) {
          decider.evolve(state, event, cause);
          events.push(event);
        }
      } catch (error) {
        if (!(error instanceof DomainError)) throw error;
      }
    }
    return { state, events };
  };

  const forAnyHistory = (holds: (history: ReturnType<typeof run>) => void) =>
    fc.assert(fc.property(fc.array(command, { maxLength: 80, size: 'max' }), (commands) => holds(run(commands))));

  it('the stock position conserves units and agrees with the state of the decider', () =>
    forAnyHistory(({ state, events }) => {
      const at = position(...events);
      if (!at) return;
      expect(at.onHand).toBe(at.received + at.restocked + at.adjusted - at.issued);
      expect(at.incoming).toBe(at.incomingDue.reduce((all, one) => all + one.quantity, 0));
      const { onHand, unavailableTotal: unavailable, backorderLimit } = state;
      expect(at).toMatchObject({ onHand, unavailable, backorderLimit });
      expect(reservedUnits(at)).toBe(state.reserved);
      expect(at.backordered).toBe(state.backordered);
      expect(at.backordered + at.shortfall).toBeGreaterThanOrEqual(state.reserved - sellableUnits(state));
    }));

  it('open reservations are the active reservations of the decider', () =>
    forAnyHistory(({ state, events }) => {
      const summary = (one: Pick<OpenReservation, 'reservationId' | 'quantity' | 'backordered' | 'kind'>) =>
        [one.reservationId, one.quantity, one.backordered, one.kind] as const;
      const open = openAfter(...events).map(summary);
      const active = [...state.reservations.values()].map(summary);
      expect(open.toSorted()).toEqual(active.toSorted());
    }));

  it('movements add up to on hand', () =>
    forAnyHistory(({ state, events }) => {
      const movements = log(events).flatMap((recorded) => stockMovements.rowsOf(recorded));
      expect(movements.reduce((all, movement) => all + movement.quantity, 0)).toBe(state.onHand);
    }));

  it('the explanation at any instant ends in what the stock position showed then', () =>
    forAnyHistory(({ events }) => {
      const recorded = log(events);
      for (let length = 0; length <= recorded.length; length++) {
        const { level, events: steps } = explainStock(recorded, { asOf: 1000 * (length - 1) });
        const row = position(...events.slice(0, length));
        const { revision, position: at } = recorded[length - 1] ?? {};
        expect(level).toEqual(row ? { ...row, revision, position: at } : null);
        expect(steps.map(({ revision: place }) => place)).toEqual([...Array(length).keys()]);
        expect(steps.reduce((all, { atpEffect }) => all + atpEffect, 0)).toBe(row ? free(row) : 0);
      }
    }));
});

const free = (at: StockPosition) => Math.max(0, at.onHand - at.unavailable - reservedUnits(at));

it('the explanation of the last events says the same of them as that of all', () => {
  const recorded = log([received(10), reserved('a', 2), issued(9)]);
  const { level, events } = explainStock(recorded);
  for (const limit of [0, 1, 2, 3, 4])
    expect(explainStock(recorded, { limit })).toEqual({
      level,
      events: events.slice(events.length - Math.min(limit, 3)),
    });
});

it('the explanation describes each event in a sentence', () => {
  const { events } = explainStock(log([received(10), reserved('a', 2), issued(9)]));
  expect(events.map(({ text, onHandAfter, reservedAfter, atpEffect }) => [text, onHandAfter, reservedAfter, atpEffect]))
    // prettier-ignore
    .toEqual([
      ['10 × 85123A received at london-1 (d-1)', 10, 0, 10],
      ['2 × 85123A reserved at london-1', 10, 2, -2],
      ['9 × 85123A left london-1: store-sale (till-1)', 1, 2, -8],
    ]);
});

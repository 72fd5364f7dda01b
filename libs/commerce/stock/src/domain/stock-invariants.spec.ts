import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DomainError, type Cause } from '#kernel';
import { aCause, atOnce } from '#testing';
import { onHandChange, stockItem, type StockCommand, type StockEvent, type StockItem } from './stock-item.js';

const { decider, snapshot } = stockItem;

/** ISO 8601 of a minute of the day of the test. */
const time = (minute: number) => new Date(Date.UTC(2026, 0, 1) + minute * 60_000).toISOString();

interface Sent {
  readonly command: StockCommand;
  readonly minute: number;
}

interface Logged {
  readonly event: StockEvent;
  readonly cause: Cause;
}

/** Sends each command to one stock item, as the runner would; a refused command records nothing. */
const carryOut = (history: readonly Sent[], onSend?: (log: readonly Logged[], state: StockItem) => void) => {
  let state = decider.initialState();
  const log: Logged[] = [];
  for (const { command, minute } of history) {
    const cause = aCause({ occurredAt: time(minute) });
    for (const event of decideOrRefuse(command, state, cause)) {
      state = decider.evolve(state, event, cause);
      log.push({ event, cause });
    }
    onSend?.(log, state);
  }
  return { state, log };
};

const decideOrRefuse = (command: StockCommand, state: ReturnType<typeof decider.initialState>, cause: Cause) => {
  try {
    return decider.decide(command, state, atOnce(cause));
  } catch (error) {
    if (error instanceof DomainError) return [];
    throw error;
  }
};

const quantity = fc.integer({ min: 1, max: 8 });
const minute = fc.integer({ min: 0, max: 300 });
const ref = fc.constantFrom('a', 'b', 'c');
const reservationId = fc.constantFrom('r-1', 'r-2', 'r-3', 'r-4', 'r-5', 'r-6');
const reason = fc.constantFrom('damaged', 'display', 'quarantine');
const anyCommand = (type: StockCommand['type'], data: Record<string, fc.Arbitrary<unknown>>) =>
  fc.record(data).map((made) => ({ type, data: made }) as unknown as StockCommand);

const reserve = anyCommand('ReserveStock', {
  reservationId,
  quantity,
  keep: fc.nat(3),
  kind: fc.constantFrom('soft', 'hard'),
  owner: fc.constant({ type: 'order', id: 'order-1' }),
  expiresAt: minute.map(time),
  promisedFor: fc.option(minute.map(time), { nil: undefined }),
});

const takeOver = anyCommand('ReserveStock', {
  reservationId,
  quantity,
  kind: fc.constant('hard'),
  owner: fc.constant({ type: 'order', id: 'order-1' }),
  replaces: reservationId,
});

const command = fc.oneof(
  { arbitrary: reserve, weight: 6 },
  { arbitrary: anyCommand('ReceiveStock', { quantity, ref, incomingRef: ref }), weight: 3 },
  anyCommand('RecordStockCount', {
    countId: fc.integer({ min: 1, max: 40 }).map((id) => `count-${id}`),
    counted: fc.nat(20),
    asOf: minute.map(time),
    sourceSeq: fc.nat(40),
  }),
  anyCommand('AdjustStock', { delta: fc.integer({ min: -5, max: 5 }), reason: fc.constant('found'), ref }),
  anyCommand('MarkStockUnavailable', { quantity, reason, ref }),
  anyCommand('MarkStockAvailable', { quantity, reason, ref }),
  anyCommand('AnnounceIncomingStock', { ref, quantity, eta: minute.map(time) }),
  anyCommand('ChangeIncomingStock', { ref, quantity: fc.nat(5), eta: minute.map(time) }),
  anyCommand('SetBackorderLimit', { limit: fc.nat(4) }),
  anyCommand('ExtendReservation', { reservationId, expiresAt: minute.map(time) }),
  anyCommand('FirmReservation', { reservationId }),
  anyCommand('ReduceReservation', { reservationId, by: quantity }),
  anyCommand('ReleaseReservation', { reservationId, reason: fc.constant('cancelled') }),
  anyCommand('ExpireReservation', { reservationId }),
  anyCommand('ConsumeReservation', { reservationId, ref }),
  anyCommand('ConsumeReservation', { reservationId, ref, quantity }),
  takeOver,
  anyCommand('RecordStockIssue', { quantity, cause: fc.constant('store-sale'), ref }),
  anyCommand('RestockReturn', {
    quantity,
    returnId: ref,
    disposition: fc.constantFrom('restock', 'refurbish', 'damaged'),
  }),
);

const history = fc.array(fc.record({ command, minute }), { maxLength: 80, size: 'max' });

const starts = (event: StockEvent) => event.type === 'StockReserved';
const ends = ({ type }: StockEvent) =>
  type === 'ReservationReleased' || type === 'ReservationExpired' || type === 'ReservationConsumed';
/** The reservation that an event starts, changes or ends; none for a declined one. */
const reservationOf = (event: StockEvent) =>
  event.type !== 'StockReservationDeclined' && 'reservationId' in event.data ? event.data.reservationId : undefined;

/** The quantities of a log, by a second fold that is independent of the one under test. */
const addUp = (log: readonly Logged[]) => {
  const events = log.map(({ event }) => event);
  const add = (...types: StockEvent['type'][]) =>
    events.filter(({ type }) => types.includes(type)).reduce((all, { data }) => all + unitsOf(data), 0);
  const unsellable = events.filter(({ data }) => 'disposition' in data && data.disposition !== 'restock');
  const reserved = new Map<string, number>();
  for (const event of events) addReservation(reserved, event);
  return {
    onHand: add('StockReceived', 'StockRestocked', 'StockAdjusted') - add('StockIssued'),
    unavailable:
      add('StockMadeUnavailable') -
      add('StockMadeAvailable') +
      unsellable.reduce((n, { data }) => n + unitsOf(data), 0),
    limit: events.findLast((event) => event.type === 'BackorderLimitSet')?.data.limit ?? 0,
    reserved,
    reservedTotal: reserved.values().reduce((all, one) => all + one, 0),
  };
};

const unitsOf = (data: StockEvent['data']) => ('delta' in data ? data.delta : 'quantity' in data ? data.quantity : 0);

const addReservation = (reserved: Map<string, number>, event: StockEvent) => {
  const { type, data } = event;
  if (type === 'StockReserved') reserved.set(data.reservationId, data.quantity);
  if (type === 'ReservationReduced' || type === 'ReservationPartlyConsumed')
    reserved.set(data.reservationId, data.left);
  if (ends(event)) reserved.delete(reservationOf(event) ?? '');
};

const backorderedUnits = (log: readonly Logged[]) =>
  log.reduce((all, { event: { type, data } }) => {
    if (type === 'BackorderFilled') return all - data.quantity;
    const backordered = 'backordered' in data ? (data.backordered ?? 0) : 0;
    return type === 'StockReserved' ? all + backordered : all - backordered;
  }, 0);

describe('any history of a stock item', () => {
  it('reserves no more than sellable + backorder limit at the moment of each reservation (I1)', () => {
    const check = (log: readonly Logged[]) => {
      if (log.at(-1)?.event.type !== 'StockReserved') return;
      const { reservedTotal, onHand, unavailable, limit } = addUp(log);
      expect(reservedTotal).toBeLessThanOrEqual(Math.max(0, onHand - unavailable) + limit);
    };
    fc.assert(fc.property(history, (commands) => void carryOut(commands, check)));
  });

  it('starts each reservation once, ends it at most once, and never changes it afterwards (I2)', () => {
    fc.assert(
      fc.property(history, (commands) => {
        const { log } = carryOut(commands);
        for (const id of ['r-1', 'r-2', 'r-3', 'r-4', 'r-5', 'r-6']) {
          const life = log.map(({ event }) => event).filter((event) => reservationOf(event) === id);
          expect(life.map(starts)).toEqual(life.map((_, index) => index === 0));
          expect(life.slice(0, -1).some(ends)).toBe(false);
        }
      }),
    );
  });

  it('has on hand = received + restocked + adjusted − issued, and totals that equal their parts (I4)', () => {
    fc.assert(
      fc.property(history, (commands) => {
        const { state, log } = carryOut(commands);
        const { onHand, unavailable, reservedTotal, reserved } = addUp(log);
        expect(log.reduce((all, { event }) => all + onHandChange(event), 0)).toBe(onHand);
        expect(state).toMatchObject({ onHand, unavailableTotal: unavailable, reserved: reservedTotal });
        expect(new Map([...state.reservations].map(([id, one]) => [id, one.quantity]))).toEqual(reserved);
        expect([...state.unavailable.values()].reduce((all, one) => all + one, 0)).toBe(unavailable);
      }),
    );
  });

  it('records a shortfall when reservations are no longer covered', () => {
    const uncovered = (log: readonly Logged[]) => {
      const { reservedTotal, onHand, unavailable } = addUp(log);
      return Math.max(0, reservedTotal - backorderedUnits(log) - Math.max(0, onHand - unavailable));
    };
    fc.assert(
      fc.property(history, (commands) => {
        let before = 0;
        let seen = 0;
        carryOut(commands, (log) => {
          const shortfall = log.slice(seen).find(({ event }) => event.type === 'StockShortfallDetected');
          if (uncovered(log) > before) expect(shortfall?.event.data).toMatchObject({ short: uncovered(log) });
          before = uncovered(log);
          seen = log.length;
        });
      }),
    );
  });

  it('names the reservations whose covered units a shortfall takes', () => {
    fc.assert(
      fc.property(history, (commands) => {
        let seen = 0;
        carryOut(commands, (log, { reservations }) => {
          const { event } = log.slice(seen).find((logged) => logged.event.type === 'StockShortfallDetected') ?? {};
          seen = log.length;
          if (event?.type !== 'StockShortfallDetected' || event.data.affectedReservations.length === 0) return;
          const covered = event.data.affectedReservations.reduce((sum, id) => {
            const { quantity: units = 0, backordered = 0 } = reservations.get(id) ?? {};
            return sum + units - backordered;
          }, 0);
          expect(covered).toBeGreaterThanOrEqual(event.data.short);
        });
      }),
    );
  });

  it('decides the same from a snapshot', () => {
    fc.assert(
      fc.property(history, (commands) => {
        const { state } = carryOut(commands);
        const loaded = snapshot.load(JSON.parse(JSON.stringify(snapshot.save(state))) as object);
        expect(loaded).toEqual(state);
      }),
    );
  });
});

describe('counts (I14)', () => {
  /** Movements that really happen, minute by minute: some are reported, with a delay, others never. */
  const movements = fc.array(
    fc.record({
      minute: fc.integer({ min: 1, max: 100 }),
      change: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: -9, max: -1 })),
      delay: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 80 })),
      reported: fc.boolean(),
    }),
    { maxLength: 25 },
  );
  const countTimes = fc.array(
    fc.record({ minute: fc.integer({ min: 1, max: 100 }), delay: fc.integer({ min: 0, max: 80 }) }),
    { minLength: 1, maxLength: 4 },
  );

  const report = (change: number, index: number): StockCommand =>
    change > 0
      ? { type: 'ReceiveStock', data: { quantity: change, ref: `DN-${index}` } }
      : { type: 'RecordStockIssue', data: { quantity: -change, cause: 'store-sale', ref: `till-1/${index}` } };

  it('lead to the true on hand, in whatever order counts and movements are recorded', () => {
    fc.assert(
      fc.property(movements, countTimes, (changes, counts) => {
        // At half past a minute nothing moves.
        const countedAt = counts.map(({ minute }) => minute + 0.5);
        const lastCount = Math.max(...countedAt);
        const effective = changes.filter(({ reported, minute }) => reported || minute < lastCount);
        const onHandAt = (then: number) =>
          effective.filter(({ minute }) => minute < then).reduce((all, { change }) => all + change, 0);

        const facts = effective.flatMap(({ minute, change, delay, reported }, index) =>
          reported ? [{ at: minute + delay, command: report(change, index), minute }] : [],
        );
        const counted = counts.flatMap(({ delay }, index) => {
          const asOf = countedAt[index] ?? 0;
          const data = { countId: `count-${index}`, counted: onHandAt(asOf), asOf: time(asOf), sourceSeq: 0 };
          return onHandAt(asOf) < 0 ? [] : [{ at: asOf + delay, command: data, minute: asOf + delay }];
        });
        fc.pre(counted.some(({ command }) => command.asOf === time(lastCount)));

        const recorded = [...facts, ...counted].sort((a, b) => a.at - b.at);
        const sent = recorded.map(({ command, minute }, index): Sent => {
          if ('type' in command) return { command, minute };
          return { command: { type: 'RecordStockCount', data: { ...command, sourceSeq: index } }, minute };
        });
        expect(carryOut(sent).state.onHand).toBe(onHandAt(1000));
      }),
    );
  });
});

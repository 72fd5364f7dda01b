import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DomainError, type Cause } from '#kernel';
import { aCause } from '#testing';
import { movementOf, stockItem, type StockCommand, type StockEvent } from './stock-item.js';

const { decider, snapshot } = stockItem;

/** Minutes from the start of the test's day to the log's notation. */
const time = (minute: number) => new Date(Date.UTC(2026, 0, 1) + minute * 60_000).toISOString();

interface Sent {
  readonly command: StockCommand;
  readonly minute: number;
}

interface Logged {
  readonly event: StockEvent;
  readonly cause: Cause;
}

/** Sends each command to one stock item, as the runner would; refusals leave no trace. */
const carryOut = (history: readonly Sent[], onSend?: (log: readonly Logged[]) => void) => {
  let state = decider.initialState();
  const log: Logged[] = [];
  for (const { command, minute } of history) {
    const cause = aCause({ occurredAt: time(minute) });
    for (const event of decideOrRefuse(command, state, cause)) {
      state = decider.evolve(state, event, cause);
      log.push({ event, cause });
    }
    onSend?.(log);
  }
  return { state, log };
};

const decideOrRefuse = (command: StockCommand, state: ReturnType<typeof decider.initialState>, cause: Cause) => {
  try {
    return decider.decide(command, state, cause);
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
const does = (type: StockCommand['type'], data: Record<string, fc.Arbitrary<unknown>>) =>
  fc.record(data).map((made) => ({ type, data: made }) as unknown as StockCommand);

const reserve = does('ReserveStock', {
  reservationId,
  quantity,
  keep: fc.nat(3),
  kind: fc.constantFrom('soft', 'hard'),
  owner: fc.constant({ type: 'order', id: 'order-1' }),
  expiresAt: minute.map(time),
  promisedFor: fc.option(minute.map(time), { nil: undefined }),
});

const takeOver = does('ReserveStock', {
  reservationId,
  quantity,
  kind: fc.constant('hard'),
  owner: fc.constant({ type: 'order', id: 'order-1' }),
  replaces: reservationId,
});

const command = fc.oneof(
  { arbitrary: reserve, weight: 6 },
  { arbitrary: does('ReceiveStock', { quantity, ref, incomingRef: ref }), weight: 3 },
  does('RecordStockCount', {
    countId: fc.integer({ min: 1, max: 40 }).map((id) => `count-${id}`),
    counted: fc.nat(20),
    asOf: minute.map(time),
    sourceSeq: fc.nat(40),
  }),
  does('AdjustStock', { delta: fc.integer({ min: -5, max: 5 }), reason: fc.constant('found'), ref }),
  does('MarkStockUnavailable', { quantity, reason, ref }),
  does('MarkStockAvailable', { quantity, reason, ref }),
  does('AnnounceIncomingStock', { ref, quantity, eta: minute.map(time) }),
  does('ChangeIncomingStock', { ref, quantity: fc.nat(5), eta: minute.map(time) }),
  does('SetBackorderLimit', { limit: fc.nat(4) }),
  does('ExtendReservation', { reservationId, expiresAt: minute.map(time) }),
  does('FirmReservation', { reservationId }),
  does('ReduceReservation', { reservationId, by: quantity }),
  does('ReleaseReservation', { reservationId, reason: fc.constant('cancelled') }),
  does('ExpireReservation', { reservationId }),
  does('ConsumeReservation', { reservationId, ref }),
  does('ConsumeReservation', { reservationId, ref, quantity }),
  takeOver,
  does('RecordStockIssue', { quantity, cause: fc.constant('store-sale'), ref }),
  does('RestockReturn', { quantity, returnId: ref, disposition: fc.constantFrom('restock', 'refurbish', 'damaged') }),
);

const history = fc.array(fc.record({ command, minute }), { maxLength: 80, size: 'max' });

const starts = (event: StockEvent) => event.type === 'StockReserved';
const ends = ({ type }: StockEvent) =>
  type === 'ReservationReleased' || type === 'ReservationExpired' || type === 'ReservationConsumed';
/** Refusals and shortfalls name reservations without touching them. */
const touched = (event: StockEvent) =>
  event.type !== 'StockReservationDeclined' && 'reservationId' in event.data ? event.data.reservationId : undefined;

/** The numbers of a log, added up the long way. */
const addUp = (log: readonly Logged[]) => {
  const events = log.map(({ event }) => event);
  const add = (...types: StockEvent['type'][]) =>
    events.filter(({ type }) => types.includes(type)).reduce((all, { data }) => all + unitsOf(data), 0);
  const unsellable = events.filter(({ data }) => 'disposition' in data && data.disposition !== 'restock');
  const reserved = new Map<string, number>();
  for (const event of events) promise(reserved, event);
  return {
    onHand: add('StockReceived', 'StockRestocked', 'StockAdjusted') - add('StockIssued'),
    unavailable:
      add('StockMadeUnavailable') -
      add('StockMadeAvailable') +
      unsellable.reduce((n, { data }) => n + unitsOf(data), 0),
    limit: events.findLast((event) => event.type === 'BackorderLimitSet')?.data.limit ?? 0,
    reserved,
    promised: reserved.values().reduce((all, one) => all + one, 0),
  };
};

const unitsOf = (data: StockEvent['data']) => ('delta' in data ? data.delta : 'quantity' in data ? data.quantity : 0);

const promise = (reserved: Map<string, number>, event: StockEvent) => {
  const { type, data } = event;
  if (type === 'StockReserved') reserved.set(data.reservationId, data.quantity);
  if (type === 'ReservationReduced' || type === 'ReservationPartlyConsumed')
    reserved.set(data.reservationId, data.left);
  if (ends(event)) reserved.delete(touched(event) ?? '');
};

/** Units that are waited for. */
const waitingIn = (log: readonly Logged[]) =>
  log.reduce((all, { event: { type, data } }) => {
    if (type === 'BackorderFilled') return all - data.quantity;
    const waits = 'backordered' in data ? (data.backordered ?? 0) : 0;
    return type === 'StockReserved' ? all + waits : all - waits;
  }, 0);

describe('whatever happens to a stock item', () => {
  it('promises no more than there is, at the moment of each reservation (I1)', () => {
    const check = (log: readonly Logged[]) => {
      if (log.at(-1)?.event.type !== 'StockReserved') return;
      const { promised, onHand, unavailable, limit } = addUp(log);
      expect(promised).toBeLessThanOrEqual(Math.max(0, onHand - unavailable) + limit);
    };
    fc.assert(fc.property(history, (commands) => void carryOut(commands, check)));
  });

  it('starts each reservation once, ends it at most once, and leaves it alone afterwards (I2)', () => {
    fc.assert(
      fc.property(history, (commands) => {
        const { log } = carryOut(commands);
        for (const id of ['r-1', 'r-2', 'r-3', 'r-4', 'r-5', 'r-6']) {
          const life = log.map(({ event }) => event).filter((event) => touched(event) === id);
          expect(life.map(starts)).toEqual(life.map((_, index) => index === 0));
          expect(life.slice(0, -1).some(ends)).toBe(false);
        }
      }),
    );
  });

  it('has on hand what came minus what went, and keeps its totals (I4)', () => {
    fc.assert(
      fc.property(history, (commands) => {
        const { state, log } = carryOut(commands);
        const { onHand, unavailable, promised, reserved } = addUp(log);
        expect(log.reduce((all, { event }) => all + movementOf(event), 0)).toBe(onHand);
        expect(state).toMatchObject({ onHand, unavailableTotal: unavailable, reserved: promised });
        expect(new Map([...state.reservations].map(([id, one]) => [id, one.quantity]))).toEqual(reserved);
        expect([...state.unavailable.values()].reduce((all, one) => all + one, 0)).toBe(unavailable);
      }),
    );
  });

  it('says so when reservations are no longer covered', () => {
    const uncovered = (log: readonly Logged[]) => {
      const { promised, onHand, unavailable } = addUp(log);
      return Math.max(0, promised - waitingIn(log) - Math.max(0, onHand - unavailable));
    };
    fc.assert(
      fc.property(history, (commands) => {
        let before = 0;
        let seen = 0;
        carryOut(commands, (log) => {
          const told = log.slice(seen).find(({ event }) => event.type === 'StockShortfallDetected');
          if (uncovered(log) > before) expect(told?.event.data).toMatchObject({ short: uncovered(log) });
          before = uncovered(log);
          seen = log.length;
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
  /** What really happens, minute by minute: what is told, with its delay; what is never told; and who counts when. */
  const real = fc.array(
    fc.record({
      minute: fc.integer({ min: 1, max: 100 }),
      change: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: -9, max: -1 })),
      delay: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 80 })),
      told: fc.boolean(),
    }),
    { maxLength: 25 },
  );
  const counting = fc.array(
    fc.record({ minute: fc.integer({ min: 1, max: 100 }), delay: fc.integer({ min: 0, max: 80 }) }),
    { minLength: 1, maxLength: 4 },
  );

  const tell = (change: number, index: number): StockCommand =>
    change > 0
      ? { type: 'ReceiveStock', data: { quantity: change, ref: `DN-${index}` } }
      : { type: 'RecordStockIssue', data: { quantity: -change, cause: 'store-sale', ref: `till-1/${index}` } };

  it('lead to what is really there, in whatever order counts and movements are recorded', () => {
    fc.assert(
      fc.property(real, counting, (changes, counts) => {
        // Half past each minute, so that nothing moves while someone counts.
        const countedAt = counts.map(({ minute }) => minute + 0.5);
        const lastCount = Math.max(...countedAt);
        const happened = changes.filter(({ told, minute }) => told || minute < lastCount);
        const thereAt = (then: number) =>
          happened.filter(({ minute }) => minute < then).reduce((all, { change }) => all + change, 0);

        const facts = happened.flatMap(({ minute, change, delay, told }, index) =>
          told ? [{ at: minute + delay, command: tell(change, index), minute }] : [],
        );
        const counted = counts.flatMap(({ delay }, index) => {
          const asOf = countedAt[index] ?? 0;
          const data = { countId: `count-${index}`, counted: thereAt(asOf), asOf: time(asOf), sourceSeq: 0 };
          return thereAt(asOf) < 0 ? [] : [{ at: asOf + delay, command: data, minute: asOf + delay }];
        });
        fc.pre(counted.some(({ command }) => command.asOf === time(lastCount)));

        const recorded = [...facts, ...counted].sort((a, b) => a.at - b.at);
        const sent = recorded.map(({ command, minute }, index): Sent => {
          if ('type' in command) return { command, minute };
          return { command: { type: 'RecordStockCount', data: { ...command, sourceSeq: index } }, minute };
        });
        expect(carryOut(sent).state.onHand).toBe(thereAt(1000));
      }),
    );
  });
});

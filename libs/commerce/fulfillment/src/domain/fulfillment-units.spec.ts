import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DomainError } from '#kernel';
import { aCause, atOnce } from '#testing';
import { type FulfillmentCommand, type FulfillmentEvent } from './fulfillment-messages.js';
import { type FulfillmentLineUnits } from './fulfillment-state.js';
import { fulfillment } from './fulfillment.js';
import { assigned, locationCommand } from './samples.js';

const { decide, evolve } = fulfillment.decider;

const someLines = fc.array(fc.record({ lineId: fc.constantFrom('1', '2'), quantity: fc.integer({ min: 1, max: 3 }) }), {
  minLength: 1,
  maxLength: 2,
});
const someParcel = fc.constantFrom('p', 'q');
const someLocation = fc.constantFrom('leeds', 'leeds', 'york');
const aReason = fc.constant('not-found' as const);

const regularCommand: fc.Arbitrary<FulfillmentCommand> = fc.oneof(
  fc.record({ locationId: someLocation }).map((data) => locationCommand('AcceptFulfillment', data)),
  fc.record({ lines: someLines }).map((data) => locationCommand('PickItems', data)),
  fc.record({ lines: someLines, parcelId: someParcel }).map((data) => locationCommand('PackParcel', data)),
  fc.record({ parcelId: someParcel }).map((data) => locationCommand('ShipParcel', { ...data, carrier: 'mail' })),
  fc.record({ parcelId: someParcel }).map((data) => locationCommand('RecordDelivery', data)),
  fc.record({ locationId: someLocation }).map((data) => locationCommand('RecordArrival', data)),
  fc.record({ locationId: someLocation }).map((data) => locationCommand('MarkReadyForPickup', data)),
  fc
    .record({ locationId: someLocation, lines: someLines })
    .map((data) => locationCommand('HandOver', { ...data, proof: 'x' })),
  fc.constantFrom(locationCommand('RemindPickup'), locationCommand('ResumeFulfillment')),
);

const setback: fc.Arbitrary<FulfillmentCommand> = fc.oneof(
  fc.record({ lines: someLines, reason: aReason }).map((data) => locationCommand('RejectFulfillment', data)),
  fc.record({ lines: someLines, reason: aReason }).map((data) => locationCommand('ReportShortPick', data)),
  fc
    .record({ lines: someLines })
    .map((data) => locationCommand('CancelFulfillmentLines', { ...data, cancellationId: 'c' })),
  fc.constantFrom(
    locationCommand('ExpireAcceptance'),
    locationCommand('ExpirePickup'),
    locationCommand('HoldFulfillment'),
  ),
);

const someCommand = fc.oneof({ weight: 9, arbitrary: regularCommand }, { weight: 1, arbitrary: setback });

const single = [{ lineId: '1', sku: 'TEA', quantity: 1, reservationId: 'r-1' }];

const scenario = fc.record({
  start: fc.constantFrom(
    assigned(),
    assigned({ method: 'pickup' }),
    assigned({ method: 'pickup', pickupAt: 'york', lines: single }),
    assigned({ method: 'carry-out' }),
  ),
  commands: fc.array(fc.record({ command: someCommand, day: fc.integer({ min: 1, max: 28 }) }), {
    maxLength: 40,
    size: 'max',
  }),
});

it('every unit has one status and leaves at most once, for any commands in any order', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(scenario, ({ start, commands }) => {
      let state = evolve(undefined, start, aCause());
      const departed = new Map<string, number>();
      for (const { command, day } of commands) {
        const cause = aCause({ occurredAt: `2026-01-${String(day).padStart(2, '0')}T12:00:00.000Z` });
        const events = decidedOrNone(() => decide(command, state, atOnce(cause)));
        for (const event of events) {
          seen.add(event.type);
          state = evolve(state, event, cause);
          countDeparted(event, departed);
        }
        for (const [lineId, line] of state?.lines ?? []) check(line, departed.get(lineId) ?? 0);
      }
    }),
    { numRuns: 300 },
  );
  // The property is only worth something if many types of events were recorded.
  expect(seen.size).toBeGreaterThanOrEqual(10);
});

/** A refusal changes nothing. */
const decidedOrNone = (decision: () => readonly FulfillmentEvent[]) => {
  try {
    return decision();
  } catch (error) {
    if (error instanceof DomainError) return [];
    throw error;
  }
};

const check = (line: FulfillmentLineUnits, departed: number) => {
  const { assigned: all, open, picked, packed, shipped, handedOver, rejected, cancelled } = line;
  const quantities = [open, picked, packed, shipped, handedOver, rejected, cancelled];
  expect(quantities.every((quantity) => quantity >= 0)).toBe(true);
  expect(quantities.reduce((sum, quantity) => sum + quantity, 0)).toBe(all);
  expect(departed + cancelled + rejected).toBeLessThanOrEqual(all);
};

/** Counts units that were handed to the buyer or to a carrier. Those shipped to a pickup location count at the hand-over. */
const countDeparted = (event: FulfillmentEvent, departed: Map<string, number>) => {
  const toBuyer = event.type === 'HandedOver' || (event.type === 'ParcelShipped' && event.data.pickupAt === undefined);
  if (!toBuyer) return;
  for (const { lineId, quantity } of event.data.lines) departed.set(lineId, (departed.get(lineId) ?? 0) + quantity);
};

import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DomainError } from '#kernel';
import { aCause } from '#testing';
import { type FulfillmentCommand, type FulfillmentEvent } from './fulfillment-messages.js';
import { type FulfillmentUnits } from './fulfillment-state.js';
import { fulfillment } from './fulfillment.js';
import { assigned, work } from './samples.js';

const { decide, evolve } = fulfillment.decider;

const someLines = fc.array(fc.record({ lineId: fc.constantFrom('1', '2'), quantity: fc.integer({ min: 1, max: 3 }) }), {
  minLength: 1,
  maxLength: 2,
});
const someParcel = fc.constantFrom('p', 'q');
const somewhere = fc.constantFrom('leeds', 'leeds', 'york');
const aReason = fc.constant('not-found' as const);

const helpful: fc.Arbitrary<FulfillmentCommand> = fc.oneof(
  fc.record({ locationId: somewhere }).map((data) => work('AcceptFulfillment', data)),
  fc.record({ lines: someLines }).map((data) => work('PickItems', data)),
  fc.record({ lines: someLines, parcelId: someParcel }).map((data) => work('PackParcel', data)),
  fc.record({ parcelId: someParcel }).map((data) => work('ShipParcel', { ...data, carrier: 'mail' })),
  fc.record({ parcelId: someParcel }).map((data) => work('RecordDelivery', data)),
  fc.record({ locationId: somewhere }).map((data) => work('RecordArrival', data)),
  fc.record({ locationId: somewhere }).map((data) => work('MarkReadyForPickup', data)),
  fc.record({ locationId: somewhere, lines: someLines }).map((data) => work('HandOver', { ...data, proof: 'x' })),
  fc.constantFrom(work('RemindPickup'), work('ResumeFulfillment')),
);

const adverse: fc.Arbitrary<FulfillmentCommand> = fc.oneof(
  fc.record({ lines: someLines, reason: aReason }).map((data) => work('RejectFulfillment', data)),
  fc.record({ lines: someLines, reason: aReason }).map((data) => work('ReportShortPick', data)),
  fc.record({ lines: someLines }).map((data) => work('CancelFulfillmentLines', { ...data, cancellationId: 'c' })),
  fc.constantFrom(work('ExpireAcceptance'), work('ExpirePickup'), work('HoldFulfillment')),
);

const someCommand = fc.oneof({ weight: 9, arbitrary: helpful }, { weight: 1, arbitrary: adverse });

const single = [{ lineId: '1', sku: 'TEA', quantity: 1, reservationId: 'r-1' }];

const some = fc.record({
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

it('every unit is in one place, and leaves no more than once, whatever is said in whatever order', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(some, ({ start, commands }) => {
      let state = evolve(undefined, start, aCause());
      const left = new Map<string, number>();
      for (const { command, day } of commands) {
        const cause = aCause({ occurredAt: `2026-01-${String(day).padStart(2, '0')}T12:00:00.000Z` });
        const events = orNothing(() => decide(command, state, cause));
        for (const event of events) {
          seen.add(event.type);
          state = evolve(state, event, cause);
          count(event, left);
        }
        for (const [lineId, line] of state?.lines ?? []) check(line, left.get(lineId) ?? 0);
      }
    }),
    { numRuns: 300 },
  );
  // Otherwise the property would say little.
  expect(seen.size).toBeGreaterThanOrEqual(10);
});

/** A refusal changes nothing. */
const orNothing = (decision: () => readonly FulfillmentEvent[]) => {
  try {
    return decision();
  } catch (error) {
    if (error instanceof DomainError) return [];
    throw error;
  }
};

const check = (line: FulfillmentUnits, left: number) => {
  const { assigned: all, open, picked, packed, shipped, handedOver, rejected, cancelled } = line;
  const shares = [open, picked, packed, shipped, handedOver, rejected, cancelled];
  expect(shares.every((share) => share >= 0)).toBe(true);
  expect(shares.reduce((sum, share) => sum + share, 0)).toBe(all);
  expect(left + cancelled + rejected).toBeLessThanOrEqual(all);
};

/** Units that reached the buyer or the carrier: to where they are collected counts when they are. */
const count = (event: FulfillmentEvent, left: Map<string, number>) => {
  const toBuyer = event.type === 'HandedOver' || (event.type === 'ParcelShipped' && event.data.pickupAt === undefined);
  if (!toBuyer) return;
  for (const { lineId, quantity } of event.data.lines) left.set(lineId, (left.get(lineId) ?? 0) + quantity);
};

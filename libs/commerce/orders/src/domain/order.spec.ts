import { describe, it } from '@jest/globals';
import { specification } from '#testing';
import { type Allocation, type LineQuantity, type OrderCommand, type OrderEvent } from './order-messages.js';
import { order } from './order.js';
import {
  aCharge,
  aLine,
  allocation,
  confirmed,
  details,
  emptyPlan,
  place,
  placed,
  recorded,
  rejected,
  shop,
} from './samples.js';

const given = specification(order.decider);
const orderId = 'o-1';

const confirm = (...allocations: Allocation[]) =>
  ({ type: 'ConfirmOrder', data: { orderId, allocations } }) satisfies OrderCommand;
const reject = { type: 'RejectOrder', data: { orderId, reasons: [{ code: 'sold-out' }] } } satisfies OrderCommand;
const expire = { type: 'ExpireCheckout', data: { orderId } } satisfies OrderCommand;
const hold = { type: 'HoldOrder', data: { orderId, holdId: 'fraud', reason: 'odd' } } satisfies OrderCommand;
const releaseHold = { type: 'ReleaseOrderHold', data: { orderId, holdId: 'fraud' } } satisfies OrderCommand;
const held = { type: 'OrderHeld', data: { holdId: 'fraud', reason: 'odd' } } as const;
const released = { type: 'OrderHoldReleased', data: { holdId: 'fraud' } } as const;
const cancel = (...lines: LineQuantity[]) =>
  ({ type: 'CancelOrderLines', data: { orderId, lines, reason: 'regret' } }) satisfies OrderCommand;
const planned = (attempt: number) => ({ type: 'FulfillmentPlanned', data: emptyPlan(attempt) }) as const;
const planAgain = (attempt: number) =>
  ({ type: 'PlanFulfillment', data: { orderId, plan: emptyPlan(attempt) } }) satisfies OrderCommand;

const five = details(aLine('1', { quantity: 5 }));
const whole = allocation('r-1', { '1': 5 });

describe('placing an order', () => {
  it('adds up its lines and charges, sets a deadline and records the plan', () => {
    const lines = [aLine('1', { quantity: 2, locationId: 'leeds' })];
    const charges = [aCharge('post', 495)];
    const allocated = allocation('r-1', { '1': 2 }, { locationId: 'leeds' });
    const plan = { ...emptyPlan(), allocations: [allocated] };
    given()
      .when(place({ lines, charges }, {}, plan), { occurredAt: '2026-01-01T09:00:00.000Z' })
      .then(
        {
          type: 'OrderPlaced',
          data: { currency: 'GBP', lines, charges, expiresAt: '2026-01-01T12:10:00.000Z', total: 2495 },
        },
        { type: 'FulfillmentPlanned', data: plan },
      );
  });

  it('is refused with a plan that does not cover its lines', () =>
    given()
      .when(place(five, {}, { ...emptyPlan(), allocations: [allocation('r-1', { '1': 4 })] }))
      .thenFails('plan-incomplete'));

  it('is refused when the order exists', () => given(placed(five)).when(place(five)).thenFails('order-exists'));
  it('is refused when the order was recorded', () => given(recorded(five)).when(place(five)).thenFails('order-exists'));

  it('is refused in another currency than the channel sells in', () =>
    given()
      .when(place({ ...five, currency: 'EUR' }))
      .thenFails('currency-not-of-channel', { currency: 'GBP' }));

  it('is refused for a channel that is not configured', () =>
    given()
      .when({ type: 'PlaceOrder', data: { ...five, orderId } })
      .thenFails('channel-not-found'));

  it.each([
    ['a line id that is used twice', [aLine('1'), aLine('1')]],
    ['a pickup without a location', [aLine('1', { method: 'pickup' })]],
    ['neither lines nor charges', []],
  ])('is refused with %s', (_, lines) =>
    given()
      .when(place(details(...lines)))
      .thenFails('invalid-lines'),
  );

  it('is refused with the limit when its lines take more than 512 KiB', () => {
    const engraving = { attributes: { engraving: 'ä'.repeat(5_000) } };
    given()
      .when(place(details(...Array.from({ length: 60 }, (_, i) => aLine(`${i}`, engraving)))))
      .thenFails('too-large', { maxBytes: 512 * 1024 });
  });

  it('is refused when a discount exceeds it', () =>
    given()
      .when(place({ lines: [aLine('1')], charges: [aCharge('voucher', -1001)] }))
      .thenFails('invalid-lines', { total: -1 }));

  it('is refused when its total cannot be exact', () =>
    given()
      .when(place(details(aLine('1', { quantity: 2, unitPrice: { amount: Number.MAX_SAFE_INTEGER, scale: 2 } }))))
      .thenFails('amount-out-of-range'));

  it('is refused for a method that the channel does not offer at the location', () =>
    given()
      .when(place(details(aLine('1', { method: 'carry-out', locationId: 'leeds' }))))
      .thenFails('method-not-offered', { lineId: '1', method: 'carry-out', locationId: 'leeds' }));

  it('is accepted with an empty plan, as when all locations are paused', () =>
    given()
      .when(place(five, { locations: [shop('london', { paused: true })] }))
      .then(placed(five, 5000), planned(1)));
});

describe('recording an order', () => {
  const record = (lines = five.lines) =>
    ({ type: 'RecordOrder', data: { orderId, currency: 'GBP', lines, charges: [] } }) satisfies OrderCommand;
  const atTill = [aLine('1', { quantity: 3, method: 'carry-out', locationId: 'leeds' })];

  it('records its lines and total', () =>
    given()
      .when(record(atTill))
      .then({ type: 'OrderRecorded', data: { currency: 'GBP', lines: atTill, charges: [], total: 3000 } }));
  it('is refused when the order exists', () => given(placed(five)).when(record(atTill)).thenFails('order-exists'));
  it('is refused without the location of the goods', () =>
    given().when(record()).thenFails('invalid-lines', { lineId: '1' }));
});

describe('planning again', () => {
  it('is recorded while the order is pending', () =>
    given(placed(five), planned(1)).when(planAgain(2)).then(planned(2)));
  it('is recorded once for each attempt', () =>
    given(placed(five), planned(1), planned(2)).when(planAgain(2)).thenNothing());
  it('does nothing once the order is answered', () =>
    given(placed(five), planned(1), rejected()).when(planAgain(2)).thenNothing());
  it('needs an order', () => given().when(planAgain(2)).thenFails('order-not-found'));
});

describe('confirming an order', () => {
  it('allocates what was reserved', () => given(placed(five)).when(confirm(whole)).then(confirmed(whole)));
  it('combines the reservations of all attempts', () =>
    given(placed(five))
      .when(confirm(allocation('r-1', { '1': 2 }), allocation('r-2', { '1': 3 })))
      .then(confirmed(allocation('r-1', { '1': 2 }), allocation('r-2', { '1': 3 }))));
  it('needs no reservation for an order without lines', () =>
    given(placed({ currency: 'GBP', lines: [], charges: [aCharge('gift', 100)] }))
      .when(confirm())
      .then(confirmed()));
  it.each([
    ['too few units', [allocation('r-1', { '1': 4 })]],
    ['too many units', [allocation('r-1', { '1': 6 })]],
    ['another line', [whole, allocation('r-2', { '2': 1 })]],
    ['a reservation of another quantity than its lines', [allocation('r-1', { '1': 5 }, { quantity: 7 })]],
  ])('is refused with %s', (_, allocations) =>
    given(placed(five))
      .when(confirm(...allocations))
      .thenFails('plan-incomplete'),
  );
  it('happens once', () => given(placed(five), confirmed(whole)).when(confirm(whole)).thenNothing());
  it('is refused after a rejection', () =>
    given(placed(five), rejected()).when(confirm(whole)).thenFails('order-not-pending', { state: 'rejected' }));
});

describe('rejecting an order', () => {
  it('is possible while it is pending', () => given(placed(five)).when(reject).then(rejected()));
  it('does nothing once the order is answered', () => given(placed(five), confirmed(whole)).when(reject).thenNothing());
  it('happens once', () => given(placed(five), rejected()).when(reject).thenNothing());
});

describe('an unfinished checkout', () => {
  const at = (time: string) => ({ decidedAt: `2026-01-01T${time}.000Z` });
  it('expires at its deadline', () =>
    given(placed(five)).when(expire, at('12:10:00')).then(rejected('checkout-expired')));
  it('does not expire earlier', () => given(placed(five)).when(expire, at('12:09:59')).thenNothing());
  it('does not expire once it is finished', () =>
    given(placed(five), confirmed(whole)).when(expire, at('13:00:00')).thenNothing());
});

describe('a hold', () => {
  it('is placed on an order', () => given(placed(five)).when(hold).then(held));
  it('is placed once', () => given(placed(five), held).when(hold).thenNothing());
  it('is refused for an order that has ended', () =>
    given(placed(five), rejected()).when(hold).thenFails('order-ended', { state: 'rejected' }));
  it('is released', () => given(placed(five), held).when(releaseHold).then(released));
  it('is released with a reason', () =>
    given(placed(five), held)
      .when({ type: 'ReleaseOrderHold', data: { ...releaseHold.data, reason: 'paid by transfer' } })
      .then({ type: 'OrderHoldReleased', data: { holdId: 'fraud', reason: 'paid by transfer' } }));
  it('is released once', () => given(placed(five), held, released).when(releaseHold).thenNothing());
  it('cannot be released after the order has ended', () =>
    given(recorded(five)).when(releaseHold).thenFails('order-ended'));
});

describe('cancelling lines', () => {
  const cancelled = (quantity: number, refund: number, releases: { id: string; by: number; left: number }[]) =>
    ({
      type: 'OrderLinesCancelled',
      data: {
        lines: [{ lineId: '1', quantity }],
        releases: releases.map(({ id, by, left }) => ({
          reservationId: id,
          sku: 'TEA',
          locationId: 'london',
          by,
          left,
          lines: [{ lineId: '1', quantity: by }],
        })),
        refund,
        reason: 'regret',
        cancellationId: 'c-1',
      },
    }) as const;
  const settle = (...lines: LineQuantity[]) =>
    ({
      type: 'SettleCancellation',
      data: { orderId: 'o-1', cancellationId: 'c-2', lines, reason: 'regret' },
    }) as const;
  const cancellationRequested = (quantity: number): OrderEvent => ({
    type: 'OrderLinesCancellationRequested',
    data: { cancellationId: 'c-2', lines: [{ lineId: '1', quantity }], reason: 'regret' },
  });
  const inRequest = (event: ReturnType<typeof cancelled>): OrderEvent => ({
    ...event,
    data: { ...event.data, cancellationId: 'c-2' },
  });
  const two = confirmed(allocation('r-1', { '1': 3 }), allocation('r-2', { '1': 2 }));

  it('asks the locations that work on the units first', () =>
    given(placed(five), two)
      .when(cancel({ lineId: '1', quantity: 3 }), { commandId: 'c-2' })
      .then(cancellationRequested(3)));

  it('is refused for units in a cancellation that is not answered yet', () =>
    given(placed(five), two, cancellationRequested(3))
      .when(cancel({ lineId: '1', quantity: 3 }))
      .thenFails('line-already-fulfilled', { lineId: '1', requested: 3, cancellable: 2 }));

  it('records the units that the locations have refused', () =>
    given(placed(five), two, cancellationRequested(3))
      .when(settle({ lineId: '1', quantity: 1 }))
      .then(inRequest(cancelled(1, 1000, [{ id: 'r-2', by: 1, left: 1 }])), {
        type: 'OrderCancellationRefused',
        data: { cancellationId: 'c-2', lines: [{ lineId: '1', quantity: 2 }] },
      }));

  it('is settled once', () =>
    given(placed(five), two, cancellationRequested(1), inRequest(cancelled(1, 1000, [{ id: 'r-2', by: 1, left: 1 }])))
      .when(settle({ lineId: '1', quantity: 1 }))
      .thenNothing());

  it('releases the reservation that is named', () =>
    given(placed(five), two)
      .when({
        type: 'SettleCancellation',
        data: {
          orderId: 'o-1',
          cancellationId: 'c-2',
          lines: [{ lineId: '1', quantity: 1, reservationId: 'r-1' }],
          reason: 'regret',
        },
      })
      .then(inRequest(cancelled(1, 1000, [{ id: 'r-1', by: 1, left: 2 }]))));

  it('releases later reservations first', () =>
    given(placed(five), two)
      .when(settle({ lineId: '1', quantity: 3 }))
      .then(
        inRequest(
          cancelled(3, 3000, [
            { id: 'r-2', by: 2, left: 0 },
            { id: 'r-1', by: 1, left: 2 },
          ]),
        ),
      ));

  it('continues with the units that the last cancellation left', () =>
    given(placed(five), two, cancelled(1, 1000, [{ id: 'r-2', by: 1, left: 1 }]))
      .when(settle({ lineId: '1', quantity: 1 }, { lineId: '1', quantity: 1 }))
      .then(
        inRequest(
          cancelled(2, 2000, [
            { id: 'r-2', by: 1, left: 0 },
            { id: 'r-1', by: 1, left: 2 },
          ]),
        ),
      ));

  it('releases only the units of the line', () => {
    const both = details(aLine('1', { quantity: 2 }), aLine('2', { quantity: 4 }));
    given(placed(both), confirmed(allocation('r-1', { '1': 2, '2': 4 })))
      .when(settle({ lineId: '1', quantity: 2 }))
      .then(inRequest(cancelled(2, 2000, [{ id: 'r-1', by: 2, left: 4 }])));
  });

  it('is refused for more units than are left', () =>
    given(placed(five), two, cancelled(1, 1000, [{ id: 'r-2', by: 1, left: 1 }]))
      .when(cancel({ lineId: '1', quantity: 5 }))
      .thenFails('line-already-fulfilled', { lineId: '1', requested: 5, cancellable: 4 }));
  it('is refused for a recorded order, which is fulfilled', () =>
    given(recorded(five))
      .when(cancel({ lineId: '1', quantity: 1 }))
      .thenFails('line-already-fulfilled', { lineId: '1', requested: 1, cancellable: 0 }));
  it('is refused for an unknown line', () =>
    given(placed(five), two)
      .when(cancel({ lineId: '9', quantity: 1 }))
      .thenFails('line-not-found', { lineId: '9' }));
  it('is refused as retryable while the order is pending', () =>
    given(placed(five))
      .when(cancel({ lineId: '1', quantity: 1 }))
      .thenFails('order-pending', { retryable: true }));
  it('ends the order with its last unit', () =>
    given(placed(five), confirmed(whole), cancelled(5, 5000, [{ id: 'r-1', by: 5, left: 0 }]))
      .when(cancel({ lineId: '1', quantity: 1 }))
      .thenFails('order-ended', { state: 'cancelled' }));
  it('without lines does nothing', () => given(placed(five), two).when(cancel()).thenNothing());
});

import { describe, it } from '@jest/globals';
import { specification } from '#testing';
import { type OrderCommand, type OrderEvent, type Tender } from './order-messages.js';
import { order } from './order.js';
import { aCharge, aLine, allocation, confirmed, details, placed, recorded, terms } from './samples.js';

const given = specification(order.decider);
const orderId = 'o-1';

/** Three units of 10.00, and 4.95 for shipping: 34.95 in all. */
const three = { ...details(aLine('1', { quantity: 3 })), charges: [aCharge('post', 495)] };
const reserved = confirmed(allocation('r-1', { '1': 3 }));

const units = (quantity: number, lineId = '1') => [{ lineId, quantity }];
const reservations = (quantity: number) => [{ reservationId: 'r-1', lines: units(quantity) }];
const release = (by: number) => ({
  ...{ reservationId: 'r-1', sku: 'TEA', locationId: 'london', by, lines: units(by) },
});
const fulfill = (quantity: number): OrderCommand => ({
  type: 'RecordFulfillment',
  data: { orderId, fulfillmentId: 'f-1', reservations: reservations(quantity) },
});
const fulfilled = (quantity: number, due: number): OrderEvent => ({
  type: 'OrderLinesFulfilled',
  data: { fulfillmentId: 'f-1', lines: units(quantity), reservations: reservations(quantity), due },
});

describe('fulfillment', () => {
  it('records the value of the units, with their share of shipping', () =>
    given(placed(three), reserved).when(fulfill(1)).then(fulfilled(1, 1165)));
  it('records exactly the total over all fulfillments', () =>
    given(placed(three), reserved, fulfilled(1, 1165), fulfilled(1, 1165)).when(fulfill(1)).then(fulfilled(1, 1165)));
  it('records no unit twice', () => given(placed(three), reserved, fulfilled(3, 3495)).when(fulfill(1)).thenNothing());
  it('leaves out units that are not reserved for the order', () =>
    given(placed(three), reserved, fulfilled(2, 2330)).when(fulfill(3)).then(fulfilled(1, 1165)));
  it('makes the cancellation of its units impossible', () =>
    given(placed(three), reserved, fulfilled(2, 2330))
      .when({ type: 'CancelOrderLines', data: { orderId, lines: units(2), reason: 'late' } })
      .thenFails('line-already-fulfilled', { lineId: '1', requested: 2, cancellable: 1 }));
});

describe('a reallocation', () => {
  const release = { reservationId: 'r-1', sku: 'TEA', locationId: 'london', by: 3, left: 0, lines: units(3) };
  const elsewhere = { ...allocation('r-2', { '1': 3 }), locationId: 'leeds' };
  const reallocate: OrderCommand = {
    type: 'ReallocateOrder',
    data: { orderId, releases: [release], allocations: [elsewhere] },
  };
  const reallocated: OrderEvent = {
    type: 'OrderReallocated',
    data: { releases: [release], allocations: [elsewhere] },
  };

  it('moves units to another location', () => given(placed(three), reserved).when(reallocate).then(reallocated));
  it('is recorded once', () => given(placed(three), reserved, reallocated).when(reallocate).thenNothing());
  it('is refused for more units than are open', () =>
    given(placed(three), reserved)
      .when({ type: 'ReallocateOrder', data: { orderId, releases: [], allocations: [elsewhere] } })
      .thenFails('plan-incomplete', { lineId: '1' }));
});

describe('a return', () => {
  const announce = (quantity: number, returnId = 'ret-1'): OrderCommand => ({
    type: 'AnnounceReturn',
    data: { orderId, returnId, lines: units(quantity) },
  });
  const announced = (quantity: number, returnId = 'ret-1'): OrderEvent => ({
    type: 'OrderReturnAnnounced',
    data: { returnId, lines: units(quantity) },
  });
  const recordReturned = (quantity: number, more: object = {}): OrderCommand => ({
    type: 'RecordReturned',
    data: { orderId, returnId: 'ret-1', lines: units(quantity), ...more },
  });
  const returned = (quantity: number, refund: number, more: object = {}): OrderEvent => ({
    type: 'OrderLinesReturned',
    data: { returnId: 'ret-1', lines: units(quantity), refund, ...more },
  });
  const refused = (quantity: number, left: number): OrderEvent => ({
    type: 'OrderReturnRefused',
    data: { returnId: 'ret-1', lines: units(quantity), reason: 'exceeds-returnable', returnable: units(left) },
  });
  const delivered = [placed(three), reserved, fulfilled(2, 2330)];

  it('is announced for units that are with the buyer', () =>
    given(...delivered)
      .when(announce(2))
      .then(announced(2)));
  it('is refused for more units than are with the buyer', () =>
    given(...delivered)
      .when(announce(3))
      .then(refused(3, 2)));
  it('is refused for units that another return has announced', () =>
    given(...delivered, announced(1, 'ret-0'))
      .when(announce(2))
      .then(refused(2, 1)));
  it('is possible again once the other return is withdrawn', () =>
    given(...delivered, announced(1, 'ret-0'), { type: 'OrderReturnWithdrawn', data: { returnId: 'ret-0' } })
      .when(announce(2))
      .then(announced(2)));
  it('refunds the goods, and the share of shipping only on request', () => {
    given(...delivered, announced(1))
      .when(recordReturned(1))
      .then(returned(1, 1000));
    given(...delivered, announced(1))
      .when(recordReturned(1, { refundCharges: true }))
      .then(returned(1, 1165));
  });
  it('is recorded for more units than are with the buyer, whose excess has no value', () =>
    given(...delivered)
      .when(recordReturned(3))
      .then(returned(2, 2000, { excess: units(1) })));
  it('of unpaid goods lowers the amount due first and refunds only the rest', () => {
    const later = [placed({ ...three, payLater: true }), reserved, fulfilled(3, 3495)];
    const paid = (amount: number): OrderEvent => ({
      type: 'OrderTendered',
      data: { tenders: [{ tenderId: 'a', kind: 'cash', amount }] },
    });
    given(...later)
      .when(recordReturned(1))
      .then(returned(1, 1000, { unpaid: 1000 }));
    given(...later, paid(3000))
      .when(recordReturned(1))
      .then(returned(1, 1000, { unpaid: 495 }));
    given(...later, paid(3000), returned(1, 1000, { unpaid: 495 }))
      .when(recordReturned(1))
      .then(returned(1, 1000));
    given(...later, returned(1, 1000, { unpaid: 1000 }))
      .when({ type: 'PayOrder', data: { orderId, tenders: [{ tenderId: 'a', kind: 'cash', amount: 2496 }] } })
      .thenFails('nothing-due', { due: 2495, offered: 2496 });
  });
  it('of goods that a discount on goods and shipping had paid for refunds nothing, and nothing becomes due', () => {
    const free = {
      ...details(aLine('1')),
      charges: [aCharge('post', 495), { ...aCharge('sale', -1495), kind: 'discount' as const }],
    };
    const delivered = [recorded(free)];
    given(...delivered)
      .when(recordReturned(1))
      .then(returned(1, 0));
    given(...delivered)
      .when(recordReturned(1, { refundCharges: true }))
      .then(returned(1, 0));
  });
  it('is possible for a recorded order', () => given(recorded(three)).when(recordReturned(3)).then(returned(3, 3000)));

  describe('that was recorded elsewhere', () => {
    const addRecorded = (quantity: number, paidBack: number, currency = 'GBP'): OrderCommand => ({
      type: 'AddRecordedReturn',
      data: { orderId, returnId: 'till-1', lines: units(quantity), paidBack, currency },
    });
    const recordedReturn = (quantity: number, money: { worth: number; paidBack: number }, more = {}): OrderEvent => ({
      type: 'OrderReturnRecorded',
      data: { returnId: 'till-1', lines: units(quantity), ...money, ...more },
    });
    const oneTaken = recordedReturn(1, { worth: 1000, paidBack: 1000 });

    it('counts like any other: only what is left can still be returned', () => {
      given(...delivered)
        .when(addRecorded(1, 1000))
        .then(oneTaken);
      given(...delivered, oneTaken)
        .when(announce(2))
        .then(refused(2, 1));
      given(...delivered, announced(2), oneTaken)
        .when(recordReturned(2))
        .then(returned(1, 1000, { excess: units(1) }));
    });
    it('names units that were not there any more, and money beyond what was left', () => {
      const sold = recorded({ ...three, charges: [] });
      const all = recordedReturn(3, { worth: 3000, paidBack: 3000 });
      given(sold).when(addRecorded(3, 3000)).then(all);
      given(sold, all)
        .when(addRecorded(2, 2000))
        .then({
          type: 'OrderReturnRecorded',
          data: { returnId: 'till-1', lines: [], worth: 0, paidBack: 2000, excess: units(2), overpaid: 2000 },
        });
    });
    it('that paid back more than the units were worth leaves less for the next return', () => {
      const generous = recordedReturn(1, { worth: 1000, paidBack: 2000 });
      given(recorded({ ...three, charges: [] }), generous)
        .when(recordReturned(2))
        .then(returned(2, 1000));
    });
    it('that was refunded in part without a return is refunded at most the rest', () => {
      const refund: OrderCommand = {
        type: 'AddRefund',
        data: { orderId, reference: 'o-1.card/dashboard-1', by: 'provider', amount: 500 },
      };
      const refundedData = { reference: 'o-1.card/dashboard-1', by: 'provider', amount: 500 } as const;
      const refunded: OrderEvent = { type: 'OrderRefundRecorded', data: refundedData };
      const sold = [recorded({ ...three, charges: [] })];
      given(...sold)
        .when(refund)
        .then(refunded);
      given(...sold, refunded)
        .when(recordReturned(3))
        .then(returned(3, 2500));
      given(...sold, returned(3, 3000))
        .when(refund)
        .then({ type: 'OrderRefundRecorded', data: { ...refundedData, overpaid: 500 } });
    });
    it('and units whose cancellation a clerk has refunded leave the rest of the order as it is', () => {
      const cancelled: OrderEvent = {
        type: 'OrderLinesCancelled',
        data: { lines: units(1), releases: [{ ...release(1), left: 2 }], reason: 'late', refund: 1000 },
      };
      const refundByClerk: OrderEvent = {
        type: 'OrderRefundRecorded',
        data: { reference: 'o-1.card/clerk-1', by: 'payment', amount: 1000 },
      };
      const order = [placed({ ...three, charges: [], capture: 'now' }), reserved, cancelled, refundByClerk];
      given(...order, fulfilled(2, 2000))
        .when(recordReturned(2))
        .then(returned(2, 2000));
    });
    it('and cancelled units can be refunded by a clerk or by the settlement, and nobody was overpaid', () => {
      const cancelled: OrderEvent = {
        type: 'OrderLinesCancelled',
        data: { lines: units(1), releases: [{ ...release(1), left: 2 }], reason: 'late', refund: 1000 },
      };
      const order = [placed({ ...three, charges: [], capture: 'now' }), reserved, cancelled];
      const refund = { reference: 'o-1.card/clerk-1', by: 'payment', amount: 3000 } as const;
      given(...order)
        .when({ type: 'AddRefund', data: { orderId, ...refund } })
        .then({ type: 'OrderRefundRecorded', data: refund });
      given(...order)
        .when({ type: 'AddRefund', data: { orderId, ...refund, amount: 3001 } })
        .then({ type: 'OrderRefundRecorded', data: { ...refund, amount: 3001, overpaid: 1 } });
      const forCancellation = { ...refund, amount: 9000, forCancellation: true } as const;
      given(...order)
        .when({ type: 'AddRefund', data: { orderId, ...forCancellation } })
        .then({ type: 'OrderRefundRecorded', data: forCancellation });
    });
    it('and is worth at most what is left of the money', () => {
      const refunded: OrderEvent = {
        type: 'OrderRefundRecorded',
        data: { reference: 'o-1.card/dashboard-1', by: 'provider', amount: 2500 },
      };
      given(recorded({ ...three, charges: [] }), refunded)
        .when(addRecorded(1, 1000))
        .then(recordedReturn(1, { worth: 500, paidBack: 1000 }, { overpaid: 500 }));
    });
    it('in another currency counts as what its units were worth', () =>
      given(...delivered)
        .when(addRecorded(1, 9, 'EUR'))
        .then(oneTaken));
  });
});

describe('payment', () => {
  const cash = (tenderId: string, amount: number): Tender => ({ tenderId, kind: 'cash', amount });
  const pay = (...tenders: Tender[]): OrderCommand => ({ type: 'PayOrder', data: { orderId, tenders } });
  const tendered = (...tenders: Tender[]): OrderEvent => ({ type: 'OrderTendered', data: { tenders } });
  const due = { ...three, payLater: true } as const;

  it('is accepted later for the amount due', () =>
    given(placed(due), reserved)
      .when(pay(cash('a', 3495)))
      .then(tendered(cash('a', 3495))));
  it('is refused for more than the amount due', () =>
    given(placed(due), reserved, tendered(cash('a', 3000)))
      .when(pay(cash('b', 496)))
      .thenFails('nothing-due', { due: 495, offered: 496 }));
  it('is due again when a tender is dropped', () =>
    given(placed(due), reserved, tendered(cash('a', 3495)), {
      type: 'OrderTenderDropped',
      data: { tenderId: 'a', reason: 'declined' },
    })
      .when(pay(cash('b', 3495)))
      .then(tendered(cash('b', 3495))));
  it('is refused for an order that is not paid through Kontor', () =>
    given(placed(three), reserved)
      .when(pay(cash('a', 3495)))
      .thenFails('paid-elsewhere'));
  it('is refused for a tender id that is already used', () =>
    given(placed(due), reserved, tendered(cash('a', 1)))
      .when(pay(cash('a', 1)))
      .thenFails('tender-exists'));
});

describe('an edit', () => {
  const add = [aLine('2', { quantity: 2 })];
  const propose: OrderCommand = { type: 'ProposeOrderEdit', data: { orderId, editId: 'e', add, remove: units(1) } };
  const proposed: OrderEvent = {
    type: 'OrderEditProposed',
    data: { editId: 'e', add, remove: units(1), totalBefore: 3495, totalAfter: 4330, difference: 835 },
  };
  const apply: OrderCommand = { type: 'ApplyOrderEdit', data: { orderId, editId: 'e' } };
  const applied: OrderEvent = { type: 'OrderEditApplied', data: { editId: 'e', add, worth: 2000 } };

  it('is previewed to the cent', () => given(placed(three), reserved).when(propose).then(proposed));
  it('is refused when the order with its edits would be too large to be exact', () => {
    const large = (lineId: string, amount: number) => aLine(lineId, { quantity: 1, unitPrice: { amount, scale: 2 } });
    const proposeLarge = (amount: number): OrderCommand => ({
      type: 'ProposeOrderEdit',
      data: { orderId, editId: 'e', add: [large('2', amount)], remove: [] },
    });
    const most = Number.MAX_SAFE_INTEGER - 3495;
    given(placed(three), reserved)
      .when(proposeLarge(most + 1))
      .thenFails('amount-out-of-range');
    given(placed(three), reserved)
      .when(proposeLarge(most))
      .then({
        type: 'OrderEditProposed',
        data: {
          ...{ editId: 'e', add: [large('2', most)], remove: [] },
          ...{ totalBefore: 3495, totalAfter: Number.MAX_SAFE_INTEGER, difference: most },
        },
      });
  });
  it('changes nothing before it is applied', () =>
    given(placed(three), reserved, proposed)
      .when({ type: 'CancelOrderLines', data: { orderId, lines: units(1, '2'), reason: 'no' } })
      .thenFails('line-not-found', { lineId: '2' }));
  it('adds lines and requests the cancellation of removed units', () =>
    given(placed(three), reserved, proposed)
      .when(apply, { commandId: 'c-9' })
      .then(applied, {
        type: 'OrderLinesCancellationRequested',
        data: { cancellationId: 'c-9', lines: units(1), reason: 'edited' },
      }));
  it('is applied once', () =>
    given(placed(three), reserved, proposed, applied).when(apply).thenFails('edit-not-found'));
  it('is discarded', () =>
    given(placed(three), reserved, proposed)
      .when({ type: 'DiscardOrderEdit', data: { orderId, editId: 'e' } })
      .then({ type: 'OrderEditDiscarded', data: { editId: 'e' } }));
  it('is refused for a method that the channel does not offer', () => {
    const add = [aLine('2', { method: 'carry-out', locationId: 'leeds' })];
    given(placed(three), reserved)
      .when({ type: 'ProposeOrderEdit', data: { orderId, editId: 'e', add, remove: [], terms: terms() } })
      .thenFails('method-not-offered', { lineId: '2' });
  });
  it('cannot add lines once all goods have left, even if it was proposed before', () => {
    given(placed(three), reserved, fulfilled(3, 3495)).when(propose).thenFails('order-fulfilled');
    given(placed(three), reserved, proposed, fulfilled(3, 3495)).when(apply).thenFails('order-fulfilled');
  });
  it('is refused for a line id that is already used', () =>
    given(placed(three), reserved)
      .when({ type: 'ProposeOrderEdit', data: { orderId, editId: 'e', add: [aLine('1')], remove: [] } })
      .thenFails('invalid-lines', { lineId: '1' }));
});

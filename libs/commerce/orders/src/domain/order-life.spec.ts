import { describe, it } from '@jest/globals';
import { specification } from '#testing';
import { type OrderCommand, type OrderEvent, type Tender } from './order-messages.js';
import { order } from './order.js';
import { aCharge, aLine, allocation, confirmed, details, placed, recorded, terms } from './samples.js';

const given = specification(order.decider);
const orderId = 'o-1';

/** Three units of 10.00, and 4.95 for shipping: 34.95 in all. */
const three = { ...details(aLine('1', { quantity: 3 })), charges: [aCharge('post', 495)] };
const held = confirmed(allocation('r-1', { '1': 3 }));

const units = (quantity: number, lineId = '1') => [{ lineId, quantity }];
const reservations = (quantity: number) => [{ reservationId: 'r-1', lines: units(quantity) }];
const leaves = (quantity: number): OrderCommand => ({
  type: 'RecordFulfillment',
  data: { orderId, fulfillmentId: 'f-1', reservations: reservations(quantity) },
});
const left = (quantity: number, due: number): OrderEvent => ({
  type: 'OrderLinesFulfilled',
  data: { fulfillmentId: 'f-1', lines: units(quantity), reservations: reservations(quantity), due },
});

describe('fulfillment', () => {
  it('says what the units are worth that left, with their share of shipping', () =>
    given(placed(three), held).when(leaves(1)).then(left(1, 1165)));
  it('is worth exactly the total once everything has left', () =>
    given(placed(three), held, left(1, 1165), left(1, 1165)).when(leaves(1)).then(left(1, 1165)));
  it('counts no unit twice', () => given(placed(three), held, left(3, 3495)).when(leaves(1)).thenNothing());
  it('leaves out what is not held for the order', () =>
    given(placed(three), held, left(2, 2330)).when(leaves(3)).then(left(1, 1165)));
  it('ends the time in which units can be cancelled', () =>
    given(placed(three), held, left(2, 2330))
      .when({ type: 'CancelOrderLines', data: { orderId, lines: units(2), reason: 'late' } })
      .thenFails('line-already-fulfilled', { lineId: '1', requested: 2, cancellable: 1 }));
});

describe('other places', () => {
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

  it('take over what one does not serve', () => given(placed(three), held).when(reallocate).then(reallocated));
  it('take it over once', () => given(placed(three), held, reallocated).when(reallocate).thenNothing());
  it('serve no more than is open', () =>
    given(placed(three), held)
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
  const came = (quantity: number, more: object = {}): OrderCommand => ({
    type: 'RecordReturned',
    data: { orderId, returnId: 'ret-1', lines: units(quantity), ...more },
  });
  const back = (quantity: number, refund: number, more: object = {}): OrderEvent => ({
    type: 'OrderLinesReturned',
    data: { returnId: 'ret-1', lines: units(quantity), refund, ...more },
  });
  const refused = (quantity: number): OrderEvent => ({
    type: 'OrderReturnRefused',
    data: { returnId: 'ret-1', lines: units(quantity), reason: 'exceeds-returnable' },
  });
  const sold = [placed(three), held, left(2, 2330)];

  it('is announced for what the buyer has', () =>
    given(...sold)
      .when(announce(2))
      .then(announced(2)));
  it('is refused for more', () =>
    given(...sold)
      .when(announce(3))
      .then(refused(3)));
  it('is refused for what another return has announced', () =>
    given(...sold, announced(1, 'ret-0'))
      .when(announce(2))
      .then(refused(2)));
  it('is possible again when the other is withdrawn', () =>
    given(...sold, announced(1, 'ret-0'), { type: 'OrderReturnWithdrawn', data: { returnId: 'ret-0' } })
      .when(announce(2))
      .then(announced(2)));
  it('gives the goods back, and shipping only where that is wanted', () => {
    given(...sold, announced(1))
      .when(came(1))
      .then(back(1, 1000));
    given(...sold, announced(1))
      .when(came(1, { refundCharges: true }))
      .then(back(1, 1165));
  });
  it('is recorded even beyond what the buyer can have, and worth nothing there', () =>
    given(...sold)
      .when(came(3))
      .then(back(2, 2000, { excess: units(1) })));
  it('of goods not paid yet lowers what is due, and gives back what was paid beyond the goods kept', () => {
    const later = [placed({ ...three, payLater: true }), held, left(3, 3495)];
    const paid = (amount: number): OrderEvent => ({
      type: 'OrderTendered',
      data: { tenders: [{ tenderId: 'a', kind: 'cash', amount }] },
    });
    given(...later)
      .when(came(1))
      .then(back(1, 1000, { unpaid: 1000 }));
    given(...later, paid(3000))
      .when(came(1))
      .then(back(1, 1000, { unpaid: 495 }));
    given(...later, paid(3000), back(1, 1000, { unpaid: 495 }))
      .when(came(1))
      .then(back(1, 1000));
    given(...later, back(1, 1000, { unpaid: 1000 }))
      .when({ type: 'PayOrder', data: { orderId, tenders: [{ tenderId: 'a', kind: 'cash', amount: 2496 }] } })
      .thenFails('nothing-due', { due: 2495, offered: 2496 });
  });
  it('of a recorded order works alike', () => given(recorded(three)).when(came(3)).then(back(3, 3000)));
});

describe('payment', () => {
  const cash = (tenderId: string, amount: number): Tender => ({ tenderId, kind: 'cash', amount });
  const pay = (...tenders: Tender[]): OrderCommand => ({ type: 'PayOrder', data: { orderId, tenders } });
  const tendered = (...tenders: Tender[]): OrderEvent => ({ type: 'OrderTendered', data: { tenders } });
  const due = { ...three, payLater: true } as const;

  it('is taken later for what is due', () =>
    given(placed(due), held)
      .when(pay(cash('a', 3495)))
      .then(tendered(cash('a', 3495))));
  it('is refused for more than is due', () =>
    given(placed(due), held, tendered(cash('a', 3000)))
      .when(pay(cash('b', 496)))
      .thenFails('nothing-due', { due: 495, offered: 496 }));
  it('is due again when a tender is dropped', () =>
    given(placed(due), held, tendered(cash('a', 3495)), {
      type: 'OrderTenderDropped',
      data: { tenderId: 'a', reason: 'declined' },
    })
      .when(pay(cash('b', 3495)))
      .then(tendered(cash('b', 3495))));
  it('is refused where it is not our business', () =>
    given(placed(three), held)
      .when(pay(cash('a', 3495)))
      .thenFails('paid-elsewhere'));
  it('names each tender once', () =>
    given(placed(due), held, tendered(cash('a', 1)))
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

  it('is previewed to the cent', () => given(placed(three), held).when(propose).then(proposed));
  it('changes nothing before it is applied', () =>
    given(placed(three), held, proposed)
      .when({ type: 'CancelOrderLines', data: { orderId, lines: units(1, '2'), reason: 'no' } })
      .thenFails('line-not-found', { lineId: '2' }));
  it('adds its lines and asks for the cancellation of what is removed', () =>
    given(placed(three), held, proposed)
      .when(apply, { commandId: 'c-9' })
      .then(applied, {
        type: 'OrderLinesCancellationRequested',
        data: { cancellationId: 'c-9', lines: units(1), reason: 'edited' },
      }));
  it('is applied once', () => given(placed(three), held, proposed, applied).when(apply).thenFails('edit-not-found'));
  it('is discarded', () =>
    given(placed(three), held, proposed)
      .when({ type: 'DiscardOrderEdit', data: { orderId, editId: 'e' } })
      .then({ type: 'OrderEditDiscarded', data: { editId: 'e' } }));
  it('offers what the channel does', () => {
    const astray = [aLine('2', { method: 'carry-out', locationId: 'leeds' })];
    given(placed(three), held)
      .when({ type: 'ProposeOrderEdit', data: { orderId, editId: 'e', add: astray, remove: [], terms: terms() } })
      .thenFails('method-not-offered', { lineId: '2' });
  });
  it('adds nothing to what has left, also when it was proposed before', () => {
    given(placed(three), held, left(3, 3495)).when(propose).thenFails('order-fulfilled');
    given(placed(three), held, proposed, left(3, 3495)).when(apply).thenFails('order-fulfilled');
  });
  it('does not add a line that is there', () =>
    given(placed(three), held)
      .when({ type: 'ProposeOrderEdit', data: { orderId, editId: 'e', add: [aLine('1')], remove: [] } })
      .thenFails('invalid-lines', { lineId: '1' }));
});

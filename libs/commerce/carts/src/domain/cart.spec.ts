import { describe, it } from '@jest/globals';
import { KONTOR_NAMESPACE, uuidv5 } from '#kernel';
import { caused, specification } from '#testing';
import { type CartCommand, type CartEvent, type CartLine } from './cart-messages.js';
import { cart } from './cart.js';

const given = specification(cart.decider);

const unitPrice = { amount: 1000, scale: 2 };
const line = (lineId: string, quantity = 1, more: Partial<CartLine> = {}): CartLine => ({
  ...{ lineId, sku: 'TEA', quantity, unitPrice, method: 'ship' },
  ...more,
});
const created: CartEvent = { type: 'CartCreated', data: { currency: 'EUR' } };
const added = (...args: Parameters<typeof line>): CartEvent => ({ type: 'CartLineAdded', data: line(...args) });
const add = (...args: Parameters<typeof line>): CartCommand => ({
  type: 'AddCartLine',
  data: { cartId: 'c', ...line(...args) },
});
const set = (lineId: string, quantity: number): CartCommand => ({
  type: 'SetCartLineQuantity',
  data: { cartId: 'c', lineId, quantity },
});
const remove = (lineId: string): CartCommand => ({ type: 'RemoveCartLine', data: { cartId: 'c', lineId } });
const checkOut: CartCommand = { type: 'CheckOutCart', data: { cartId: 'c', orderId: 'o' } };
const checkedOut: CartEvent = {
  type: 'CartCheckedOut',
  data: { orderId: 'o', expiresAt: '2026-01-01T12:15:00.000Z' },
};
const ordered: CartEvent = { type: 'CartOrdered', data: { orderId: 'o' } };

const soon = '2026-01-01T12:10:00.000Z';
const place = { sku: 'TEA', locationId: 'north' };
const requested: CartEvent = {
  type: 'CartReservationRequested',
  data: { places: [{ lineId: '1', locationId: 'north' }], expiresAt: soon },
};
/** As the cart names its n-th reservation at that place. */
const nth = (n: number) => uuidv5(KONTOR_NAMESPACE, `cart/c/TEA~north/${n}`);
const first = { reservationId: nth(1), ...place };
const asks = (reservationId: string, quantity: number, replaces?: string): CartEvent => ({
  type: 'CartStockAsked',
  data: { asks: [{ reservationId, ...place, quantity, ...(replaces !== undefined && { replaces }) }], expiresAt: soon },
});
const held = (quantity: number): CartEvent[] => [
  created,
  added('1', quantity),
  requested,
  asks('r-1', quantity),
  { type: 'CartStockReserved', data: { reservationId: 'r-1', ...place, quantity, expiresAt: soon } },
];

describe('the lines of a cart', () => {
  it('are added', () => given(created).when(add('1', 2)).then(added('1', 2)));
  it('are added to, where they are there already', () =>
    given(created, added('1', 2)).when(add('1', 3)).then(added('1', 3)));
  it('of other goods need an id of their own', () =>
    given(created, added('1'))
      .when(add('1', 1, { sku: 'POT' }))
      .thenFails('cart-line-differs', { lineId: '1', sku: 'TEA' }));
  it('that are not shipped need a location', () =>
    given(created)
      .when(add('1', 1, { method: 'pickup' }))
      .thenFails('invalid-lines'));
  it('get the quantity that is set', () =>
    given(created, added('1'))
      .when(set('1', 5))
      .then({ type: 'CartLineQuantitySet', data: { lineId: '1', quantity: 5 } }));
  it('that have it already stay', () => given(created, added('1', 5)).when(set('1', 5)).thenNothing());
  it('that are not there cannot be set', () => given(created).when(set('1', 5)).thenFails('cart-line-not-found'));
  it('are removed', () =>
    given(created, added('1'))
      .when(remove('1'))
      .then({ type: 'CartLineRemoved', data: { lineId: '1' } }));
  it('are removed once', () => given(created).when(remove('1')).thenNothing());
  it('are a thousand at most', () =>
    given(created, ...Array.from({ length: 1000 }, (_, i) => added(`l${i}`)))
      .when(add('one more'))
      .thenFails('cart-full'));
  it('need a cart', () => given().when(add('1')).thenFails('cart-not-found'));
});

describe('whose cart it is', () => {
  const attach: CartCommand = { type: 'AttachCustomer', data: { cartId: 'c', customerId: 'ada' } };
  const attached: CartEvent = { type: 'CartCustomerAttached', data: { customerId: 'ada' } };
  it('is said once', () => given(created).when(attach).then(attached));
  it('is known then', () => given(created, attached).when(attach).thenNothing());
  it('does not change', () =>
    given(created, attached)
      .when({ type: 'AttachCustomer', data: { cartId: 'c', customerId: 'bob' } })
      .thenFails('cart-of-another'));
  it('moves from channel to channel, by whoever had it last', () =>
    given(created, caused({ channel: 'app' }, added('1')))
      .when({ type: 'HandOverCart', data: { cartId: 'c', to: { channel: 'till', person: 'staff-7' } } })
      .then({ type: 'CartHandedOver', data: { from: 'app', to: { channel: 'till', person: 'staff-7' } } }));
});

describe('the checkout of a cart', () => {
  it('freezes it', () => given(created, added('1')).when(checkOut).then(checkedOut));
  it('happens once', () => given(created, added('1'), checkedOut).when(checkOut).thenNothing());
  it('is for one order', () =>
    given(created, added('1'), checkedOut)
      .when({ type: 'CheckOutCart', data: { cartId: 'c', orderId: 'p' } })
      .thenFails('cart-checked-out', { orderId: 'o' }));
  it('needs lines', () => given(created).when(checkOut).thenFails('cart-empty'));
  it('lets nobody edit', () => {
    for (const command of [add('2'), set('1', 2), remove('1')]) {
      given(created, added('1'), checkedOut).when(command).thenFails('cart-checked-out');
    }
  });
  const reopen: CartCommand = { type: 'ReopenCart', data: { cartId: 'c' } };
  it('is left again', () =>
    given(created, added('1'), checkedOut)
      .when(reopen)
      .then({ type: 'CartReopened', data: { orderId: 'o', reason: 'turned-back' } }));
  it('cannot be left once the order is placed', () =>
    given(created, added('1'), checkedOut, ordered).when(reopen).thenFails('cart-ordered'));
  it('that was left means nothing to reopen', () => given(created, added('1')).when(reopen).thenNothing());

  const expire: CartCommand = { type: 'ExpireCartCheckout', data: { cartId: 'c', orderId: 'o' } };
  it('runs out', () =>
    given(created, added('1'), checkedOut)
      .when(expire, { occurredAt: '2026-01-01T12:15:00.000Z' })
      .then({ type: 'CartReopened', data: { orderId: 'o', reason: 'no-order' } }));
  it('does not run out early', () =>
    given(created, added('1'), checkedOut).when(expire, { occurredAt: '2026-01-01T12:14:59.999Z' }).thenNothing());
  it('does not run out once the order is placed', () =>
    given(created, added('1'), checkedOut, ordered)
      .when(expire, { occurredAt: '2027-01-01T00:00:00.000Z' })
      .thenNothing());

  it('ends with the order', () =>
    given(created, added('1'), checkedOut, ordered)
      .when({ type: 'CompleteCart', data: { cartId: 'c', orderId: 'o' } })
      .then({ type: 'CartClosed', data: { reason: 'ordered', orderId: 'o' } }));
  it('gives the cart back when the order is rejected', () =>
    given(created, added('1'), checkedOut, ordered)
      .when({ type: 'ReturnCart', data: { cartId: 'c', orderId: 'o' } })
      .then({ type: 'CartReopened', data: { orderId: 'o', reason: 'order-rejected' } }));
});

describe('the goods of a cart', () => {
  const reserve = (available: number): CartCommand => ({
    type: 'ReserveCart',
    data: {
      cartId: 'c',
      seconds: 600,
      terms: { reservationTtlSeconds: 900, locations: [{ locationId: 'north', ships: true }] },
      candidates: available > 0 ? [{ ...place, available }] : [],
    },
  });
  it('are asked for where they are', () =>
    given(created, added('1', 2))
      .when(reserve(5))
      .then(requested, asks(nth(1), 2)));
  it('that are nowhere are told', () =>
    given(created, added('1', 2))
      .when(reserve(0))
      .then({ type: 'CartStockNotReserved', data: { sku: 'TEA', quantity: 2, available: 0 } }));
  it('that are held already are not asked for again', () =>
    given(...held(2))
      .when(reserve(5))
      .thenNothing());
  it('that become more are asked for anew, in place of the old', () =>
    given(...held(2))
      .when(set('1', 3))
      .then({ type: 'CartLineQuantitySet', data: { lineId: '1', quantity: 3 } }, asks(nth(2), 3, 'r-1')));
  it('that become fewer are given back', () =>
    given(...held(3))
      .when(set('1', 1))
      .then(
        { type: 'CartLineQuantitySet', data: { lineId: '1', quantity: 1 } },
        { type: 'CartStockReduced', data: { reservationId: 'r-1', ...place, by: 2, left: 1 } },
      ));
  it('of a line that is removed are given back', () =>
    given(...held(3))
      .when(remove('1'))
      .then(
        { type: 'CartLineRemoved', data: { lineId: '1' } },
        { type: 'CartStockReduced', data: { reservationId: 'r-1', ...place, by: 3, left: 0 } },
      ));
  it('that were granted after the wish grew smaller are given back', () =>
    given(created, added('1', 3), requested, asks('r-1', 3), {
      type: 'CartLineQuantitySet',
      data: { lineId: '1', quantity: 1 },
    })
      .when({ type: 'RecordCartReservation', data: { cartId: 'c', reservationId: 'r-1', ...place } })
      .then(
        { type: 'CartStockReserved', data: { reservationId: 'r-1', ...place, quantity: 3, expiresAt: soon } },
        { type: 'CartStockReduced', data: { reservationId: 'r-1', ...place, by: 2, left: 1 } },
      ));
  it('that nobody waits for any more go back', () =>
    given(created)
      .when({ type: 'RecordCartReservation', data: { cartId: 'c', ...first } })
      .then({ type: 'CartReservationsReleased', data: { reservations: [first], reason: 'not-wanted' } }));
  it('that were refused are told, with what is left', () =>
    given(created, added('1', 3), requested, asks('r-1', 3))
      .when({ type: 'RecordCartRefusal', data: { cartId: 'c', reservationId: 'r-1', available: 1 } })
      .then({
        type: 'CartStockNotReserved',
        data: { reservationId: 'r-1', ...place, quantity: 3, available: 1 },
      }));
  it('are held for longer', () =>
    given(...held(1))
      .when({ type: 'ExtendCartReservations', data: { cartId: 'c', seconds: 3600 } })
      .then({
        type: 'CartReservationsExtended',
        data: { reservations: [{ reservationId: 'r-1', ...place }], expiresAt: '2026-01-01T13:00:00.000Z' },
      }));
  it('are not held for less', () =>
    given(...held(1))
      .when({ type: 'ExtendCartReservations', data: { cartId: 'c', seconds: 60 } })
      .thenNothing());
  const expired: CartEvent = {
    type: 'CartReservationEnded',
    data: { reservationId: 'r-1', ...place, reason: 'expired' },
  };
  const lose: CartCommand = {
    type: 'LoseCartReservation',
    data: { cartId: 'c', reservationId: 'r-1', reason: 'expired' },
  };
  it('are lost when their time is over', () =>
    given(...held(1))
      .when(lose)
      .then(expired));
  it('are lost once', () =>
    given(...held(1), expired)
      .when(lose)
      .thenNothing());
  it('that were lost are not asked for by an edit', () =>
    given(...held(1), expired)
      .when(set('1', 2))
      .then({ type: 'CartLineQuantitySet', data: { lineId: '1', quantity: 2 } }));
  it('go back when the cart is closed', () =>
    given(...held(1))
      .when({ type: 'CloseCart', data: { cartId: 'c', reason: 'abandoned' } })
      .then(
        {
          type: 'CartReservationsReleased',
          data: { reservations: [{ reservationId: 'r-1', ...place }], reason: 'closed' },
        },
        { type: 'CartClosed', data: { reason: 'abandoned' } },
      ));
});

describe('two carts', () => {
  const merge = (lines: CartLine[], heldThere: CartLine[] = []): CartCommand => ({
    type: 'MergeCarts',
    data: {
      cartId: 'c',
      fromCartId: 'g',
      source: {
        lines,
        places: heldThere.map(({ lineId }) => ({ lineId, locationId: 'north' })),
        held: heldThere.map(({ quantity }) => ({ reservationId: 'g-1', ...place, quantity })),
        ...(heldThere.length > 0 && { expiresAt: soon }),
      },
    },
  });
  const merged = (lines: CartLine[], taken = lines): CartEvent => ({
    type: 'CartLinesMerged',
    data: {
      fromCartId: 'g',
      lines,
      places: [],
      taken: taken.map(({ lineId, quantity }) => ({ lineId, quantity })),
    },
  });
  it('become one: the same goods in one line, others in their own', () =>
    given(created, added('1', 2))
      .when(merge([line('7', 1), line('8', 1, { sku: 'POT' })]))
      .then(merged([line('1', 1), line('8', 1, { sku: 'POT' })], [line('7', 1), line('8', 1)])));
  it('are merged once', () =>
    given(created, merged([line('1')]))
      .when(merge([line('1')]))
      .thenNothing());
  it('are two', () =>
    given(created)
      .when({ type: 'MergeCarts', data: { cartId: 'c', fromCartId: 'c', source: { lines: [], places: [], held: [] } } })
      .thenFails('carts-not-mergeable'));
  it('hand over what is held, before the other ends', () =>
    given(created)
      .when(merge([line('1', 2)], [line('1', 2)]))
      .then(asks(nth(1), 2, 'g-1'), {
        type: 'CartLinesMerged',
        data: {
          fromCartId: 'g',
          lines: [line('1', 2)],
          places: [{ lineId: '1', locationId: 'north' }],
          taken: [{ lineId: '1', quantity: 2 }],
          expiresAt: soon,
        },
      }));
  it('lose nothing that was put into the other meanwhile', () =>
    given(created, added('1', 3), added('2'))
      .when({ type: 'CloseMergedCart', data: { cartId: 'c', into: 'd', lines: [{ lineId: '1', quantity: 2 }] } })
      .then({
        type: 'CartClosed',
        data: { reason: 'merged', mergedInto: 'd', rest: [line('1', 1), line('2')] },
      }));
  it('of which one has ended say where to go on', () =>
    given(created, { type: 'CartClosed', data: { reason: 'merged', mergedInto: 'd' } })
      .when(add('1'))
      .thenFails('cart-closed', { mergedInto: 'd' }));
});

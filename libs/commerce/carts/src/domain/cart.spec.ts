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
const stockItem = { sku: 'TEA', locationId: 'north' };
const requested: CartEvent = {
  type: 'CartReservationRequested',
  data: { places: [{ lineId: '1', locationId: 'north' }], expiresAt: soon },
};
/** The id that the cart gives to its n-th reservation of the stock item. */
const nthReservationId = (n: number) => uuidv5(KONTOR_NAMESPACE, `cart/c/TEA~north/${n}`);
const firstReservation = { reservationId: nthReservationId(1), ...stockItem };
const asks = (reservationId: string, quantity: number, replaces?: string): CartEvent => ({
  type: 'CartStockAsked',
  data: {
    asks: [{ reservationId, ...stockItem, quantity, ...(replaces !== undefined && { replaces }) }],
    expiresAt: soon,
  },
});
const withReservation = (quantity: number): CartEvent[] => [
  created,
  added('1', quantity),
  requested,
  asks('r-1', quantity),
  { type: 'CartStockReserved', data: { reservationId: 'r-1', ...stockItem, quantity, expiresAt: soon } },
];

describe('the lines of a cart', () => {
  it('are added', () => given(created).when(add('1', 2)).then(added('1', 2)));
  it('get more units when they are added again', () =>
    given(created, added('1', 2)).when(add('1', 3)).then(added('1', 3)));
  it('need another id for other goods', () =>
    given(created, added('1'))
      .when(add('1', 1, { sku: 'POT' }))
      .thenFails('cart-line-differs', { lineId: '1', sku: 'TEA' }));
  it('need a location unless they are shipped', () =>
    given(created)
      .when(add('1', 1, { method: 'pickup' }))
      .thenFails('invalid-lines'));
  it('get the quantity that is set', () =>
    given(created, added('1'))
      .when(set('1', 5))
      .then({ type: 'CartLineQuantitySet', data: { lineId: '1', quantity: 5 } }));
  it('do not change when the quantity is what it is already', () =>
    given(created, added('1', 5)).when(set('1', 5)).thenNothing());
  it('are not found when the cart does not have them', () =>
    given(created).when(set('1', 5)).thenFails('cart-line-not-found'));
  it('are removed', () =>
    given(created, added('1'))
      .when(remove('1'))
      .then({ type: 'CartLineRemoved', data: { lineId: '1' } }));
  it('are removed once', () => given(created).when(remove('1')).thenNothing());
  it('are at most 1,000', () =>
    given(created, ...Array.from({ length: 1000 }, (_, i) => added(`l${i}`)))
      .when(add('one more'))
      .thenFails('cart-full'));
  it('are refused with the limit when they would take more than 500 KiB', () => {
    const engraving = { attributes: { engraving: 'ä'.repeat(5_000) } };
    given(created, ...Array.from({ length: 50 }, (_, i) => added(`l${i}`, 1, engraving)))
      .when(add('one more', 1, engraving))
      .thenFails('too-large', { maxBytes: 500 * 1024 });
  });
  it('need a cart', () => given().when(add('1')).thenFails('cart-not-found'));
});

describe('the customer and the channel of a cart', () => {
  const attach: CartCommand = { type: 'AttachCustomer', data: { cartId: 'c', customerId: 'ada' } };
  const attached: CartEvent = { type: 'CartCustomerAttached', data: { customerId: 'ada' } };
  it('is attached', () => given(created).when(attach).then(attached));
  it('is attached once', () => given(created, attached).when(attach).thenNothing());
  it('cannot be changed to another customer', () =>
    given(created, attached)
      .when({ type: 'AttachCustomer', data: { cartId: 'c', customerId: 'bob' } })
      .thenFails('cart-of-another'));
  it('is handed over from the channel that had it last', () =>
    given(created, caused({ channel: 'app' }, added('1')))
      .when({ type: 'HandOverCart', data: { cartId: 'c', to: { channel: 'till', person: 'staff-7' } } })
      .then({ type: 'CartHandedOver', data: { from: 'app', to: { channel: 'till', person: 'staff-7' } } }));
});

describe('the checkout of a cart', () => {
  it('is recorded', () => given(created, added('1')).when(checkOut).then(checkedOut));
  it('happens once', () => given(created, added('1'), checkedOut).when(checkOut).thenNothing());
  it('is for one order', () =>
    given(created, added('1'), checkedOut)
      .when({ type: 'CheckOutCart', data: { cartId: 'c', orderId: 'p' } })
      .thenFails('cart-checked-out', { orderId: 'o' }));
  it('needs lines', () => given(created).when(checkOut).thenFails('cart-empty'));
  it('prevents edits', () => {
    for (const command of [add('2'), set('1', 2), remove('1')]) {
      given(created, added('1'), checkedOut).when(command).thenFails('cart-checked-out');
    }
  });
  const reopen: CartCommand = { type: 'ReopenCart', data: { cartId: 'c' } };
  it('ends when the cart is reopened', () =>
    given(created, added('1'), checkedOut)
      .when(reopen)
      .then({ type: 'CartReopened', data: { orderId: 'o', reason: 'turned-back' } }));
  it('cannot be ended once the order is placed', () =>
    given(created, added('1'), checkedOut, ordered).when(reopen).thenFails('cart-ordered'));
  it('cannot be ended twice', () => given(created, added('1')).when(reopen).thenNothing());

  const expire: CartCommand = { type: 'ExpireCartCheckout', data: { cartId: 'c', orderId: 'o' } };
  it('expires', () =>
    given(created, added('1'), checkedOut)
      .when(expire, { decidedAt: '2026-01-01T12:15:00.000Z' })
      .then({ type: 'CartReopened', data: { orderId: 'o', reason: 'no-order' } }));
  it('does not expire early', () =>
    given(created, added('1'), checkedOut).when(expire, { decidedAt: '2026-01-01T12:14:59.999Z' }).thenNothing());
  it('does not expire once the order is placed', () =>
    given(created, added('1'), checkedOut, ordered)
      .when(expire, { decidedAt: '2027-01-01T00:00:00.000Z' })
      .thenNothing());

  it('closes the cart when the order is confirmed', () =>
    given(created, added('1'), checkedOut, ordered)
      .when({ type: 'CompleteCart', data: { cartId: 'c', orderId: 'o' } })
      .then({ type: 'CartClosed', data: { reason: 'ordered', orderId: 'o' } }));
  it('reopens the cart when the order is rejected', () =>
    given(created, added('1'), checkedOut, ordered)
      .when({ type: 'ReturnCart', data: { cartId: 'c', orderId: 'o' } })
      .then({ type: 'CartReopened', data: { orderId: 'o', reason: 'order-rejected' } }));
});

describe('the reservations of a cart', () => {
  const reserve = (available: number): CartCommand => ({
    type: 'ReserveCart',
    data: {
      cartId: 'c',
      seconds: 600,
      terms: { reservationTtlSeconds: 900, locations: [{ locationId: 'north', ships: true }] },
      candidates: available > 0 ? [{ ...stockItem, available }] : [],
    },
  });
  it('are requested where units are available', () =>
    given(created, added('1', 2))
      .when(reserve(5))
      .then(requested, asks(nthReservationId(1), 2)));
  it('are recorded as not made when no location has any units', () =>
    given(created, added('1', 2))
      .when(reserve(0))
      .then({ type: 'CartStockNotReserved', data: { sku: 'TEA', quantity: 2, available: 0 } }));
  it('are not requested again once they are made', () =>
    given(...withReservation(2))
      .when(reserve(5))
      .thenNothing());
  it('are replaced by larger ones when the quantity is increased', () =>
    given(...withReservation(2))
      .when(set('1', 3))
      .then({ type: 'CartLineQuantitySet', data: { lineId: '1', quantity: 3 } }, asks(nthReservationId(2), 3, 'r-1')));
  it('are reduced when the quantity is decreased', () =>
    given(...withReservation(3))
      .when(set('1', 1))
      .then(
        { type: 'CartLineQuantitySet', data: { lineId: '1', quantity: 1 } },
        { type: 'CartStockReduced', data: { reservationId: 'r-1', ...stockItem, by: 2, left: 1 } },
      ));
  it('are reduced to nothing when the line is removed', () =>
    given(...withReservation(3))
      .when(remove('1'))
      .then(
        { type: 'CartLineRemoved', data: { lineId: '1' } },
        { type: 'CartStockReduced', data: { reservationId: 'r-1', ...stockItem, by: 3, left: 0 } },
      ));
  it('are reduced when the quantity was decreased before stock answered', () =>
    given(created, added('1', 3), requested, asks('r-1', 3), {
      type: 'CartLineQuantitySet',
      data: { lineId: '1', quantity: 1 },
    })
      .when({ type: 'RecordCartReservation', data: { cartId: 'c', reservationId: 'r-1', ...stockItem } })
      .then(
        { type: 'CartStockReserved', data: { reservationId: 'r-1', ...stockItem, quantity: 3, expiresAt: soon } },
        { type: 'CartStockReduced', data: { reservationId: 'r-1', ...stockItem, by: 2, left: 1 } },
      ));
  it('are released when stock makes one that is not requested any more', () =>
    given(created)
      .when({ type: 'RecordCartReservation', data: { cartId: 'c', ...firstReservation } })
      .then({ type: 'CartReservationsReleased', data: { reservations: [firstReservation], reason: 'not-wanted' } }));
  it('are recorded as declined, with the available units', () =>
    given(created, added('1', 3), requested, asks('r-1', 3))
      .when({ type: 'RecordCartRefusal', data: { cartId: 'c', reservationId: 'r-1', available: 1 } })
      .then({
        type: 'CartStockNotReserved',
        data: { reservationId: 'r-1', ...stockItem, quantity: 3, available: 1 },
      }));
  it('are extended', () =>
    given(...withReservation(1))
      .when({ type: 'ExtendCartReservations', data: { cartId: 'c', seconds: 3600 } })
      .then({
        type: 'CartReservationsExtended',
        data: { reservations: [{ reservationId: 'r-1', ...stockItem }], expiresAt: '2026-01-01T13:00:00.000Z' },
      }));
  it('are not shortened', () =>
    given(...withReservation(1))
      .when({ type: 'ExtendCartReservations', data: { cartId: 'c', seconds: 60 } })
      .thenNothing());
  const expired: CartEvent = {
    type: 'CartReservationEnded',
    data: { reservationId: 'r-1', ...stockItem, reason: 'expired' },
  };
  const lose: CartCommand = {
    type: 'LoseCartReservation',
    data: { cartId: 'c', reservationId: 'r-1', reason: 'expired' },
  };
  it('end when they expire', () =>
    given(...withReservation(1))
      .when(lose)
      .then(expired));
  it('end once', () =>
    given(...withReservation(1), expired)
      .when(lose)
      .thenNothing());
  it('are not requested again by an edit after they expired', () =>
    given(...withReservation(1), expired)
      .when(set('1', 2))
      .then({ type: 'CartLineQuantitySet', data: { lineId: '1', quantity: 2 } }));
  it('are released when the cart is closed', () =>
    given(...withReservation(1))
      .when({ type: 'CloseCart', data: { cartId: 'c', reason: 'abandoned' } })
      .then(
        {
          type: 'CartReservationsReleased',
          data: { reservations: [{ reservationId: 'r-1', ...stockItem }], reason: 'closed' },
        },
        { type: 'CartClosed', data: { reason: 'abandoned' } },
      ));
});

describe('the merge of two carts', () => {
  const merge = (lines: CartLine[], reservedThere: CartLine[] = []): CartCommand => ({
    type: 'MergeCarts',
    data: {
      cartId: 'c',
      fromCartId: 'g',
      source: {
        lines,
        places: reservedThere.map(({ lineId }) => ({ lineId, locationId: 'north' })),
        reservations: reservedThere.map(({ quantity }) => ({ reservationId: 'g-1', ...stockItem, quantity })),
        ...(reservedThere.length > 0 && { expiresAt: soon }),
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
  it('adds units of the same goods to their line, and other goods as lines of their own', () =>
    given(created, added('1', 2))
      .when(merge([line('7', 1), line('8', 1, { sku: 'POT' })]))
      .then(merged([line('1', 1), line('8', 1, { sku: 'POT' })], [line('7', 1), line('8', 1)])));
  it('happens once', () =>
    given(created, merged([line('1')]))
      .when(merge([line('1')]))
      .thenNothing());
  it('is refused with the limit when the lines of both would take more than 500 KiB', () => {
    const engraving = { attributes: { engraving: 'ä'.repeat(5_000) } };
    const lines = (prefix: string) => Array.from({ length: 26 }, (_, i) => line(`${prefix}${i}`, 1, engraving));
    given(created, ...lines('l').map((data): CartEvent => ({ type: 'CartLineAdded', data })))
      .when(merge(lines('m')))
      .thenFails('too-large', { maxBytes: 500 * 1024 });
  });
  it('needs two carts', () =>
    given(created)
      .when({
        type: 'MergeCarts',
        data: { cartId: 'c', fromCartId: 'c', source: { lines: [], places: [], reservations: [] } },
      })
      .thenFails('carts-not-mergeable'));
  it('requests the reservations of the other cart before that is closed', () =>
    given(created)
      .when(merge([line('1', 2)], [line('1', 2)]))
      .then(asks(nthReservationId(1), 2, 'g-1'), {
        type: 'CartLinesMerged',
        data: {
          fromCartId: 'g',
          lines: [line('1', 2)],
          places: [{ lineId: '1', locationId: 'north' }],
          taken: [{ lineId: '1', quantity: 2 }],
          expiresAt: soon,
        },
      }));
  it('names units that were added to the other cart meanwhile', () =>
    given(created, added('1', 3), added('2'))
      .when({ type: 'CloseMergedCart', data: { cartId: 'c', into: 'd', lines: [{ lineId: '1', quantity: 2 }] } })
      .then({
        type: 'CartClosed',
        data: { reason: 'merged', mergedInto: 'd', rest: [line('1', 1), line('2')] },
      }));
  it('makes the closed cart name the other one', () =>
    given(created, { type: 'CartClosed', data: { reason: 'merged', mergedInto: 'd' } })
      .when(add('1'))
      .thenFails('cart-closed', { mergedInto: 'd' }));
});

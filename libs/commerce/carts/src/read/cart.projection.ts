import { idOf } from '#event-store';
import { column, type FoldedProjection, nullable, primary, readTable, type RecordedAs, type RowOf } from '#projections';
import { type CartEvent } from '../domain/cart-messages.js';

const cartColumns = {
  cartId: primary(column.text('Id of the cart')),
  channel: column.text('The channel that has the cart now'),
  state: column.oneOf(['open', 'checked-out', 'ordered', 'merged', 'closed']),
  currency: column.text('ISO 4217'),
  customerId: nullable(column.text('A registered customer')),
  orderId: nullable(column.text('The order of the checkout')),
  mergedInto: nullable(column.text('The cart that took over its lines')),
  checkoutExpiresAt: nullable(column.instant('Until when the order of the checkout must be placed')),
  createdAt: column.instant('Business time'),
  changedAt: column.instant('Business time of the last change'),
};

/** The state of a cart; its lines and reservations are read from its stream. */
type CartRow = RowOf<typeof cartColumns>;

const newCart = (
  { stream, envelope }: RecordedAs<CartEvent>,
  data: { currency: string; customerId?: string },
): CartRow => ({
  cartId: idOf(stream),
  channel: envelope.channel,
  state: 'open',
  currency: data.currency,
  customerId: data.customerId ?? null,
  orderId: null,
  mergedInto: null,
  checkoutExpiresAt: null,
  createdAt: envelope.occurredAt,
  changedAt: envelope.occurredAt,
});

/** By the reason of closing; any other is `closed`. */
const CLOSED_STATES: Readonly<Record<string, CartRow['state']>> = { ordered: 'ordered', merged: 'merged' };

const changedColumns = ({ type, data }: Exclude<CartEvent, { type: 'CartCreated' }>): Partial<CartRow> => {
  switch (type) {
    case 'CartHandedOver':
      return data.to.channel === undefined ? {} : { channel: data.to.channel };
    case 'CartCustomerAttached':
      return { customerId: data.customerId };
    case 'CartCheckedOut':
      return { state: 'checked-out', orderId: data.orderId, checkoutExpiresAt: data.expiresAt };
    case 'CartOrdered':
      return { state: 'checked-out', orderId: data.orderId, checkoutExpiresAt: null };
    case 'CartReopened':
      return { state: 'open', orderId: null, checkoutExpiresAt: null };
    case 'CartClosed':
      return {
        state: CLOSED_STATES[data.reason] ?? 'closed',
        mergedInto: data.mergedInto ?? null,
        checkoutExpiresAt: null,
      };
    case 'CartLineAdded':
    case 'CartLineQuantitySet':
    case 'CartLineRemoved':
    case 'CartLinesMerged':
    case 'CartReservationRequested':
    case 'CartStockAsked':
    case 'CartStockReserved':
    case 'CartStockNotReserved':
    case 'CartStockReduced':
    case 'CartReservationsExtended':
    case 'CartReservationsReleased':
    case 'CartReservationEnded':
      return {};
  }
};

export const carts: FoldedProjection<CartRow, 'cartId', CartEvent> = {
  name: 'cart',
  version: 1,
  categories: ['cart'],
  table: readTable('cart', cartColumns, [{ columns: ['checkoutExpiresAt'], where: 'checkout_expires_at IS NOT NULL' }]),
  channelColumn: 'channel',
  keysOf: ({ stream }) => [{ cartId: idOf(stream) }],
  creates: ({ event }) => event.type === 'CartCreated',
  project: (row, recorded) => {
    const { event, envelope } = recorded;
    if (event.type === 'CartCreated') return newCart(recorded, event.data);
    if (!row) throw new Error(`${event.type} of a cart that was never created`);
    const channel = envelope.actor.startsWith('process:') ? row.channel : envelope.channel;
    return { ...row, channel, changedAt: envelope.occurredAt, ...changedColumns(event) };
  },
};

import { idOf } from '#event-store';
import { type FoldedProjection, readTable, type RecordedAs } from '#projections';
import { type CartEvent } from '../domain/cart-messages.js';

/** The state of a cart; its lines and reservations are read from its stream. */
export interface CartRow {
  readonly cartId: string;
  /** The channel that has the cart now. */
  readonly channel: string;
  readonly state: 'open' | 'checked-out' | 'ordered' | 'merged' | 'closed';
  readonly currency: string;
  readonly customerId: string | null;
  /** The order of the checkout. */
  readonly orderId: string | null;
  readonly mergedInto: string | null;
  /** Until when the order of the checkout must be placed, ISO 8601. */
  readonly checkoutExpiresAt: string | null;
  /** Business time, ISO 8601. */
  readonly createdAt: string;
  readonly changedAt: string;
}

const text = { type: 'text' } as const;
const nullableText = { type: 'text', nullable: true } as const;
const time = { type: 'timestamptz' } as const;

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
  table: readTable<CartRow>(
    'cart',
    {
      cartId: { type: 'text', primary: true },
      channel: text,
      state: text,
      currency: text,
      customerId: nullableText,
      orderId: nullableText,
      mergedInto: nullableText,
      checkoutExpiresAt: { type: 'timestamptz', nullable: true },
      createdAt: time,
      changedAt: time,
    },
    [{ columns: ['checkoutExpiresAt'], where: 'checkout_expires_at IS NOT NULL' }],
  ),
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

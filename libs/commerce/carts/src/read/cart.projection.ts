import { idOf } from '#event-store';
import { type FoldedProjection, readTable, type RecordedAs } from '#projections';
import { type CartEvent } from '../domain/cart-messages.js';

/** Where a cart stands; what is in it is read from its stream. */
export interface CartRow {
  readonly cartId: string;
  /** Who has it now. */
  readonly channel: string;
  readonly state: 'open' | 'checked-out' | 'ordered' | 'merged' | 'closed';
  readonly currency: string;
  readonly customerId: string | null;
  /** Of the checkout. */
  readonly orderId: string | null;
  readonly mergedInto: string | null;
  /** Until when a checkout waits for its order, ISO 8601. */
  readonly checkoutExpiresAt: string | null;
  /** Business time, ISO 8601. */
  readonly createdAt: string;
  readonly changedAt: string;
}

const text = { type: 'text' } as const;
const maybe = { type: 'text', nullable: true } as const;
const time = { type: 'timestamptz' } as const;

const created = (
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

const CLOSED: Readonly<Record<string, CartRow['state']>> = { ordered: 'ordered', merged: 'merged' };

const changeOf = ({ type, data }: CartEvent): Partial<CartRow> => {
  // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check -- lines and reservations change no column
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
      return { state: CLOSED[data.reason] ?? 'closed', mergedInto: data.mergedInto ?? null, checkoutExpiresAt: null };
    default:
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
      customerId: maybe,
      orderId: maybe,
      mergedInto: maybe,
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
    if (event.type === 'CartCreated') return created(recorded, event.data);
    if (!row) return undefined;
    const channel = envelope.actor.startsWith('process:') ? row.channel : envelope.channel;
    return { ...row, channel, changedAt: envelope.occurredAt, ...changeOf(event) };
  },
};

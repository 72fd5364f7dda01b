import { type Published, without } from '#registry';

/** Who may see the events of a category. */
interface Openness {
  /** What a key needs. */
  readonly scope: string;
  /** A channel sees only what is its own. */
  readonly owned: boolean;
}

export const kinds: Readonly<Record<string, Openness>> = {
  stock: { scope: 'stock:read', owned: false },
  transfer: { scope: 'stock:read', owned: false },
  kit: { scope: 'stock:read', owned: false },
  order: { scope: 'orders:read', owned: true },
  return: { scope: 'orders:read', owned: true },
  payment: { scope: 'payments:read', owned: true },
  ledger: { scope: 'orders:read', owned: true },
  giftcard: { scope: 'vouchers:read', owned: true },
  voucher: { scope: 'vouchers:read', owned: true },
  fulfillment: { scope: 'fulfillment:read', owned: false },
  shipment: { scope: 'fulfillment:read', owned: false },
  customer: { scope: 'customers:read', owned: true },
  location: { scope: 'network:read', owned: false },
  channel: { scope: 'network:read', owned: true },
  cart: { scope: 'carts:write', owned: true },
  appointment: { scope: 'carts:write', owned: true },
  reorderbutton: { scope: 'orders:place', owned: true },
  sourcingpolicy: { scope: 'sourcing:write', owned: false },
};

/** What tells another channel whose order or cart it was, or which of its own have the same buyer. */
const WHOSE = ['owner', 'reservationId', 'affectedReservations', 'recipient'];

/** The same event for a channel that had no part in it: what happened, but not for whom. */
export const anonymous = (event: Published): Published => ({
  ...event,
  data: without(event.data, WHOSE),
  correlationId: '',
  causationId: undefined,
});

import { type OrderLine } from '../domain/order-messages.js';

/** A reservation that the order made from the cart may take over. */
export interface CartReservation {
  readonly reservationId: string;
  readonly sku: string;
  readonly locationId: string;
  readonly quantity: number;
}

export interface CheckedOutCart {
  readonly lines: readonly OrderLine[];
  /** At most one for each SKU at each location. */
  readonly reservations: readonly CartReservation[];
  readonly customerId?: string;
  readonly currency: string;
}

/** The port to carts, for orders that are made from them. */
export abstract class CartContents {
  /** @returns undefined for a cart that was not checked out for this order */
  abstract checkedOutFor(cartId: string, orderId: string): Promise<CheckedOutCart | undefined>;
}

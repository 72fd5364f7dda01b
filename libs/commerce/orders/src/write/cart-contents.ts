import { type OrderLine } from '../domain/order-messages.js';

/** A reservation of a cart that the order made from it may take over. */
export interface HeldForCart {
  readonly reservationId: string;
  readonly sku: string;
  readonly locationId: string;
  readonly quantity: number;
}

export interface CheckedOutCart {
  readonly lines: readonly OrderLine[];
  /** At most one for each SKU at each location. */
  readonly held: readonly HeldForCart[];
  readonly customerId?: string;
  readonly currency: string;
}

/** The port to carts, for orders that are made from them. */
export abstract class CartContents {
  /** What is, or was, in a cart that was checked out for this order; undefined for any other. */
  abstract forOrder(cartId: string, orderId: string): Promise<CheckedOutCart | undefined>;
}

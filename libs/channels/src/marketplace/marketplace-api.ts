/** The messages of the marketplace's own API. Prices and amounts are decimal text. */

export interface MarketplaceOrderLine {
  readonly line_id: string;
  readonly sku: string;
  readonly title?: string;
  readonly quantity: number;
  /** Price of one unit. */
  readonly price: string;
  /** Units that the marketplace or the buyer no longer wants, over all requests so far. */
  readonly cancel_requested: number;
}

export interface MarketplaceOrder {
  readonly order_id: string;
  readonly status: string;
  readonly currency: string;
  readonly shipping_price: string;
  /** As the marketplace sends it, which Kontor may not take. */
  readonly buyer: { readonly name?: unknown; readonly email?: unknown; readonly phone?: unknown };
  /** As the marketplace sends it, which Kontor may not take. */
  readonly ship_to: {
    readonly street: readonly unknown[];
    readonly zip?: unknown;
    readonly city?: unknown;
    readonly country?: unknown;
  };
  readonly lines: readonly MarketplaceOrderLine[];
}

/** Answer to `GET /orders?after=<cursor>&limit=<n>`: orders by their last change. */
export interface MarketplaceOrderPage {
  /** Each of which may be malformed. */
  readonly orders: readonly unknown[];
  /** Where the next page begins. */
  readonly cursor: string;
  readonly more: boolean;
}

/** An entry of `POST /offers`. */
export interface MarketplaceOffer {
  readonly sku: string;
  readonly quantity: number;
  readonly price?: string;
  /** The marketplace ignores an offer unless its version is greater than the last that it has seen for the SKU. */
  readonly version: number;
}

/** Answer to `POST /offers`. */
export interface MarketplaceOffersAnswer {
  readonly rejected: readonly { readonly sku: string; readonly error: string }[];
}

/** Kontor's name → the marketplace's, until staff map them otherwise. */
export const DEFAULT_STATUS_NAMES = {
  new: 'WAITING_ACCEPTANCE',
  confirmed: 'ACCEPTED',
  rejected: 'REFUSED',
};

/** Kontor's name → the marketplace's, until staff map them otherwise. */
export const DEFAULT_REASON_NAMES = {
  'not-found': 'OUT_OF_STOCK',
  damaged: 'OUT_OF_STOCK',
  'no-capacity': 'CANNOT_SHIP',
  other: 'SELLER_CANCELLED',
};

/** What the marketplace says and understands. Prices and amounts are decimal text. */

export interface TheirLine {
  readonly line_id: string;
  readonly sku: string;
  readonly title?: string;
  readonly quantity: number;
  /** Of one unit. */
  readonly price: string;
  /** Units that it, or the buyer, wants no more. */
  readonly cancel_requested: number;
}

export interface TheirOrder {
  readonly order_id: string;
  readonly status: string;
  readonly created_at: string;
  readonly currency: string;
  readonly shipping_price: string;
  readonly buyer: { readonly name: string; readonly email?: string; readonly phone?: string };
  readonly ship_to: {
    readonly street: readonly string[];
    readonly zip: string;
    readonly city: string;
    readonly country: string;
  };
  readonly lines: readonly TheirLine[];
}

/** `GET /orders?after=<cursor>&limit=<n>`: by their last change; `cursor` is where to go on. */
export interface TheirPage {
  readonly orders: readonly TheirOrder[];
  readonly cursor: string;
  readonly more: boolean;
}

/** `POST /offers`. An offer whose version it has seen, or a later one, changes nothing. */
export interface TheirOffer {
  readonly sku: string;
  readonly quantity: number;
  readonly price?: string;
  readonly version: number;
}

export interface TheirOffersAnswer {
  readonly rejected: readonly { readonly sku: string; readonly error: string }[];
}

/** Ours → theirs, until somebody maps them otherwise. */
export const THEIR_STATUSES = {
  new: 'WAITING_ACCEPTANCE',
  confirmed: 'ACCEPTED',
  rejected: 'REFUSED',
};

export const THEIR_REASONS = {
  'not-found': 'OUT_OF_STOCK',
  damaged: 'OUT_OF_STOCK',
  'no-capacity': 'CANNOT_SHIP',
  other: 'SELLER_CANCELLED',
};

/** What is said to and by a cart: stream `cart-<cartId>`. The rules are in cart.ts. */
import { type Message } from '#kernel';

export interface CartLine {
  /** Unique in the cart; chosen by the channel. */
  readonly lineId: string;
  readonly sku: string;
  readonly quantity: number;
  /** What the channel showed, in units of `10^-scale` of the cart's currency. */
  readonly unitPrice: { readonly amount: number; readonly scale: number };
  readonly title?: string;
  readonly method: 'ship' | 'pickup' | 'carry-out';
  /** Where it is picked up or carried out. */
  readonly locationId?: string;
  readonly attributes?: Readonly<Record<string, string>>;
}

/** Where the goods of a line are, or should be, held. */
export interface LinePlace {
  readonly lineId: string;
  readonly locationId: string;
}

export interface CartReservation {
  readonly reservationId: string;
  readonly sku: string;
  readonly locationId: string;
}

/** A reservation for all lines of a SKU at a location. */
export interface CartAsk extends CartReservation {
  readonly quantity: number;
  /** A smaller one, or that of a merged cart, which it takes over. */
  readonly replaces?: string;
}

export type HeldReservation = CartReservation & { readonly quantity: number };

/** What the channel offers, as far as a cart's reservations need it. In order of preference. */
export interface CartTerms {
  readonly reservationTtlSeconds: number;
  readonly locations: readonly { readonly locationId: string; readonly ships: boolean }[];
}

export interface FreeUnits {
  readonly sku: string;
  readonly locationId: string;
  readonly available: number;
}

/** What a cart brings into another. */
export interface MergedContents {
  readonly lines: readonly CartLine[];
  readonly places: readonly LinePlace[];
  readonly held: readonly HeldReservation[];
  /** Until when they are held; absent where nothing is. */
  readonly expiresAt?: string;
}

/** One party at least. */
export interface HandOver {
  readonly channel?: string;
  /** An id, never a name. */
  readonly person?: string;
}

export interface LineUnits {
  readonly lineId: string;
  readonly quantity: number;
}

export type CartCommand =
  | Message<
      'CreateCart',
      { cartId: string; currency: string; customerId?: string; attributes?: Readonly<Record<string, string>> }
    >
  /** A line that is there already gets so many units more. */
  | Message<'AddCartLine', { cartId: string } & CartLine>
  | Message<'SetCartLineQuantity', { cartId: string; lineId: string; quantity: number }>
  | Message<'RemoveCartLine', { cartId: string; lineId: string }>
  | Message<'HandOverCart', { cartId: string; to: HandOver }>
  | Message<'AttachCustomer', { cartId: string; customerId: string }>
  /** `terms` and `candidates` are added by the command's handler. Without `seconds`, the channel's time. */
  | Message<'ReserveCart', { cartId: string; seconds?: number; terms: CartTerms; candidates: readonly FreeUnits[] }>
  /** `seconds` from now; the command's handler adds the channel's time. */
  | Message<'ExtendCartReservations', { cartId: string; seconds: number }>
  | Message<'ReleaseCart', { cartId: string }>
  /** `source` is added by the command's handler. */
  | Message<'MergeCarts', { cartId: string; fromCartId: string; source: MergedContents }>
  | Message<'CheckOutCart', { cartId: string; orderId: string }>
  | Message<'ReopenCart', { cartId: string }>
  | Message<'CloseCart', { cartId: string; reason: string }>
  /** Of the process: what stock said. */
  | Message<'RecordCartReservation', { cartId: string } & CartReservation>
  | Message<'RecordCartRefusal', { cartId: string; reservationId: string; available: number }>
  | Message<'LoseCartReservation', { cartId: string; reservationId: string; reason: string }>
  /** Of the process: `lines` are what the other cart has taken over. */
  | Message<'CloseMergedCart', { cartId: string; into: string; lines: readonly LineUnits[] }>
  /** Of the process: what was put into the other cart while it was merged. */
  | Message<'MergeCartRest', { cartId: string; fromCartId: string; lines: readonly CartLine[] }>
  /** Of the process: what became of the order. */
  | Message<'RecordCartOrder', { cartId: string; orderId: string }>
  | Message<'CompleteCart', { cartId: string; orderId: string }>
  | Message<'ReturnCart', { cartId: string; orderId: string }>
  /** Sent by the timer; checked again. */
  | Message<'ExpireCartCheckout', { cartId: string; orderId: string }>;

export type CartEvent =
  | Message<'CartCreated', { currency: string; customerId?: string; attributes?: Readonly<Record<string, string>> }>
  /** `quantity` comes on top where the line is there already. */
  | Message<'CartLineAdded', CartLine>
  | Message<'CartLineQuantitySet', LineUnits>
  | Message<'CartLineRemoved', { lineId: string }>
  | Message<'CartHandedOver', { from: string; to: HandOver }>
  | Message<'CartCustomerAttached', { customerId: string }>
  | Message<'CartReservationRequested', { places: readonly LinePlace[]; expiresAt: string }>
  | Message<'CartStockAsked', { asks: readonly CartAsk[]; expiresAt: string }>
  | Message<'CartStockReserved', HeldReservation & { expiresAt: string }>
  /** Without a location: none of the channel's has any. */
  | Message<
      'CartStockNotReserved',
      { sku: string; quantity: number; available: number; locationId?: string; reservationId?: string }
    >
  | Message<'CartStockReduced', CartReservation & { by: number; left: number }>
  | Message<'CartReservationsExtended', { reservations: readonly CartReservation[]; expiresAt: string }>
  | Message<'CartReservationsReleased', { reservations: readonly CartReservation[]; reason: string }>
  /** Not by the cart's own doing: it has expired, or the order has taken it over. */
  | Message<'CartReservationEnded', CartReservation & { reason: string }>
  /** `rest`: they came while the carts were merged. */
  | Message<
      'CartLinesMerged',
      {
        fromCartId: string;
        lines: readonly CartLine[];
        places: readonly LinePlace[];
        /** What the lines were in the other cart. */
        taken: readonly LineUnits[];
        expiresAt?: string;
        rest?: true;
      }
    >
  | Message<'CartCheckedOut', { orderId: string; expiresAt: string }>
  | Message<'CartOrdered', { orderId: string }>
  | Message<'CartReopened', { orderId: string; reason: string }>
  | Message<'CartClosed', { reason: string; orderId?: string; mergedInto?: string; rest?: readonly CartLine[] }>;

/** The commands and events of a cart: stream `cart-<cartId>`. Quantities are sellable units; times are ISO 8601 UTC. */
import { type Message } from '#kernel';

export const METHODS = ['ship', 'pickup', 'carry-out'] as const;

export interface CartLine {
  /** Unique in the cart; chosen by the channel. */
  readonly lineId: string;
  readonly sku: string;
  readonly quantity: number;
  /** The price that the channel showed, in units of `10^-scale` of the cart's currency. */
  readonly unitPrice: { readonly amount: number; readonly scale: number };
  readonly title?: string;
  readonly method: (typeof METHODS)[number];
  /** The location of the pickup, or that the goods are carried out of. */
  readonly locationId?: string;
  readonly attributes?: Readonly<Record<string, string>>;
}

/** The location at which the goods of a line are reserved, or are to be. */
export interface LineLocation {
  readonly lineId: string;
  readonly locationId: string;
}

export interface CartReservationKey {
  readonly reservationId: string;
  readonly sku: string;
  readonly locationId: string;
}

export type CartReservation = CartReservationKey & { readonly quantity: number };

/** A request to stock: one reservation for all lines of a SKU at a location. */
export interface CartReservationRequest extends CartReservation {
  /** A smaller reservation of this cart, or one of a merged cart, that is released in the same step. */
  readonly replaces?: string;
}

/** What the cart needs to know of the channel to reserve goods. Locations are in the channel's order of preference. */
export interface CartTerms {
  readonly reservationTtlSeconds: number;
  readonly locations: readonly { readonly locationId: string; readonly ships: boolean }[];
}

export interface AvailableUnits {
  readonly sku: string;
  readonly locationId: string;
  readonly available: number;
}

/** What a cart brings into another when they are merged. */
export interface MergedContents {
  readonly lines: readonly CartLine[];
  readonly places: readonly LineLocation[];
  readonly reservations: readonly CartReservation[];
  /** When the reservations expire; absent if there are none. */
  readonly expiresAt?: string;
}

/** The new holder of a cart: a channel, a person, or both. */
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
  /** Adds `quantity` units to the line if the cart has it already. */
  | Message<'AddCartLine', { cartId: string } & CartLine>
  | Message<'SetCartLineQuantity', { cartId: string; lineId: string; quantity: number }>
  | Message<'RemoveCartLine', { cartId: string; lineId: string }>
  | Message<'HandOverCart', { cartId: string; to: HandOver }>
  | Message<'AttachCustomer', { cartId: string; customerId: string }>
  /** The handler adds `terms` and `candidates`. Without `seconds`, the channel's reservation time applies. */
  | Message<
      'ReserveCart',
      { cartId: string; seconds?: number; terms: CartTerms; candidates: readonly AvailableUnits[] }
    >
  /** Lets reservations expire `seconds` from now. The handler adds the channel's reservation time if it is absent. */
  | Message<'ExtendCartReservations', { cartId: string; seconds: number }>
  | Message<'ReleaseCart', { cartId: string }>
  /** The handler adds `source`, the contents of the other cart. */
  | Message<'MergeCarts', { cartId: string; fromCartId: string; source: MergedContents }>
  | Message<'CheckOutCart', { cartId: string; orderId: string }>
  | Message<'ReopenCart', { cartId: string }>
  | Message<'CloseCart', { cartId: string; reason: string }>
  /** Sent by the process when stock has made a reservation of the cart. */
  | Message<'RecordCartReservation', { cartId: string } & CartReservationKey>
  /** Sent by the process when stock has declined a reservation of the cart. */
  | Message<'RecordCartRefusal', { cartId: string; reservationId: string; available: number }>
  /** Sent by the process when a reservation of the cart has ended in stock. */
  | Message<'LoseCartReservation', { cartId: string; reservationId: string; reason: string }>
  /** Sent by the process: `lines` are the units that the other cart has taken over. */
  | Message<'CloseMergedCart', { cartId: string; into: string; lines: readonly LineUnits[] }>
  /** Sent by the process: `lines` are the units that were added to the other cart during the merge. */
  | Message<'MergeCartRest', { cartId: string; fromCartId: string; lines: readonly CartLine[] }>
  /** Sent by the process when the order of the checkout is placed. */
  | Message<'RecordCartOrder', { cartId: string; orderId: string }>
  /** Sent by the process when the order is confirmed. */
  | Message<'CompleteCart', { cartId: string; orderId: string }>
  /** Sent by the process when the order is rejected. */
  | Message<'ReturnCart', { cartId: string; orderId: string }>
  /** Sent by a timer, which may be early: checked against the expiry of the checkout. */
  | Message<'ExpireCartCheckout', { cartId: string; orderId: string }>;

export type CartEvent =
  | Message<'CartCreated', { currency: string; customerId?: string; attributes?: Readonly<Record<string, string>> }>
  /** `quantity` is added to the line if the cart has it already. */
  | Message<'CartLineAdded', CartLine>
  | Message<'CartLineQuantitySet', LineUnits>
  | Message<'CartLineRemoved', { lineId: string }>
  | Message<'CartHandedOver', { from: string; to: HandOver }>
  | Message<'CartCustomerAttached', { customerId: string }>
  /** Locations were chosen for lines. */
  | Message<'CartReservationRequested', { places: readonly LineLocation[]; expiresAt: string }>
  /** Reservations were requested from stock; their answers follow. */
  | Message<'CartStockAsked', { asks: readonly CartReservationRequest[]; expiresAt: string }>
  | Message<'CartStockReserved', CartReservation & { expiresAt: string }>
  /** Stock declined the reservation. Without a location: no location of the channel has any units. */
  | Message<
      'CartStockNotReserved',
      { sku: string; quantity: number; available: number; locationId?: string; reservationId?: string }
    >
  /** The reservation is reduced `by` units to `left`; it is released if that is 0. */
  | Message<'CartStockReduced', CartReservationKey & { by: number; left: number }>
  | Message<'CartReservationsExtended', { reservations: readonly CartReservationKey[]; expiresAt: string }>
  | Message<'CartReservationsReleased', { reservations: readonly CartReservationKey[]; reason: string }>
  /** The reservation ended without the cart: it expired, or the order took it over. */
  | Message<'CartReservationEnded', CartReservationKey & { reason: string }>
  | Message<
      'CartLinesMerged',
      {
        fromCartId: string;
        /** The lines with their ids in this cart. */
        lines: readonly CartLine[];
        places: readonly LineLocation[];
        /** The same units with their line ids in the other cart. */
        taken: readonly LineUnits[];
        expiresAt?: string;
        /** The lines were added to the other cart during an earlier merge. */
        rest?: true;
      }
    >
  /** `expiresAt`: until when the order must be placed. */
  | Message<'CartCheckedOut', { orderId: string; expiresAt: string }>
  | Message<'CartOrdered', { orderId: string }>
  | Message<'CartReopened', { orderId: string; reason: string }>
  /** `rest` are units that were added during the merge, which the other cart has not got yet. */
  | Message<'CartClosed', { reason: string; orderId?: string; mergedInto?: string; rest?: readonly CartLine[] }>;

/**
 * An order: stream `order-<orderId>`. Per line: ordered = open + allocated + fulfilled + cancelled, always.
 *
 *   pending ──confirm──▶ confirmed ──cancel all──▶ cancelled
 *      └────reject────▶ rejected            recorded (a fact from elsewhere: already fulfilled)
 *
 * Money: line total = quantity × unit price, rounded half up to the minor unit; order total = Σ lines + Σ charges.
 */
import { type Message } from '#kernel';

export type Method = 'ship' | 'pickup' | 'carry-out';

export interface OrderLine {
  /** Unique in the order; chosen by the channel, for example its own line number. */
  readonly lineId: string;
  readonly sku: string;
  readonly quantity: number;
  /** Price of one unit in units of `10^-scale` of the order's currency. */
  readonly unitPrice: { readonly amount: number; readonly scale: number };
  /** The title as sold. */
  readonly title?: string;
  readonly method: Method;
  /** Required for pickup and carry-out, and in recorded orders: where the goods are or were. */
  readonly locationId?: string;
  readonly attributes?: Readonly<Record<string, string>>;
}

export type ChargeKind = 'shipping' | 'fee' | 'manual' | 'discount' | 'samples' | 'gift-card' | 'adjustment';

/** Money on an order or return that is not goods. May be negative. */
export interface Charge {
  readonly chargeId: string;
  readonly kind: ChargeKind;
  readonly quantity: number;
  readonly unitPrice: { readonly amount: number; readonly scale: number };
  readonly title?: string;
  readonly attributes?: Readonly<Record<string, string>>;
}

/** Personal: stored encrypted under the order's subject. */
export interface Contact {
  readonly name?: string;
  readonly email?: string;
  readonly phone?: string;
}

/** Personal but for the country. */
export interface Address {
  readonly lines: readonly string[];
  readonly postalCode?: string;
  readonly city?: string;
}

export interface OrderDetails {
  /** The channel's own number. */
  readonly externalRef?: string;
  /** A registered customer; absent for guests. */
  readonly customerId?: string;
  readonly currency: string;
  readonly locale?: string;
  readonly contact?: Contact;
  readonly shipTo?: Address;
  /** ISO 3166-1 alpha-2, kept in the clear for tax and statistics. */
  readonly country?: string;
  readonly lines: readonly OrderLine[];
  readonly charges: readonly Charge[];
  /** Free facts of the channel. Never personal data. */
  readonly attributes?: Readonly<Record<string, string>>;
}

/** Stock of one SKU to be reserved at one location for some lines of the order. */
export interface Allocation {
  /** UUIDv5 of order id and `<attempt>/<sku>/<location>`. */
  readonly reservationId: string;
  readonly sku: string;
  readonly locationId: string;
  readonly quantity: number;
  readonly lines: readonly { readonly lineId: string; readonly quantity: number }[];
}

/** What was known of a place when the plan was made. Advice only: the stock stream decides. */
export interface Candidate {
  readonly sku: string;
  readonly locationId: string;
  readonly available: number;
}

export interface FulfillmentPlan {
  /** 1, then 2 after a refused reservation. */
  readonly attempt: number;
  readonly allocations: readonly Allocation[];
  readonly candidates: readonly Candidate[];
  /** Version of the channel's configuration that the plan rests on. */
  readonly policyVersion: number;
}

export interface RejectionReason {
  /** `sold-out`, `no-location`, `checkout-expired`, … */
  readonly code: string;
  readonly sku?: string;
  readonly available?: number;
}

/** How much of a reservation to give back; `left` units stay reserved. */
export interface Release {
  readonly reservationId: string;
  readonly sku: string;
  readonly locationId: string;
  readonly by: number;
  readonly left: number;
}

export type OrderCommand =
  /** `plan` is added by the command's handler, not by the caller. */
  | Message<'PlaceOrder', { orderId: string; expiresAt: string; plan: FulfillmentPlan } & OrderDetails>
  /** A fact: an order sold and fulfilled elsewhere, such as a till's receipt. Never refused. */
  | Message<'RecordOrder', { orderId: string } & OrderDetails>
  | Message<'PlanFulfillment', { orderId: string; plan: FulfillmentPlan }>
  | Message<'ConfirmOrder', { orderId: string }>
  | Message<'RejectOrder', { orderId: string; reasons: readonly RejectionReason[] }>
  /** Sent by the timer; checked again against `expiresAt`. */
  | Message<'ExpireCheckout', { orderId: string }>
  | Message<'HoldOrder', { orderId: string; holdId: string; reason: string }>
  | Message<'ReleaseOrderHold', { orderId: string; holdId: string }>
  | Message<
      'CancelOrderLines',
      { orderId: string; lines: readonly { lineId: string; quantity: number }[]; reason: string }
    >;

export type OrderEvent =
  | Message<'OrderPlaced', OrderDetails & { expiresAt: string; total: number }>
  | Message<'OrderRecorded', OrderDetails & { total: number }>
  | Message<'FulfillmentPlanned', FulfillmentPlan>
  | Message<'OrderConfirmed', { allocations: readonly Allocation[] }>
  | Message<'OrderRejected', { reasons: readonly RejectionReason[] }>
  | Message<'OrderHeld', { holdId: string; reason: string }>
  | Message<'OrderHoldReleased', { holdId: string }>
  /** `refund` is what the cancelled units were worth, in minor units. */
  | Message<
      'OrderLinesCancelled',
      {
        lines: readonly { lineId: string; quantity: number }[];
        releases: readonly Release[];
        reason: string;
        refund: number;
      }
    >;

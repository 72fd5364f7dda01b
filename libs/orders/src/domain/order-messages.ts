/** What is said to and by an order: stream `order-<orderId>`. The rules are in order.ts. */
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
  /** UUIDv5 of `<orderId>/<attempt>/<sku>/<locationId>`. */
  readonly reservationId: string;
  readonly sku: string;
  readonly locationId: string;
  readonly quantity: number;
  readonly lines: readonly AllocatedLine[];
  /** Units that the channel leaves alone there, if any. */
  readonly keep?: number;
}

export interface LineQuantity {
  readonly lineId: string;
  readonly quantity: number;
}

/** `fixed` units were ordered from this very place: no other will do. */
export type AllocatedLine = LineQuantity & { readonly fixed?: true };

/** What was known of a place when the plan was made. Advice only: the stock stream decides. */
export interface Candidate {
  readonly sku: string;
  readonly locationId: string;
  /** Free units; in a plan, without those that the channel leaves alone. */
  readonly available: number;
  /** In a plan: units that the channel leaves alone there, if any. */
  readonly keep?: number;
}

/** A location that the channel sells from. */
export interface OfferedLocation {
  readonly locationId: string;
  readonly methods: readonly Method[];
  /** Takes no new reservations now. */
  readonly paused: boolean;
  /** Units that the channel leaves alone there. */
  readonly safetyStock: number;
}

/** What the channel's configuration says about its orders. */
export interface ChannelTerms {
  /** Version of the configuration. */
  readonly version: number;
  readonly currency: string;
  readonly reservationTtlSeconds: number;
  /** In order of preference. */
  readonly locations: readonly OfferedLocation[];
}

export interface FulfillmentPlan {
  /** 1, then 2 after a refused reservation. */
  readonly attempt: number;
  readonly allocations: readonly Allocation[];
  /** Places with stock that lines without a location could come from, the preferred first. */
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
  /** Whose units they are; they add up to `by`. */
  readonly lines: readonly LineQuantity[];
}

export type OrderCommand =
  /**
   * `terms` (none for an unknown channel) and `candidates` (as far as known) are added by the command's handler, not by
   * the caller. Without a currency, the channel's.
   */
  | Message<
      'PlaceOrder',
      Omit<OrderDetails, 'currency'> & {
        orderId: string;
        currency?: string;
        terms?: ChannelTerms;
        candidates: readonly Candidate[];
      }
    >
  /** A fact: an order sold and fulfilled elsewhere, such as a till's receipt. Never refused. */
  | Message<'RecordOrder', { orderId: string } & OrderDetails>
  | Message<'PlanFulfillment', { orderId: string; plan: FulfillmentPlan }>
  /** `allocations` are those of all attempts that were really reserved. */
  | Message<'ConfirmOrder', { orderId: string; allocations: readonly Allocation[] }>
  | Message<'RejectOrder', { orderId: string; reasons: readonly RejectionReason[] }>
  /** Sent by the timer; checked again against `expiresAt`. */
  | Message<'ExpireCheckout', { orderId: string }>
  | Message<'HoldOrder', { orderId: string; holdId: string; reason: string }>
  | Message<'ReleaseOrderHold', { orderId: string; holdId: string }>
  | Message<'CancelOrderLines', { orderId: string; lines: readonly LineQuantity[]; reason: string }>;

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
      { lines: readonly LineQuantity[]; releases: readonly Release[]; reason: string; refund: number }
    >;

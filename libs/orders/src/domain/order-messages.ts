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

/** What the buyer pays with. Amounts are minor units; one payment each, see {@link paymentIdOf}. */
export interface Tender {
  /** Unique in the order. */
  readonly tenderId: string;
  /** `cash` and `terminal` were taken at a till: a fact. */
  readonly kind: 'card' | 'wallet' | 'bank-transfer' | 'gift-card' | 'store-credit' | 'voucher' | 'cash' | 'terminal';
  readonly amount: number;
  /** The payment provider's token. */
  readonly token?: string;
  /** Of the gift card, credit account or voucher. */
  readonly instrumentId?: string;
}

export const paymentIdOf = (orderId: string, tenderId: string) => `${orderId}.${tenderId}`;

/** When authorised money is taken. */
export type CapturePolicy = 'now' | 'on-shipping';

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
  /** None: payment is not Kontor's business. Together the total, unless the rest is paid later. */
  readonly tenders?: readonly Tender[];
  /** Default `on-shipping`. */
  readonly capture?: CapturePolicy;
  /** What the tenders do not cover is due at pickup or later: {@link OrderCommand} PayOrder. */
  readonly payLater?: true;
  /** The cart that it was made from. */
  readonly cartId?: string;
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
  /** A reservation of the buyer's cart at the same place, which this one takes over. */
  readonly replaces?: string;
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

/** Units that left from a reservation. */
export interface FulfilledReservation {
  readonly reservationId: string;
  readonly lines: readonly LineQuantity[];
}

/** `reservationId`: what held them; without it they are taken from the open units, then from the last reservation back. */
export type CancelledUnits = LineQuantity & { readonly reservationId?: string };

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
  /** More tenders for what is still due. */
  | Message<'PayOrder', { orderId: string; tenders: readonly Tender[] }>
  /** Of a process: a tender that was declined after the order was placed. */
  | Message<'DropTender', { orderId: string; tenderId: string; reason: string }>
  /** Of a process: other places serve some units now, or none does. */
  | Message<'ReallocateOrder', { orderId: string; releases: readonly Release[]; allocations: readonly Allocation[] }>
  /** Of a process: goods have left for the buyer. A fact. */
  | Message<
      'RecordFulfillment',
      { orderId: string; fulfillmentId: string; reservations: readonly FulfilledReservation[] }
    >
  /** Of a process: what the locations said to a cancellation. */
  | Message<
      'SettleCancellation',
      { orderId: string; cancellationId: string; lines: readonly CancelledUnits[]; reason: string }
    >
  /** Of a process: may these units be returned? They are kept for this return. */
  | Message<'AnnounceReturn', { orderId: string; returnId: string; lines: readonly LineQuantity[] }>
  | Message<'WithdrawReturn', { orderId: string; returnId: string }>
  /** Of a process: they came back. A fact. `refundCharges`: with their share of shipping and fees. */
  | Message<
      'RecordReturned',
      { orderId: string; returnId: string; lines: readonly LineQuantity[]; refundCharges?: true }
    >
  /** A change of a confirmed order, to be looked at before it is applied. */
  | Message<
      'ProposeOrderEdit',
      { orderId: string; editId: string; add: readonly OrderLine[]; remove: readonly LineQuantity[] }
    >
  /** `tenders` for what it costs more. */
  | Message<'ApplyOrderEdit', { orderId: string; editId: string; tenders?: readonly Tender[] }>
  | Message<'DiscardOrderEdit', { orderId: string; editId: string }>
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
  /**
   * `refund` is what the cancelled units were worth with their share of discounts and charges, in minor units.
   * `cancellationId` where a request came before.
   */
  | Message<
      'OrderLinesCancelled',
      {
        lines: readonly LineQuantity[];
        releases: readonly Release[];
        reason: string;
        refund: number;
        cancellationId?: string;
      }
    >
  /** Units that locations may already be working on: they are asked first. */
  | Message<
      'OrderLinesCancellationRequested',
      { cancellationId: string; lines: readonly LineQuantity[]; reason: string }
    >
  /** They have left already. */
  | Message<'OrderCancellationRefused', { cancellationId: string; lines: readonly LineQuantity[] }>
  | Message<'OrderReallocated', { releases: readonly Release[]; allocations: readonly Allocation[] }>
  /** `due` is what they are worth with their share of discounts and charges. */
  | Message<
      'OrderLinesFulfilled',
      {
        fulfillmentId: string;
        lines: readonly LineQuantity[];
        reservations: readonly FulfilledReservation[];
        due: number;
      }
    >
  /** A preview: what the order would come to; `difference` is what is to be paid more, or, below zero, given back. */
  | Message<
      'OrderEditProposed',
      {
        editId: string;
        add: readonly OrderLine[];
        remove: readonly LineQuantity[];
        totalBefore: number;
        totalAfter: number;
        difference: number;
      }
    >
  /** The new lines are open: they are sourced next. What is removed is a cancellation beside it. */
  | Message<'OrderEditApplied', { editId: string; add: readonly OrderLine[]; worth: number }>
  | Message<'OrderEditDiscarded', { editId: string }>
  | Message<'OrderTendered', { tenders: readonly Tender[] }>
  | Message<'OrderTenderDropped', { tenderId: string; reason: string }>
  | Message<'OrderReturnAnnounced', { returnId: string; lines: readonly LineQuantity[] }>
  | Message<'OrderReturnRefused', { returnId: string; lines: readonly LineQuantity[]; reason: string }>
  | Message<'OrderReturnWithdrawn', { returnId: string }>
  /** `refund` is what they were worth. Units beyond those fulfilled are `excess` and worth nothing. */
  | Message<
      'OrderLinesReturned',
      { returnId: string; lines: readonly LineQuantity[]; refund: number; excess?: readonly LineQuantity[] }
    >;

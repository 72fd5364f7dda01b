/** Commands and events of an order: stream `order-<orderId>`. The rules are in order.ts. */
import { type Message, type Reasons } from '#kernel';
import { type OrderDetails, type OrderLine, type Tender } from './order-details.js';
import {
  type Allocation,
  type CancelledUnits,
  type ChannelTerms,
  type FulfilledReservation,
  type FulfillmentPlan,
  type LineQuantity,
  type RejectionReason,
  type Release,
} from './order-plan.js';

export * from './order-details.js';
export * from './order-plan.js';
export * from './sourcing-decision.js';

/**
 * The handler of `PlaceOrder` adds the terms of the channel and a plan, but neither if the channel is unknown. The currency
 * defaults to that of the channel.
 */
export type Placement = Omit<OrderDetails, 'currency'> & {
  readonly currency?: string;
  /** A keyed digest of the address: see {@link addressKeyOf}. */
  readonly addressKey?: string;
} & (
    | { readonly terms: ChannelTerms; readonly plan: FulfillmentPlan }
    | { readonly terms?: undefined; readonly plan?: undefined }
  );

/** `provider`: at the payment provider, for example in its dashboard; `payment`: by a payment of Kontor. */
export type RefundDoor = 'payment' | 'provider' | 'store-credit';

export type OrderCommand =
  | Message<'PlaceOrder', { orderId: string } & Placement>
  /** Records an order that was sold and fulfilled elsewhere, such as a till's receipt. */
  | Message<'RecordOrder', { orderId: string } & OrderDetails>
  | Message<'PlanFulfillment', { orderId: string; plan: FulfillmentPlan }>
  /** `allocations` are the reserved ones of all attempts. */
  | Message<'ConfirmOrder', { orderId: string; allocations: readonly Allocation[] }>
  | Message<'RejectOrder', { orderId: string; reasons: readonly RejectionReason[] }>
  /** Sent by the timer. Does nothing before `expiresAt`. */
  | Message<'ExpireCheckout', { orderId: string }>
  /** Adds tenders for the amount that is still due. */
  | Message<'PayOrder', { orderId: string; tenders: readonly Tender[] }>
  /** Sent by a process: a tender was declined after the order was placed. */
  | Message<'DropTender', { orderId: string; tenderId: string; reason: string }>
  /** Sent by a process: other locations serve some units, or none does. */
  | Message<'ReallocateOrder', { orderId: string; releases: readonly Release[]; allocations: readonly Allocation[] }>
  /** Sent by a process: goods have left for the buyer. */
  | Message<
      'RecordFulfillment',
      { orderId: string; fulfillmentId: string; reservations: readonly FulfilledReservation[] }
    >
  /**
   * Sent by a process: `lines` are the units whose cancellation the locations have agreed to. With `open`, only units that
   * are not allocated are cancelled.
   */
  | Message<
      'SettleCancellation',
      { orderId: string; cancellationId: string; lines: readonly CancelledUnits[]; reason: string; open?: true }
    >
  /** Sent by a process: asks whether these units may be returned, and reserves them for this return if so. */
  | Message<'AnnounceReturn', { orderId: string; returnId: string; lines: readonly LineQuantity[] }>
  | Message<'WithdrawReturn', { orderId: string; returnId: string }>
  /** Sent by a process: units came back. `refundCharges` refunds their share of shipping and fees, too. */
  | Message<
      'RecordReturned',
      { orderId: string; returnId: string; lines: readonly LineQuantity[]; refundCharges?: true }
    >
  /**
   * Sent by a process: a till or another system has taken these units back and given the buyer `paidBack`, in minor units of
   * `currency`.
   */
  | Message<
      'AddRecordedReturn',
      { orderId: string; returnId: string; lines: readonly LineQuantity[]; paidBack: number; currency: string }
    >
  /**
   * Sent by a process: money was given back that no return has asked for, by a clerk, at the provider or as store credit, or for
   * cancelled units. `reference` names the payment or store credit and its operation.
   */
  | Message<'AddRefund', { orderId: string; reference: string; by: RefundDoor; amount: number; forCancellation?: true }>
  /** Previews a change of a confirmed order. The handler adds the `terms` of the channel that sold it. */
  | Message<
      'ProposeOrderEdit',
      {
        orderId: string;
        editId: string;
        add: readonly OrderLine[];
        remove: readonly LineQuantity[];
        terms?: ChannelTerms;
      }
    >
  /** `tenders` pay for the difference. */
  | Message<'ApplyOrderEdit', { orderId: string; editId: string; tenders?: readonly Tender[] }>
  | Message<'DiscardOrderEdit', { orderId: string; editId: string }>
  | Message<'HoldOrder', { orderId: string; holdId: string } & Reasons>
  | Message<'ReleaseOrderHold', { orderId: string; holdId: string } & Partial<Reasons>>
  | Message<'CancelOrderLines', { orderId: string; lines: readonly LineQuantity[] } & Reasons>;

export type OrderEvent =
  | Message<'OrderPlaced', OrderDetails & { expiresAt: string; total: number }>
  | Message<'OrderRecorded', OrderDetails & { total: number }>
  | Message<'FulfillmentPlanned', FulfillmentPlan>
  | Message<'OrderConfirmed', { allocations: readonly Allocation[] }>
  | Message<'OrderRejected', { reasons: readonly RejectionReason[] }>
  | Message<'OrderHeld', { holdId: string } & Reasons>
  | Message<'OrderHoldReleased', { holdId: string } & Partial<Reasons>>
  /**
   * `refund` is the value of the cancelled units with their share of discounts and charges, in minor units.
   * `cancellationId` names the request, if there was one, which then has the note.
   */
  | Message<
      'OrderLinesCancelled',
      {
        lines: readonly LineQuantity[];
        releases: readonly Release[];
        refund: number;
        cancellationId?: string;
      } & Reasons
    >
  /** Locations may already be working on these units and are asked first. */
  | Message<'OrderLinesCancellationRequested', { cancellationId: string; lines: readonly LineQuantity[] } & Reasons>
  /** These units have left already. */
  | Message<'OrderCancellationRefused', { cancellationId: string; lines: readonly LineQuantity[] }>
  | Message<'OrderReallocated', { releases: readonly Release[]; allocations: readonly Allocation[] }>
  /** `due` is the value of the units with their share of discounts and charges, in minor units. */
  | Message<
      'OrderLinesFulfilled',
      {
        fulfillmentId: string;
        lines: readonly LineQuantity[];
        reservations: readonly FulfilledReservation[];
        due: number;
      }
    >
  /** A preview of the order's total in minor units; a negative `difference` is refunded. */
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
  /** The new lines are open and will be sourced. Removed units are cancelled by an event of their own. */
  | Message<'OrderEditApplied', { editId: string; add: readonly OrderLine[]; worth: number }>
  | Message<'OrderEditDiscarded', { editId: string }>
  | Message<'OrderTendered', { tenders: readonly Tender[] }>
  | Message<'OrderTenderDropped', { tenderId: string; reason: string }>
  | Message<'OrderReturnAnnounced', { returnId: string; lines: readonly LineQuantity[] }>
  /** `returnable` are the units of these lines that can still be returned. */
  | Message<
      'OrderReturnRefused',
      { returnId: string; lines: readonly LineQuantity[]; reason: string; returnable?: readonly LineQuantity[] }
    >
  | Message<'OrderReturnWithdrawn', { returnId: string }>
  /**
   * Units that were taken back elsewhere, such as at a till. Amounts are in minor units: `worth` is the value of the units in
   * the order, `paidBack` what the buyer was given. `excess` are units that the buyer did not have any more, and `overpaid` is
   * the part of `paidBack` beyond what was left of the order's money: a person has to look at both.
   */
  | Message<
      'OrderReturnRecorded',
      {
        returnId: string;
        lines: readonly LineQuantity[];
        worth: number;
        paidBack: number;
        excess?: readonly LineQuantity[];
        overpaid?: number;
      }
    >
  /**
   * Money was given back that no return has asked for, in minor units. `overpaid` is the part of it beyond what was left of the
   * order's money: a person has to look at it.
   */
  | Message<
      'OrderRefundRecorded',
      { reference: string; by: RefundDoor; amount: number; forCancellation?: true; overpaid?: number }
    >
  /**
   * `refund` is the value of the units in minor units, at most what is left of the order's money. Its part `unpaid`, which the buyer had not paid yet, is not paid out
   * but lowers the amount due. `excess` are units that the buyer could not have; they have no value.
   */
  | Message<
      'OrderLinesReturned',
      {
        returnId: string;
        lines: readonly LineQuantity[];
        refund: number;
        unpaid?: number;
        excess?: readonly LineQuantity[];
      }
    >;

/** What is said to and by an order: stream `order-<orderId>`. The rules are in order.ts. */
import { type Message } from '#kernel';
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
 * What an order is placed with. The handler of the command adds the terms of the channel and a plan that is made by them;
 * neither for an unknown channel. Without a currency, the channel's is taken.
 */
export type Placement = Omit<OrderDetails, 'currency'> & {
  readonly currency?: string;
  /** A keyed digest of the address. */
  readonly addressKey?: string;
} & (
    | { readonly terms: ChannelTerms; readonly plan: FulfillmentPlan }
    | { readonly terms?: undefined; readonly plan?: undefined }
  );

export type OrderCommand =
  | Message<'PlaceOrder', { orderId: string } & Placement>
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
  /** Of a process: what the locations said to a cancellation. `open`: only of units that nothing holds. */
  | Message<
      'SettleCancellation',
      { orderId: string; cancellationId: string; lines: readonly CancelledUnits[]; reason: string; open?: true }
    >
  /** Of a process: may these units be returned? They are kept for this return. */
  | Message<'AnnounceReturn', { orderId: string; returnId: string; lines: readonly LineQuantity[] }>
  | Message<'WithdrawReturn', { orderId: string; returnId: string }>
  /** Of a process: they came back. A fact. `refundCharges`: with their share of shipping and fees. */
  | Message<
      'RecordReturned',
      { orderId: string; returnId: string; lines: readonly LineQuantity[]; refundCharges?: true }
    >
  /** A change of a confirmed order, to be looked at before it is applied. `terms` of its channel are added by the handler. */
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
  /**
   * `refund` is what they were worth; of it, what the buyer had not paid is `unpaid` and only lowers what is due. Units
   * beyond those fulfilled are `excess` and worth nothing.
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

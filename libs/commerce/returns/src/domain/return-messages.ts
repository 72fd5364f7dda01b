/**
 * Commands and events of a return from request to refund. Goods and money are independent: goods are booked at the location
 * where they arrive, whatever is refunded. Amounts are in minor units.
 */
import { type Message } from '#kernel';

export const CREDIT_KINDS = ['shipping', 'fee', 'manual', 'discount', 'samples', 'gift-card', 'adjustment'] as const;

/** Money of a return besides the goods. A negative amount goes to the buyer. */
export interface Credit {
  readonly chargeId: string;
  readonly kind: (typeof CREDIT_KINDS)[number];
  readonly quantity: number;
  readonly unitPrice: { readonly amount: number; readonly scale: number };
  readonly title?: string;
  readonly attributes?: Readonly<Record<string, string>>;
}

export const DISPOSITIONS = ['restock', 'refurbish', 'damaged', 'missing'] as const;
export type Disposition = (typeof DISPOSITIONS)[number];

export interface LineQuantity {
  readonly lineId: string;
  readonly quantity: number;
}

/** `lineId` is that of the order, or of the return itself if there is no order. */
export interface ReturnedUnits extends LineQuantity {
  readonly sku: string;
}

/** A sold line; in a blind return, as the caller states it. The unit price is in units of `10^-scale` of the currency. */
export interface RequestedLine extends ReturnedUnits {
  readonly unitPrice: { readonly amount: number; readonly scale: number };
}

export interface InspectedItem extends ReturnedUnits {
  readonly disposition: Disposition;
}

/** Deducted from the refund. */
export interface ReturnFee {
  readonly kind: 'restocking' | 'return-shipping' | 'other';
  readonly amount: number;
}

/** Where the buyer wants the refund. `none` if it is settled outside of Kontor. */
export const REFUND_TO = ['original', 'store-credit', 'cash', 'none'] as const;
export type RefundTo = (typeof REFUND_TO)[number];

/** Where the refund goes. `elsewhere`: to the system that the order was paid in. */
export type RefundWay = RefundTo | 'elsewhere';

/** The order as the log has it. The command handler adds it. */
export interface OrderTerms {
  readonly currency: string;
  readonly customerId?: string;
  readonly lines: readonly RequestedLine[];
  /** `tenders`: by payments in Kontor; `till`: a recorded sale; `elsewhere`: in another system. */
  readonly paid: 'tenders' | 'till' | 'elsewhere';
}

interface ReturnRequest {
  /** Undefined for a blind return, for which the caller states SKU and price. */
  readonly orderId?: string;
  readonly customerId?: string;
  /** `claim`: refunded without goods, once it is approved. */
  readonly reason: string;
  readonly fees?: readonly ReturnFee[];
  /** Whether the units' share of the order's shipping and fees is refunded as well. */
  readonly refundShipping?: true;
  /** Whether the return waits for ApproveReturn. A claim always does. */
  readonly needsApproval?: true;
}

export type RmaCommand =
  /** The command handler adds `order`. Lines of an order need no `sku` and `unitPrice`. */
  | Message<
      'RequestReturn',
      ReturnRequest & {
        returnId: string;
        currency?: string;
        lines: readonly (LineQuantity & Partial<RequestedLine>)[];
        refundTo: RefundTo;
        order?: OrderTerms;
      }
    >
  /** Sent by a process once the order has accepted the return. Approves it unless it `needsApproval`. */
  | Message<'AcceptReturn', { returnId: string }>
  /** Without `lines`, approves all of them. */
  | Message<'ApproveReturn', { returnId: string; lines?: readonly LineQuantity[] }>
  /** `returnable` are the units that the order can still take back, if that is the reason. */
  | Message<'DeclineReturn', { returnId: string; reason: string; returnable?: readonly LineQuantity[] }>
  /** Records an external fact, even for goods that were not requested: then `sku` is needed. */
  | Message<
      'ReceiveReturn',
      { returnId: string; locationId: string; lines: readonly (LineQuantity & { sku?: string })[] }
    >
  /** Also records the receipt of items that were not received there before. `fees` are added to those of the request. */
  | Message<
      'InspectReturn',
      {
        returnId: string;
        locationId: string;
        items: readonly (LineQuantity & { sku?: string; disposition: Disposition })[];
        fees?: readonly ReturnFee[];
      }
    >
  /** Turns the refund into store credit for a new order. */
  | Message<'ExchangeReturn', { returnId: string; newOrderId: string }>
  /** Sent by a process: the order's worth of the accepted units, and how much of it the buyer had not paid. */
  | Message<'AssessReturn', { returnId: string; worth: number; unpaid?: number }>
  /** Sent by a process: this part of the requested refund was carried out. */
  | Message<'RecordReturnRefund', { returnId: string; amount: number }>
  /** Sent by a process: the rest of the requested refund failed. */
  | Message<'RecordReturnRefundFailure', { returnId: string; code: string }>
  | Message<'RetryReturnRefund', { returnId: string }>
  /** A till pays all that is outstanding. */
  | Message<'PayOutReturn', { returnId: string; locationId: string }>
  | Message<'CloseReturn', { returnId: string }>;

/** Every event names the order, if there is one. */
export type RmaEvent =
  | Message<
      'ReturnRequested',
      ReturnRequest & { currency: string; lines: readonly RequestedLine[]; refundTo: RefundWay }
    >
  /** `accepted`: units to be refunded now, because they were inspected before or belong to a claim. */
  | Message<
      'ReturnApproved',
      {
        orderId?: string;
        lines: readonly ReturnedUnits[];
        accepted: readonly LineQuantity[];
        refundShipping?: true;
      }
    >
  | Message<'ReturnDeclined', { orderId?: string; reason: string; returnable?: readonly LineQuantity[] }>
  | Message<'ReturnReceived', { orderId?: string; locationId: string; lines: readonly ReturnedUnits[] }>
  /** `accepted`: units to be refunded: of a line of the return, not missing, and only if it is approved. */
  | Message<
      'ReturnItemsInspected',
      {
        orderId?: string;
        locationId: string;
        items: readonly InspectedItem[];
        accepted: readonly LineQuantity[];
        fees?: readonly ReturnFee[];
        refundShipping?: true;
      }
    >
  | Message<'ReturnExchanged', { orderId?: string; newOrderId: string; giftCardId: string }>
  /** amount = worth − unpaid − fees, for the units accepted last. `way` tells where the amount goes. */
  | Message<
      'ReturnAssessed',
      { orderId?: string; worth: number; unpaid?: number; fees: number; amount: number; way: RefundWay }
    >
  /** To be refunded to the payments of the order, the last first, each at most its captured amount. */
  | Message<
      'ReturnRefundRequested',
      { orderId: string; returnId: string; refundId: string; amount: number; currency: string }
    >
  /** To be issued as store credit of its own. */
  | Message<
      'ReturnCreditRequested',
      {
        orderId?: string;
        returnId: string;
        refundId: string;
        giftCardId: string;
        customerId?: string;
        amount: number;
        currency: string;
      }
    >
  | Message<
      'ReturnRefunded',
      { orderId?: string; amount: number; by: 'payments' | 'store-credit' | 'cash' | 'elsewhere'; locationId?: string }
    >
  /** An operator must send RetryReturnRefund or PayOutReturn. */
  | Message<'ReturnRefundFailed', { orderId?: string; code: string }>
  | Message<'ReturnClosed', { orderId?: string }>;

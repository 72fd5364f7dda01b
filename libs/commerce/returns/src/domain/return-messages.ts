/**
 * A return from request to refund: stream `return-<returnId>`. Goods and money are apart: goods are booked where they
 * arrived whatever becomes of the money. Amounts are minor units.
 */
import { type Message } from '#kernel';

export const CREDIT_KINDS = ['shipping', 'fee', 'manual', 'discount', 'samples', 'gift-card', 'adjustment'] as const;

/** Money of a return that is not goods, as booked: negative gives money back. */
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

export interface UnitsOfLine {
  readonly lineId: string;
  readonly quantity: number;
}

export interface ReturnedUnits extends UnitsOfLine {
  /** Of the order; of the return itself where there is no order. */
  readonly lineId: string;
  readonly sku: string;
  readonly quantity: number;
}

/** What was sold, or is said to have been. Price of one unit in units of `10^-scale` of the currency. */
export interface RequestedLine extends ReturnedUnits {
  readonly unitPrice: { readonly amount: number; readonly scale: number };
}

export interface InspectedItem extends ReturnedUnits {
  readonly disposition: Disposition;
}

/** Kept back from the refund, in minor units. */
export interface ReturnFee {
  readonly kind: 'restocking' | 'return-shipping' | 'other';
  readonly amount: number;
}

/** Where the buyer wants the money. `none` for a return whose money is settled otherwise. */
export const REFUND_TO = ['original', 'store-credit', 'cash', 'none'] as const;
export type RefundTo = (typeof REFUND_TO)[number];

/** Where it goes: `elsewhere` to where an order was paid that Kontor holds no payments of. */
export type RefundWay = RefundTo | 'elsewhere';

/** What the log says of the order, added by the command's handler. */
export interface OrderTerms {
  readonly currency: string;
  readonly customerId?: string;
  readonly lines: readonly RequestedLine[];
  /** `tenders`: by payments of Kontor; `till`: recorded, so in cash or the like; `elsewhere`: not Kontor's business. */
  readonly paid: 'tenders' | 'till' | 'elsewhere';
}

interface Request {
  /** None: a blind return, with the caller's word for sku and price. */
  readonly orderId?: string;
  readonly customerId?: string;
  /** `claim`: refunded without goods, once a person approves. */
  readonly reason: string;
  readonly fees?: readonly ReturnFee[];
  /** With the units' share of shipping and fees of the order. */
  readonly refundShipping?: true;
  /** A person must approve. */
  readonly needsApproval?: true;
}

export type RmaCommand =
  /** Of lines of the order, `sku` and `unitPrice` are known; `order` is added by the command's handler. */
  | Message<
      'RequestReturn',
      Request & {
        returnId: string;
        currency?: string;
        lines: readonly (UnitsOfLine & Partial<RequestedLine>)[];
        refundTo: RefundTo;
        order?: OrderTerms;
      }
    >
  /** Of a process: the order agrees. Approved at once, unless a person must. */
  | Message<'AcceptReturn', { returnId: string }>
  /** Without lines, all of them. */
  | Message<'ApproveReturn', { returnId: string; lines?: readonly UnitsOfLine[] }>
  | Message<'DeclineReturn', { returnId: string; reason: string }>
  /** A fact, also when it was never asked for; `sku` where the return has no such line. */
  | Message<
      'ReceiveReturn',
      { returnId: string; locationId: string; lines: readonly (UnitsOfLine & { sku?: string })[] }
    >
  /** What has not been received there yet is received with it. `fees` come on top. */
  | Message<
      'InspectReturn',
      {
        returnId: string;
        locationId: string;
        items: readonly (UnitsOfLine & { sku?: string; disposition: Disposition })[];
        fees?: readonly ReturnFee[];
      }
    >
  /** The money becomes store credit for a new order. */
  | Message<'ExchangeReturn', { returnId: string; newOrderId: string }>
  /** Of a process: what the order says the units were worth, and how much of that the buyer had not paid. */
  | Message<'AssessReturn', { returnId: string; worth: number; unpaid?: number }>
  /** Of a process: so much was given back, of what was requested. */
  | Message<'RecordReturnRefund', { returnId: string; amount: number }>
  /** Of a process: the rest of what was requested could not be given back. */
  | Message<'RecordReturnRefundFailure', { returnId: string; code: string }>
  | Message<'RetryReturnRefund', { returnId: string }>
  /** All that is still due, out of a till. */
  | Message<'PayOutReturn', { returnId: string; locationId: string }>
  | Message<'CloseReturn', { returnId: string }>;

/** Events that others listen to; every one names the order, where there is one. */
export type ReturnProgress =
  | Message<'ReturnRequested', Request & { currency: string; lines: readonly RequestedLine[]; refundTo: RefundWay }>
  /** `accepted`: units that count as back already: inspected before, or of a claim. */
  | Message<
      'ReturnApproved',
      {
        orderId?: string;
        lines: readonly ReturnedUnits[];
        accepted: readonly UnitsOfLine[];
        refundShipping?: true;
      }
    >
  | Message<'ReturnDeclined', { orderId?: string; reason: string }>
  | Message<'ReturnReceived', { orderId?: string; locationId: string; lines: readonly ReturnedUnits[] }>
  /** `accepted`: units to be refunded: neither missing, nor of another line, nor of a return that is not approved. */
  | Message<
      'ReturnItemsInspected',
      {
        orderId?: string;
        locationId: string;
        items: readonly InspectedItem[];
        accepted: readonly UnitsOfLine[];
        fees?: readonly ReturnFee[];
        refundShipping?: true;
      }
    >
  | Message<'ReturnExchanged', { orderId?: string; newOrderId: string; giftCardId: string }>
  /** What accepted units were worth, less what of that was never paid, less fees; `way` says where the amount goes. */
  | Message<
      'ReturnAssessed',
      { orderId?: string; worth: number; unpaid?: number; fees: number; amount: number; way: RefundWay }
    >
  /** To be refunded to the order's payments in reverse order, each at most what it captured. */
  | Message<
      'ReturnRefundRequested',
      { orderId: string; returnId: string; refundId: string; amount: number; currency: string }
    >
  /** To be put on a store credit of its own. */
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
  /** A person must see to it: RetryReturnRefund, or PayOutReturn. */
  | Message<'ReturnRefundFailed', { orderId?: string; code: string }>
  | Message<'ReturnClosed', { orderId?: string }>;

/**
 * A return from request to refund: stream `return-<returnId>`. Goods and money are apart: goods are booked where they
 * arrived whatever becomes of the money. Amounts are minor units.
 */
import { type Message } from '#kernel';

/** Money of a return that is not goods, as booked: negative gives money back. */
export interface Credit {
  readonly chargeId: string;
  readonly kind: 'shipping' | 'fee' | 'manual' | 'discount' | 'samples' | 'gift-card' | 'adjustment';
  readonly quantity: number;
  readonly unitPrice: { readonly amount: number; readonly scale: number };
  readonly title?: string;
  readonly attributes?: Readonly<Record<string, string>>;
}

export type Disposition = 'restock' | 'refurbish' | 'damaged' | 'missing';

export interface ReturnedUnits {
  /** Of the order; of the return itself where there is no order. */
  readonly lineId: string;
  readonly sku: string;
  readonly quantity: number;
}

/** Where the money goes. `none` for an exchange or a claim that is settled otherwise. */
export type RefundTo = 'original' | 'store-credit' | 'cash' | 'none';

/** Events of a return that others listen to; every one names the order, where there is one. */
export type ReturnProgress =
  | Message<
      'ReturnRequested',
      {
        orderId?: string;
        customerId?: string;
        currency: string;
        lines: readonly ReturnedUnits[];
        reason: string;
        refundTo: RefundTo;
      }
    >
  | Message<'ReturnApproved', { orderId?: string; lines: readonly ReturnedUnits[] }>
  | Message<'ReturnDeclined', { orderId?: string; reason: string }>
  | Message<'ReturnReceived', { orderId?: string; locationId: string; lines: readonly ReturnedUnits[] }>
  | Message<
      'ReturnItemsInspected',
      { orderId?: string; locationId: string; items: readonly (ReturnedUnits & { disposition: Disposition })[] }
    >
  /** `amount` after fees; to be refunded to the order's payments in reverse order, each at most what it captured. */
  | Message<'ReturnRefundRequested', { orderId: string; returnId: string; amount: number; currency: string }>
  | Message<'ReturnRefunded', { orderId?: string; amount: number }>
  | Message<'ReturnRefundFailed', { orderId?: string; code: string }>
  | Message<'ReturnClosed', { orderId?: string }>;

/** Goods that came back, as a fact: stream `return-<returnId>`. With or without an order that they were sold in. */
import { type Message } from '#kernel';
import { type Charge } from './order.js';

export interface ReturnLine {
  readonly lineId: string;
  readonly sku: string;
  readonly quantity: number;
  readonly unitPrice: { readonly amount: number; readonly scale: number };
  /** Where the goods arrived. */
  readonly locationId: string;
  readonly disposition: 'restock' | 'refurbish' | 'damaged' | 'missing';
  /** The line that they were sold in, where it is known. */
  readonly original?: { readonly orderId: string; readonly lineId: string };
  readonly attributes?: Readonly<Record<string, string>>;
}

export interface ReturnDetails {
  readonly externalRef?: string;
  readonly customerId?: string;
  readonly currency: string;
  readonly lines: readonly ReturnLine[];
  /** Money given back or kept besides the goods: shipping, fees, credits. Amounts as booked: negative gives money back. */
  readonly credits: readonly Charge[];
  readonly attributes?: Readonly<Record<string, string>>;
}

export type ReturnCommand = Message<'RecordReturn', { returnId: string } & ReturnDetails>;

/** `total` is the money given back, in minor units: positive. */
export type ReturnEvent = Message<'ReturnRecorded', ReturnDetails & { total: number }>;

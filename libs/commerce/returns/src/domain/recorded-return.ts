/** Goods that came back, as a fact: stream `return-<returnId>`. With or without an order that they were sold in. */
import { DomainError, type Message } from '#kernel';
import { checkUnique, totalOf } from './return-lines.js';
import { type Credit, type Disposition } from './return-messages.js';

export interface ReturnLine {
  readonly lineId: string;
  readonly sku: string;
  readonly quantity: number;
  readonly unitPrice: { readonly amount: number; readonly scale: number };
  /** Where the goods arrived. */
  readonly locationId: string;
  readonly disposition: Disposition;
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
  readonly credits: readonly Credit[];
  readonly attributes?: Readonly<Record<string, string>>;
}

export type RecordReturn = Message<'RecordReturn', { returnId: string } & ReturnDetails>;

/** `total` is the money given back, in minor units: goods less credits, so positive when the buyer gets money. */
export type ReturnRecorded = Message<'ReturnRecorded', ReturnDetails & { total: number }>;

/** @throws DomainError */
export const record = (details: ReturnDetails): ReturnRecorded[] => {
  const { lines, credits, currency } = details;
  if (lines.length + credits.length === 0) throw new DomainError('invalid-lines', 'There is no line and no credit');
  checkUnique(lines.map(({ lineId }) => lineId));
  checkUnique(credits.map(({ chargeId }) => chargeId));
  const total = totalOf([...lines, ...credits.map((credit) => ({ ...credit, quantity: -credit.quantity }))], currency);
  return [{ type: 'ReturnRecorded', data: { ...details, total } }];
};

/** A return that happened elsewhere, such as at a till: stream `return-<returnId>`. The original order may be unknown. */
import { DomainError, type Message, totalOf } from '#kernel';
import { checkUnique } from './return-lines.js';
import { type Credit, type Disposition } from './return-messages.js';

export interface ReturnLine {
  readonly lineId: string;
  readonly sku: string;
  readonly quantity: number;
  readonly unitPrice: { readonly amount: number; readonly scale: number };
  /** Where the goods arrived. */
  readonly locationId: string;
  readonly disposition: Disposition;
  /** The order line in which the goods were sold, if known. */
  readonly original?: { readonly orderId: string; readonly lineId: string };
  readonly attributes?: Readonly<Record<string, string>>;
}

export interface ReturnDetails {
  readonly externalRef?: string;
  readonly customerId?: string;
  readonly currency: string;
  readonly lines: readonly ReturnLine[];
  /** Money besides the goods: shipping, fees, credits. Negative amounts go to the buyer. */
  readonly credits: readonly Credit[];
  readonly attributes?: Readonly<Record<string, string>>;
}

export type RecordReturn = Message<'RecordReturn', { returnId: string } & ReturnDetails>;

/** `total` is the refund in minor units, goods − credits: positive if the buyer gets money. */
export type ReturnRecorded = Message<'ReturnRecorded', ReturnDetails & { total: number }>;

/** What the buyer was given for goods of one order, in minor units. Credits count only if it is a return of one order. */
export const paidBackFor = (orderId: string, { lines, total, currency }: ReturnRecorded['data']): number => {
  const parts = lines.filter(({ original }) => original?.orderId === orderId);
  return parts.length === lines.length ? total : totalOf(parts, currency);
};

/** @throws DomainError */
export const recordReturn = (details: ReturnDetails): ReturnRecorded[] => {
  const { lines, credits, currency } = details;
  if (lines.length + credits.length === 0)
    throw new DomainError('invalid-lines', 'A return needs at least one line or credit');
  checkUnique(lines.map(({ lineId }) => lineId));
  checkUnique(credits.map(({ chargeId }) => chargeId));
  const total = totalOf([...lines, ...credits.map((credit) => ({ ...credit, quantity: -credit.quantity }))], currency);
  return [{ type: 'ReturnRecorded', data: { ...details, total } }];
};

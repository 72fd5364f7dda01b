/** Goods that came back, as a fact: stream `return-<returnId>`. With or without an order that they were sold in. */
import { DomainError, type Decider, type EventDefinitions, type Message } from '#kernel';
import { checkUnique, totalOf } from './return-lines.js';
import { type Credit } from './return-messages.js';

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
  readonly credits: readonly Credit[];
  readonly attributes?: Readonly<Record<string, string>>;
}

export type ReturnCommand = Message<'RecordReturn', { returnId: string } & ReturnDetails>;

/** `total` is the money given back, in minor units: goods less credits, so positive when the buyer gets money. */
export type ReturnEvent = Message<'ReturnRecorded', ReturnDetails & { total: number }>;

interface Return {
  readonly recorded: boolean;
}

const decide = ({ data: { returnId, ...details } }: ReturnCommand, { recorded }: Return): ReturnEvent[] => {
  const { lines, credits, currency } = details;
  if (recorded) throw new DomainError('return-exists', `There is a return ${returnId} already`);
  if (lines.length + credits.length === 0) throw new DomainError('invalid-lines', 'There is no line and no credit');
  checkUnique(lines.map(({ lineId }) => lineId));
  checkUnique(credits.map(({ chargeId }) => chargeId));
  const total = totalOf([...lines, ...credits.map((credit) => ({ ...credit, quantity: -credit.quantity }))], currency);
  return [{ type: 'ReturnRecorded', data: { ...details, total } }];
};

const decider: Decider<Return, ReturnCommand, ReturnEvent> = {
  initialState: () => ({ recorded: false }),
  decide,
  evolve: () => ({ recorded: true }),
};

const events: EventDefinitions<ReturnEvent> = { ReturnRecorded: { version: 1 } };

const creates: ReturnCommand['type'][] = ['RecordReturn'];

export const goodsReturn = { category: 'return', decider, events, creates };

import { idOf } from '#event-store';
import { type FoldedProjection, readTable } from '#projections';
import { type ReturnLine } from '../domain/recorded-return.js';
import {
  type Credit,
  type InspectedItem,
  type RefundWay,
  type RequestedLine,
  type ReturnedUnits,
} from '../domain/return-messages.js';
import { type ReturnEvent } from '../domain/return-state.js';
import { evolveReturn, openedReturn } from './return-fold.projection.js';

export type ReturnState = 'recorded' | 'requested' | 'approved' | 'declined' | 'closed';

/** Units that arrived at a place. */
interface Receipt {
  readonly locationId: string;
  readonly lines: readonly ReturnedUnits[];
}

interface Inspection {
  readonly locationId: string;
  readonly items: readonly InspectedItem[];
}

/** Goods that came back, and the money with them. Money is in minor units; total = lines − credits. */
export interface ReturnStatus {
  readonly returnId: string;
  /** The channel that took it back. */
  readonly channel: string;
  readonly state: ReturnState;
  readonly externalRef: string | null;
  /** The order that it is of, where it is of one. */
  readonly orderId: string | null;
  readonly customerId: string | null;
  /** The customer, or else the guest's random subject id. */
  readonly buyerId: string | null;
  readonly currency: string;
  readonly reason: string | null;
  /** Where the money goes. */
  readonly refundTo: RefundWay | null;
  /** As they were asked for. */
  readonly requested: readonly RequestedLine[];
  readonly receipts: readonly Receipt[];
  readonly inspections: readonly Inspection[];
  /** Goods that were taken back, at the prices that they were sold for. */
  readonly lines: readonly ReturnLine[];
  /** Fees, and the share of discounts and charges. */
  readonly credits: readonly Credit[];
  /** What the buyer gets back: positive. */
  readonly total: number;
  /** What the units taken back were worth, before fees. */
  readonly worth: number;
  readonly fees: number;
  /** Given back so far. */
  readonly refunded: number;
  /** Why the last refund failed; null once it is tried again. */
  readonly failure: string | null;
  /** Of the exchange. */
  readonly newOrderId: string | null;
  /** The store credit that the money is on. */
  readonly giftCardId: string | null;
  /** Where goods last arrived. */
  readonly locationId: string | null;
  /** No line names the order that it was sold in. */
  readonly blind: boolean;
  readonly units: number;
  readonly attributes: Readonly<Record<string, string>>;
  /** Business time and recording time of its first event, ISO 8601 UTC. */
  readonly occurredAt: string;
  readonly recordedAt: string;
}

const text = { type: 'text' } as const;
const maybe = { type: 'text', nullable: true } as const;
const json = { type: 'jsonb' } as const;
const amount = { type: 'bigint' } as const;

export const returnStatus: FoldedProjection<ReturnStatus, 'returnId', ReturnEvent> = {
  name: 'return_status',
  version: 2,
  categories: ['return'],
  table: readTable<ReturnStatus>(
    'return_status',
    {
      returnId: { type: 'text', primary: true },
      channel: text,
      state: text,
      externalRef: maybe,
      orderId: maybe,
      customerId: maybe,
      buyerId: maybe,
      currency: text,
      reason: maybe,
      refundTo: maybe,
      requested: json,
      receipts: json,
      inspections: json,
      lines: json,
      credits: json,
      total: amount,
      worth: amount,
      fees: amount,
      refunded: amount,
      failure: maybe,
      newOrderId: maybe,
      giftCardId: maybe,
      locationId: maybe,
      blind: { type: 'boolean' },
      units: { type: 'bigint' },
      attributes: json,
      occurredAt: { type: 'timestamptz' },
      recordedAt: { type: 'timestamptz' },
    },
    [
      { columns: ['buyerId', 'occurredAt'], where: 'buyer_id IS NOT NULL' },
      { columns: ['state', 'occurredAt', 'returnId'], where: `state <> 'recorded'` },
      { columns: ['orderId'], where: 'order_id IS NOT NULL' },
    ],
  ),
  channelColumn: 'channel',
  subjectColumn: 'buyerId',
  keysOf: ({ stream }) => [{ returnId: idOf(stream) }],
  creates: ({ event }) => event.type === 'ReturnRecorded' || event.type === 'ReturnRequested',
  project: (row, recorded, { returnId }) => {
    const { event, envelope, recordedAt } = recorded;
    if (event.type !== 'ReturnRecorded' && event.type !== 'ReturnRequested') return row && evolveReturn(row, event);
    return {
      ...openedReturn(event, envelope.subject),
      returnId,
      channel: envelope.channel,
      occurredAt: envelope.occurredAt,
      recordedAt: new Date(recordedAt).toISOString(),
    };
  },
};

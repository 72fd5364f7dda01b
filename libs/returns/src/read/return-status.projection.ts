import { idOf } from '#event-store';
import { type FoldedProjection, readTable } from '#projections';
import { type ReturnEvent, type ReturnLine } from '../domain/recorded-return.js';
import { type Credit } from '../domain/return-messages.js';

/** Goods that came back, and the money with them. */
export interface ReturnStatus {
  readonly returnId: string;
  /** The channel that took it back. */
  readonly channel: string;
  readonly externalRef: string | null;
  readonly customerId: string | null;
  /** The customer, or else the guest's random subject id. */
  readonly buyerId: string | null;
  readonly currency: string;
  readonly lines: readonly ReturnLine[];
  readonly credits: readonly Credit[];
  /** Money given back, in minor units: positive. */
  readonly total: number;
  /** No line names the order that it was sold in. */
  readonly blind: boolean;
  readonly units: number;
  readonly attributes: Readonly<Record<string, string>>;
  /** Business time and recording time, ISO 8601 UTC. */
  readonly occurredAt: string;
  readonly recordedAt: string;
}

const text = { type: 'text' } as const;
const maybe = { type: 'text', nullable: true } as const;
const json = { type: 'jsonb' } as const;

export const returnStatus: FoldedProjection<ReturnStatus, 'returnId', ReturnEvent> = {
  name: 'return_status',
  version: 1,
  categories: ['return'],
  table: readTable<ReturnStatus>(
    'return_status',
    {
      returnId: { type: 'text', primary: true },
      channel: text,
      externalRef: maybe,
      customerId: maybe,
      buyerId: maybe,
      currency: text,
      lines: json,
      credits: json,
      total: { type: 'bigint' },
      blind: { type: 'boolean' },
      units: { type: 'bigint' },
      attributes: json,
      occurredAt: { type: 'timestamptz' },
      recordedAt: { type: 'timestamptz' },
    },
    [{ columns: ['buyerId', 'occurredAt'], where: 'buyer_id IS NOT NULL' }],
  ),
  channelColumn: 'channel',
  subjectColumn: 'buyerId',
  keysOf: ({ stream }) => [{ returnId: idOf(stream) }],
  creates: () => true,
  project: (_, { event: { data }, envelope, recordedAt }, { returnId }) => ({
    returnId,
    channel: envelope.channel,
    externalRef: data.externalRef ?? null,
    customerId: data.customerId ?? null,
    buyerId: data.customerId ?? envelope.subject ?? null,
    currency: data.currency,
    lines: data.lines,
    credits: data.credits,
    total: data.total,
    blind: data.lines.every(({ original }) => !original),
    units: data.lines.reduce((all, { quantity }) => all + quantity, 0),
    attributes: data.attributes ?? {},
    occurredAt: envelope.occurredAt,
    recordedAt: new Date(recordedAt).toISOString(),
  }),
};

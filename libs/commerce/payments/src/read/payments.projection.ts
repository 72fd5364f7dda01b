import { idOf } from '#event-store';
import { column, type FoldedProjection, nullable, primary, readTable, type RowOf } from '#projections';
import { type MoneyMovementEvent, type PaymentEvent, TENDER_KINDS } from '../domain/payment-messages.js';
import { addToTotals, isMoneyMovement, operationOf } from '../domain/payment-state.js';

export const paymentColumns = {
  paymentId: primary(column.text('Id of the payment')),
  orderId: column.text('The order that it pays'),
  channel: column.text('The channel through which it was requested'),
  kind: column.oneOf(TENDER_KINDS, 'What the buyer pays with; cash and terminal were taken at a till'),
  currency: column.text('ISO 4217'),
  amount: column.bigint('The requested amount, in minor units of the currency, as all money'),
  authorized: column.bigint('The authorized amount, whatever became of it'),
  captured: column.bigint('The captured amount, also what was refunded later'),
  voided: column.bigint('The part of the authorized amount that was voided'),
  refunded: column.bigint('The part of the captured amount that was refunded'),
  state: column.oneOf(
    ['pending', 'failed', 'authorized', 'partly-captured', 'captured', 'voided', 'partly-refunded', 'refunded'],
    'pending, failed, authorized, partly-captured, captured, voided, partly-refunded or refunded',
  ),
  unknownOperation: nullable(column.text('Id of the operation whose outcome is unknown')),
  unknownSince: nullable(
    column.instant('Since when the outcome of the unknown operation is unknown; the provider is being asked'),
  ),
  nextAskAt: nullable(column.instant('When the provider is asked again; null while it is being asked')),
  disputed: column.flag('The provider contradicts what is on record: a person must decide'),
  initiatedAt: column.instant('Business time of the request'),
};

/** A payment with its totals, in minor units. */
export type PaymentRow = RowOf<typeof paymentColumns>;

export const payments: FoldedProjection<PaymentRow, 'paymentId', PaymentEvent> = {
  name: 'payment',
  version: 1,
  categories: ['payment'],
  table: readTable('payment', paymentColumns, [
    { columns: ['orderId'] },
    { columns: ['nextAskAt'], where: 'next_ask_at IS NOT NULL' },
  ]),
  channelColumn: 'channel',
  keysOf: ({ stream }) => [{ paymentId: idOf(stream) }],
  creates: ({ event }) => event.type === 'PaymentInitiated',
  project: (row, { event, envelope }, { paymentId }) => {
    if (event.type !== 'PaymentInitiated') return row && applyChange(row, event, envelope.occurredAt);
    const { orderId, kind, currency, amount } = event.data;
    return {
      paymentId,
      orderId,
      channel: envelope.channel,
      kind,
      currency,
      amount,
      authorized: 0,
      captured: 0,
      voided: 0,
      refunded: 0,
      state: 'pending',
      ...NOTHING_UNKNOWN,
      disputed: false,
      initiatedAt: envelope.occurredAt,
    };
  },
};

const NOTHING_UNKNOWN = { unknownOperation: null, unknownSince: null, nextAskAt: null };

const applyChange = (
  row: PaymentRow,
  event: Exclude<PaymentEvent, { type: 'PaymentInitiated' }>,
  occurredAt: string,
): PaymentRow => {
  if (isMoneyMovement(event)) return moveMoney(row, event);
  const { type, data } = event;
  switch (type) {
    case 'PaymentRequested':
    case 'PaymentQueued':
      return row;
    case 'PaymentFailed': {
      const known = withKnownOutcome(row, data.operationId);
      return withState(data.operation === 'authorize' ? { ...known, state: 'failed' } : known);
    }
    case 'PaymentUnknown':
      return {
        ...row,
        unknownOperation: data.operationId,
        unknownSince: row.unknownSince ?? occurredAt,
        nextAskAt: data.askAt,
      };
    case 'PaymentInquiryRequested':
      return { ...row, nextAskAt: null };
    case 'PaymentDisputed':
      return { ...row, disputed: true };
    case 'PaymentDisputeResolved':
      return { ...row, disputed: data.othersDisputed === true };
  }
};

const moveMoney = (row: PaymentRow, event: MoneyMovementEvent): PaymentRow => {
  const { operationId, amount } = event.data;
  return withState(addToTotals(withKnownOutcome(row, operationId), operationOf(event), amount));
};

const withKnownOutcome = (row: PaymentRow, operationId: string): PaymentRow =>
  row.unknownOperation === operationId ? { ...row, ...NOTHING_UNKNOWN } : row;

const withState = (row: PaymentRow): PaymentRow => ({ ...row, state: stateOf(row) });

const stateOf = ({ authorized, captured, voided, refunded, state }: PaymentRow): PaymentRow['state'] => {
  if (authorized === 0) return state;
  if (refunded > 0) return refunded < captured ? 'partly-refunded' : 'refunded';
  if (captured > 0) return captured + voided < authorized ? 'partly-captured' : 'captured';
  return voided < authorized ? 'authorized' : 'voided';
};

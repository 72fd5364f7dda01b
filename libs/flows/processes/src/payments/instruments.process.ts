/**
 * Carries out payments by gift card, store credit and voucher, which Kontor itself keeps.
 *
 *   1. A payment requests an operation: authorize, capture, void or refund.
 *   2. The gift card or voucher carries it out, under a hold that has the id of the payment.
 *   3. Its answer becomes the result of the payment's operation.
 *
 *   PaymentRequested ──▶ [one operation under way] ──▶ RecordPaymentResult
 */
import { idOf } from '#event-store';
import { type Named } from '#kernel';
import { payment, type PaymentCommand, type PaymentEvent, type PaymentResult, type TenderKind } from '#payments';
import { COMPLETE, eventsOf, type InputOf, type Process, type Reaction } from '#process-manager';
import { giftCard, voucher, type GiftCardCommand, type VoucherCommand } from '#vouchers';
import { PAYMENT_DISPUTES } from '../event-groups.js';

/** The operation under way. */
interface Operation {
  readonly paymentId: string;
  readonly operationId: string;
}

const inputs = eventsOf([payment], [giftCard, voucher]).except(
  'PaymentInitiated',
  'PaymentQueued',
  'PaymentAuthorized',
  'PaymentCaptured',
  'PaymentVoided',
  'PaymentRefunded',
  'PaymentFailed',
  'PaymentUnknown',
  'PaymentInquiryRequested',
  ...PAYMENT_DISPUTES,
  'GiftCardIssued',
  'StoreCreditIssued',
  'BalanceAdjusted',
  'GiftCardExpired',
  'VoucherIssued',
  'VoucherExpired',
);

type InstrumentCommand =
  | Named<GiftCardCommand, 'HoldBalance' | 'RedeemHold' | 'ReleaseHold' | 'CreditBalance'>
  | Named<VoucherCommand, 'HoldVoucher' | 'RedeemVoucher' | 'ReleaseVoucher' | 'RefundVoucher'>;
type InstrumentsCommand = InstrumentCommand | Named<PaymentCommand, 'RecordPaymentResult'>;

export const instruments: Process<Operation, InputOf<typeof inputs>, InstrumentsCommand> = {
  name: 'instruments',
  inputs,
  instanceOf: ({ stream, event }) => {
    if (event.type !== 'PaymentRequested') return event.data.holdId;
    return INSTRUMENT_KINDS.has(event.data.kind) ? idOf(stream) : undefined;
  },
  react: (operation, { event }, paymentId) => {
    if (event.type === 'PaymentRequested') return begin(paymentId, event.data);
    if (!operation) return COMPLETE;
    switch (event.type) {
      case 'BalanceHeld':
      case 'HoldRedeemed':
      case 'HoldReleased':
      case 'BalanceCredited':
      case 'VoucherHeld':
      case 'VoucherRedeemed':
      case 'VoucherReleased':
      case 'VoucherRefunded':
        return record(operation, { outcome: 'done', amount: event.data.amount });
      case 'BalanceHoldDeclined':
      case 'VoucherHoldDeclined':
      case 'CommandRefused':
        return record(operation, { outcome: 'declined', code: event.data.code });
    }
  },
};

const INSTRUMENT_KINDS: ReadonlySet<TenderKind> = new Set(['gift-card', 'store-credit', 'voucher']);

type Requested = Named<PaymentEvent, 'PaymentRequested'>['data'];

const begin = (paymentId: string, requested: Requested): Reaction<Operation, InstrumentsCommand> => {
  const { operationId, instrumentId, kind } = requested;
  const operation = { paymentId, operationId };
  if (instrumentId === undefined) return record(operation, { outcome: 'declined', code: 'no-instrument' });
  const command =
    kind === 'voucher' ? toVoucher(instrumentId, paymentId, requested) : toGiftCard(instrumentId, paymentId, requested);
  return { state: operation, commands: [command] };
};

const toGiftCard = (giftCardId: string, holdId: string, requested: Requested): InstrumentCommand => {
  const { operation, operationId, orderId, amount, currency, reason = '' } = requested;
  const hold = { giftCardId, holdId, operationId, amount };
  switch (operation) {
    case 'authorize':
      return { type: 'HoldBalance', data: { ...hold, orderId, currency } };
    case 'capture':
      return { type: 'RedeemHold', data: hold };
    case 'void':
      return { type: 'ReleaseHold', data: hold };
    case 'refund':
      return { type: 'CreditBalance', data: { ...hold, reason } };
  }
};

const toVoucher = (voucherId: string, holdId: string, requested: Requested): InstrumentCommand => {
  const { operation, operationId, orderId, amount, currency, reason = '' } = requested;
  const hold = { voucherId, holdId, operationId, amount };
  switch (operation) {
    case 'authorize':
      return { type: 'HoldVoucher', data: { ...hold, orderId, currency } };
    case 'capture':
      return { type: 'RedeemVoucher', data: hold };
    case 'void':
      return { type: 'ReleaseVoucher', data: hold };
    case 'refund':
      return { type: 'RefundVoucher', data: { ...hold, reason } };
  }
};

/** Ends the operation; the next one starts a new instance. */
const record = ({ paymentId, operationId }: Operation, result: PaymentResult): Reaction<never, InstrumentsCommand> => ({
  state: undefined,
  commands: [{ type: 'RecordPaymentResult', data: { paymentId, operationId, ...result } }],
});

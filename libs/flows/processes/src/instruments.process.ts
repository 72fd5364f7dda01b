/**
 * What a payment asks of a gift card, of store credit or of a voucher is carried out by the stream of that instrument,
 * and its answer is told to the payment. The hold has the payment's id.
 */
import { type Happened, type Intent, type Process, type Reaction } from '#kernel';
import { type PaymentEvent } from '#payments';
import { type GiftCardEvent, type VoucherEvent } from '#vouchers';
import { type CommandRefused } from './command-refused.js';

type InstrumentEvent = GiftCardEvent | VoucherEvent;
type Heard = PaymentEvent | InstrumentEvent | CommandRefused;
type Asked = Extract<PaymentEvent, { type: 'PaymentRequested' }>['data'];

/** The operation under way. */
interface Request {
  readonly paymentId: string;
  readonly operationId: string;
}

const GIFT_CARD = { authorize: 'HoldBalance', capture: 'RedeemHold', void: 'ReleaseHold', refund: 'CreditBalance' };
const VOUCHER = { authorize: 'HoldVoucher', capture: 'RedeemVoucher', void: 'ReleaseVoucher', refund: 'RefundVoucher' };

const INSTRUMENTS: ReadonlySet<string> = new Set(['gift-card', 'store-credit', 'voucher']);

const toInstrument = (holdId: string, asked: Asked): Intent => {
  const { kind, instrumentId = '', operation, operationId, orderId, amount, currency, reason = '' } = asked;
  const type = (kind === 'voucher' ? VOUCHER : GIFT_CARD)[operation];
  const id = kind === 'voucher' ? { voucherId: instrumentId } : { giftCardId: instrumentId };
  const more = operation === 'authorize' ? { orderId, currency } : operation === 'refund' ? { reason } : {};
  return { type, data: { ...id, holdId, operationId, amount, ...more } };
};

const tell = ({ paymentId, operationId }: Request, result: object): Reaction<Request> => ({
  state: undefined,
  intents: [{ type: 'RecordPaymentResult', data: { paymentId, operationId, ...result } }],
});

const declined = (request: Request, code: string) => tell(request, { outcome: 'declined', code });

const ask = (paymentId: string, asked: Asked): Reaction<Request> => {
  const { operationId, instrumentId } = asked;
  const request = { paymentId, operationId };
  if (instrumentId === undefined) return declined(request, 'no-instrument');
  return { state: request, intents: [toInstrument(paymentId, asked)] };
};

const goOn = (request: Request, event: Heard): Reaction<Request> => {
  // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check -- the rest is no answer
  switch (event.type) {
    case 'BalanceHeld':
    case 'HoldRedeemed':
    case 'HoldReleased':
    case 'BalanceCredited':
    case 'VoucherHeld':
    case 'VoucherRedeemed':
    case 'VoucherReleased':
    case 'VoucherRefunded':
      return tell(request, { outcome: 'done', amount: event.data.amount });
    case 'BalanceHoldDeclined':
    case 'VoucherHoldDeclined':
      return declined(request, event.data.code);
    case 'CommandRefused':
      return declined(request, event.data.code);
    default:
      return { state: request, intents: [] };
  }
};

const isAsked = (event: Heard): event is Extract<PaymentEvent, { type: 'PaymentRequested' }> =>
  event.type === 'PaymentRequested' && INSTRUMENTS.has(event.data.kind);

const paymentOf = (stream: string) => stream.slice('payment-'.length);

export const instruments: Process<Request, Heard> = {
  name: 'instruments',
  categories: ['payment'],
  instanceOf: ({ stream, event }: Happened<Heard>) => {
    if (isAsked(event) || event.type === 'CommandRefused') return paymentOf(stream);
    return 'holdId' in event.data ? event.data.holdId : undefined;
  },
  react: (request, { stream, event }) => {
    if (isAsked(event)) return ask(paymentOf(stream), event.data);
    return request ? goOn(request, event) : { state: undefined, intents: [] };
  },
};

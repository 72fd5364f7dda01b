/**
 * The money of an order over all its payments: captured when the order is confirmed or its goods leave, given up or
 * refunded when it is rejected, cancelled or comes back. A person is asked where a provider refuses.
 */
import { type Happened, type Process, type Reaction } from '#kernel';
import { type LineQuantity, type OrderEvent } from '#orders';
import { type PaymentEvent } from '#payments';
import { type ReturnEvent } from '#returns';
import { type CommandRefused } from './command-refused.js';
import { placedNow } from './order-money.js';
import {
  authorized,
  begun,
  done,
  failed,
  giveUp,
  nothing,
  purseOf,
  refundReturn,
  refused,
  settle,
  tendered,
  type Settlement,
} from './settlement-steps.js';

type SettlementEvent = OrderEvent | PaymentEvent | ReturnEvent | CommandRefused;

/** Orders whose payment is not Kontor's business have none. */
const begin = (orderId: string, data: Extract<OrderEvent, { type: 'OrderPlaced' }>['data']): Settlement | undefined =>
  data.tenders || data.payLater
    ? {
        orderId,
        currency: data.currency,
        capture: data.capture ?? 'on-shipping',
        phase: 'placed',
        onlyCharges: data.lines.length === 0,
        payable: data.total,
        left: 0,
        purses: (data.tenders ?? []).map((tender) => purseOf(orderId, tender)),
        refunds: [],
      }
    : undefined;

const placed = (state: Settlement, answered: readonly LineQuantity[]): Settlement =>
  state.unplaced ? { ...state, unplaced: placedNow(state.unplaced, answered) } : state;

const edited = (
  state: Settlement,
  { add, worth }: Extract<OrderEvent, { type: 'OrderEditApplied' }>['data'],
): Settlement => {
  const payable = state.payable + worth;
  if (add.length === 0) return { ...state, payable };
  const units = Object.fromEntries(add.map(({ lineId, quantity }) => [lineId, quantity]));
  return { ...state, payable, unplaced: [...(state.unplaced ?? []), { worth, units }] };
};

const ofOrder = (state: Settlement, { type, data }: OrderEvent): Reaction<Settlement> => {
  // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check -- few events of an order move money
  switch (type) {
    case 'OrderConfirmed':
      return settle({ ...state, phase: 'confirmed' });
    case 'OrderRejected':
      return giveUp({ ...state, phase: 'rejected', payable: 0 });
    case 'OrderLinesFulfilled':
      return settle({ ...state, left: state.left + data.due });
    case 'OrderLinesCancelled':
      return settle({ ...placed(state, data.lines), payable: state.payable - data.refund });
    case 'OrderEditApplied':
      return settle(edited(state, data));
    case 'OrderReallocated':
      return settle(
        placed(
          state,
          data.allocations.flatMap(({ lines }) => lines),
        ),
      );
    case 'OrderTendered':
      return tendered(state, data.tenders);
    default:
      return nothing(state);
  }
};

const ofPayment = (state: Settlement, paymentId: string, event: PaymentEvent): Reaction<Settlement> => {
  // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check -- requests are not answers
  switch (event.type) {
    case 'PaymentInitiated':
      return begun(state, paymentId);
    case 'PaymentAuthorized':
      return authorized(state, paymentId, event.data);
    case 'PaymentCaptured':
    case 'PaymentVoided':
    case 'PaymentRefunded':
      return done(state, paymentId, event);
    case 'PaymentFailed':
      return failed(state, paymentId, event.data);
    default:
      return nothing(state);
  }
};

const idIn = (stream: string) => stream.slice(stream.indexOf('-') + 1);

const untracked = ({ returnId }: { readonly returnId: string }): Reaction<Settlement> => ({
  state: undefined,
  intents: [{ type: 'RecordReturnRefundFailure', data: { returnId, code: 'nothing-captured' } }],
});

export const settlement: Process<Settlement, SettlementEvent> = {
  name: 'settlement',
  categories: ['order', 'payment', 'return'],
  instanceOf: ({ stream, event }: Happened<SettlementEvent>) => {
    if (stream.startsWith('order-')) return idIn(stream);
    if (stream.startsWith('payment-')) return (event as PaymentEvent).data.orderId;
    return event.type === 'ReturnRefundRequested' ? event.data.orderId : undefined;
  },
  react: (state, { event, stream }) => {
    if (event.type === 'OrderPlaced') return { state: state ?? begin(idIn(stream), event.data), intents: [] };
    if (event.type === 'ReturnRefundRequested') return state ? refundReturn(state, event.data) : untracked(event.data);
    if (!state) return { state, intents: [] };
    if (event.type === 'CommandRefused') return refused(state, event.data);
    return stream.startsWith('payment-')
      ? ofPayment(state, idIn(stream), event as PaymentEvent)
      : ofOrder(state, event as OrderEvent);
  },
};

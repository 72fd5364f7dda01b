/**
 * Tells an order what was given back without a return: by a clerk, at the payment provider, as store credit, or for cancelled
 * units. Returns then pay out at most the rest.
 *
 *   PaymentRefunded, StoreCreditIssued → AddRefund, unless it is the refund of a return, which the order knows
 */
import { idOf } from '#event-store';
import { type Named } from '#kernel';
import { type OrderCommand } from '#orders';
import { isBySettlement, isOfReturn, payment } from '#payments';
import { eventsOf, joinInputs, policy, type InputOf } from '#process-manager';
import { giftCard } from '#vouchers';

const inputs = joinInputs(eventsOf([payment]).only('PaymentRefunded'), eventsOf([giftCard]).only('StoreCreditIssued'));
type AddRefund = Named<OrderCommand, 'AddRefund'>;

export const whenRefundedWithoutReturnThenCountAgainstOrder = policy<InputOf<typeof inputs>, AddRefund>({
  name: 'count-refund',
  inputs,
  instanceOf: ({ stream }) => stream,
  commandsAfter: ({ event, stream }) => {
    if (event.type === 'CommandRefused') return []; // the order is not here
    const { orderId, operationId, reason, amount } = event.data;
    if (orderId === undefined) return [];
    const data = { orderId, reference: `${idOf(stream)}/${operationId}`, amount };
    if (event.type === 'StoreCreditIssued') {
      return isOfReturn(operationId) ? [] : [{ type: 'AddRefund', data: { ...data, by: 'store-credit' } }];
    }
    if (!isBySettlement(operationId)) {
      return [{ type: 'AddRefund', data: { ...data, by: event.data.atProvider ? 'provider' : 'payment' } }];
    }
    if (isOfReturn(reason)) return [];
    return [{ type: 'AddRefund', data: { ...data, by: 'payment', forCancellation: true } }];
  },
});

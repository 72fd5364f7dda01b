import { type Named } from '#kernel';
import { paymentIdOf, type Tender } from '#orders';
import { type PaymentCommand } from '#payments';

export type RequestPayment = Named<PaymentCommand, 'RequestPayment'>;

/** Requests the payment of one tender of an order. The token stays in the order, where it is sealed. */
export const requestPayment = (
  orderId: string,
  currency: string,
  { tenderId, kind, amount, instrumentId }: Tender,
): RequestPayment => {
  const terms = { orderId, currency, kind, amount, ...(instrumentId !== undefined && { instrumentId }) };
  return { type: 'RequestPayment', data: { paymentId: paymentIdOf(orderId, tenderId), ...terms } };
};

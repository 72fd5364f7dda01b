import { type Named } from '#kernel';
import { paymentIdOf, type Tender } from '#orders';
import { type PaymentCommand } from '#payments';

export type RequestPayment = Named<PaymentCommand, 'RequestPayment'>;

/** Requests the payment of one tender of an order. */
export const requestPayment = (orderId: string, currency: string, tender: Tender): RequestPayment => {
  const { tenderId, ...terms } = tender;
  return { type: 'RequestPayment', data: { paymentId: paymentIdOf(orderId, tenderId), orderId, currency, ...terms } };
};

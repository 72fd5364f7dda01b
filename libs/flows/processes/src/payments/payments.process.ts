/**
 * Calls the payment provider. It has no state: the handler ignores operations that have been answered.
 *
 *   PaymentRequested         → ExecutePayment
 *   PaymentUnknown           → InquirePayment, but only the first time: the timer repeats it later
 *   PaymentInquiryRequested  → InquirePayment
 *
 * Gift cards, store credit and vouchers are Kontor's own: see instruments.process.ts.
 */
import { idOf } from '#event-store';
import { type Named } from '#kernel';
import { isProviderKind, payment, type ProviderCommand } from '#payments';
import { eventsOf, policy, type InputOf } from '#process-manager';

const inputs = eventsOf([payment]).only('PaymentRequested', 'PaymentUnknown', 'PaymentInquiryRequested');

export const payments = policy<InputOf<typeof inputs>, ProviderCommand>({
  name: 'payments',
  inputs,
  instanceOf: ({ stream }) => stream,
  commandsAfter: ({ event, stream }) => {
    if (event.type === 'CommandRefused' || !isProviderKind(event.data.kind)) return [];
    const paymentId = idOf(stream);
    switch (event.type) {
      case 'PaymentRequested':
        return [{ type: 'ExecutePayment', data: { paymentId, operationId: event.data.operationId } }];
      case 'PaymentUnknown':
        return event.data.attempt === 1 ? [inquire(paymentId, event.data)] : [];
      case 'PaymentInquiryRequested':
        return [inquire(paymentId, event.data)];
    }
  },
});

type Inquiry = Named<ProviderCommand, 'InquirePayment'>;

const inquire = (
  paymentId: string,
  { operationId, attempt }: { readonly operationId: string; readonly attempt: number },
): Inquiry => ({ type: 'InquirePayment', data: { paymentId, operationId, attempt } });

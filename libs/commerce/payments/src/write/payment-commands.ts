import {
  contractsFor,
  plain,
  withReasonAndNote,
  routeTo,
  type CommandContract,
  type Route,
  type Routes,
} from '#event-store';
import { type PaymentCommand } from '../domain/payment-messages.js';
import { payment } from '../domain/payment.js';
import { CallPaymentProvider, type ProviderCommand } from './call-payment-provider.js';
import { RefundPayment, type ManualRefund } from './refund-payment.js';
import { CapturePaymentDto, RefundPaymentDto, VoidPaymentDto } from './payment.dtos.js';

const paymentContract = contractsFor(payment, 'paymentId');

export const paymentCommands: readonly CommandContract[] = [
  paymentContract({
    name: 'CapturePayment',
    summary: 'Captures a part or all of the authorized amount.',
    dto: CapturePaymentDto,
    scope: 'payments:write',
  }),
  paymentContract({
    name: 'VoidPayment',
    summary: 'Voids a part or all of the authorized amount that is not captured.',
    dto: VoidPaymentDto,
    scope: 'payments:write',
  }),
  withReasonAndNote({
    ...paymentContract({
      name: 'RefundPayment',
      summary: 'Refunds a part or all of the captured amount, at most what is left of the money of the order.',
      dto: RefundPaymentDto,
      scope: 'payments:write',
    }),
    message: (body, cause) => new RefundPayment(plain(body) as ManualRefund, cause),
  }),
];

const paymentRoute: Route<PaymentCommand> = routeTo(payment, ({ paymentId }) => paymentId);

const providerRoute: Route<ProviderCommand> = {
  stream: ({ data }) => `${payment.category}-${data.paymentId}`,
  message: ({ type, data }, cause) => new CallPaymentProvider(type, data, cause),
  recordsResultsIn: payment.category,
};

/** What processes and timers may send. */
export const paymentRoutes = {
  RequestPayment: paymentRoute,
  CapturePayment: paymentRoute,
  VoidPayment: paymentRoute,
  RefundPayment: paymentRoute,
  RecordPaymentResult: paymentRoute,
  ResolvePayment: paymentRoute,
  ExecutePayment: providerRoute,
  InquirePayment: providerRoute,
} satisfies Partial<Routes<PaymentCommand | ProviderCommand>>;

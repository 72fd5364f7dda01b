import { contractsFor, routeTo, type CommandContract, type Route, type Routes } from '#event-store';
import { type PaymentCommand } from '../domain/payment-messages.js';
import { payment } from '../domain/payment.js';
import { CallPaymentProvider, type ProviderCommand } from './call-payment-provider.js';
import { CapturePaymentDto, RefundPaymentDto, VoidPaymentDto } from './payment.dtos.js';

const ofPayment = contractsFor(payment, 'paymentId');

export const paymentCommands: readonly CommandContract[] = [
  ofPayment({
    name: 'CapturePayment',
    summary: 'Captures a part or all of the authorized amount.',
    dto: CapturePaymentDto,
    scope: 'payments:write',
  }),
  ofPayment({
    name: 'VoidPayment',
    summary: 'Voids what is authorized and not captured: a part of it, or all that is left.',
    dto: VoidPaymentDto,
    scope: 'payments:write',
  }),
  ofPayment({
    name: 'RefundPayment',
    summary: 'Refunds a part or all of the captured amount.',
    dto: RefundPaymentDto,
    scope: 'payments:write',
  }),
];

const toPayment: Route<PaymentCommand> = routeTo(payment, ({ paymentId }) => paymentId);

const toProvider: Route<ProviderCommand> = {
  stream: ({ data }) => `${payment.category}-${data.paymentId}`,
  message: ({ type, data }, cause) => new CallPaymentProvider(type, data, cause),
};

/** What processes and timers may send. */
export const paymentRoutes = {
  RequestPayment: toPayment,
  CapturePayment: toPayment,
  VoidPayment: toPayment,
  RefundPayment: toPayment,
  RecordPaymentResult: toPayment,
  ResolvePayment: toPayment,
  ExecutePayment: toProvider,
  InquirePayment: toProvider,
} satisfies Partial<Routes<PaymentCommand | ProviderCommand>>;

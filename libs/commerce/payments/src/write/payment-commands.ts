import { contractsFor, routeTo, type CommandContract, type Route, type Routes } from '#event-store';
import { type PaymentCommand } from '../domain/payment-messages.js';
import { payment } from '../domain/payment.js';
import { AskProvider, type ProviderCommand } from './ask-provider.js';
import { CapturePaymentDto, RefundPaymentDto, VoidPaymentDto } from './payment.dtos.js';

const ofPayment = contractsFor(payment, 'paymentId');

export const paymentCommands: readonly CommandContract[] = [
  ofPayment({
    name: 'CapturePayment',
    summary: 'Takes a part or all of what is authorised.',
    dto: CapturePaymentDto,
    scope: 'payments:write',
  }),
  ofPayment({
    name: 'VoidPayment',
    summary: 'Gives up what is authorised and not captured: a part of it, or all that is left.',
    dto: VoidPaymentDto,
    scope: 'payments:write',
  }),
  ofPayment({
    name: 'RefundPayment',
    summary: 'Gives back a part or all of what was captured.',
    dto: RefundPaymentDto,
    scope: 'payments:write',
  }),
];

const toPayment: Route<PaymentCommand> = routeTo(payment, ({ paymentId }) => paymentId);

const toProvider: Route<ProviderCommand> = {
  stream: ({ data }) => `${payment.category}-${data.paymentId}`,
  message: ({ type, data }, cause) => new AskProvider(type, data, cause),
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

import { contractsFor, routeTo, type CommandContract, type Route } from '#event-store';
import { payment } from '../domain/payment.js';
import { AskProvider } from './ask-provider.js';
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

/** Carried out by {@link AskProvider}. */
const toProvider = (name: 'ExecutePayment' | 'InquirePayment'): Route => ({
  ...routeTo(payment, 'paymentId', name),
  message: (body, cause) => new AskProvider(name, body as AskProvider['data'], cause),
});

/** Sent by processes only. */
export const paymentRoutes: readonly Route[] = [
  ...['RequestPayment', 'RecordPaymentResult', 'ResolvePayment'].map((name) => routeTo(payment, 'paymentId', name)),
  toProvider('ExecutePayment'),
  toProvider('InquirePayment'),
];

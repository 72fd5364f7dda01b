import { exponentOf } from '#kernel';
import { type PaymentEvent } from '../domain/payment-messages.js';

const money = (amount: number, currency: string) => {
  const exponent = exponentOf(currency);
  return `${(amount / 10 ** exponent).toFixed(exponent)} ${currency}`;
};

/** Describes an event of a payment in English, without personal data. */
export const paymentText = ({ type, data }: PaymentEvent): string => {
  switch (type) {
    case 'PaymentInitiated':
      return `Payment of ${money(data.amount, data.currency)} by ${data.kind} initiated`;
    case 'PaymentRequested':
      return `Provider asked to ${data.operation} ${money(data.amount, data.currency)}`;
    case 'PaymentQueued':
      return `Waits for its turn to ${data.operation} ${money(data.amount, data.currency)}`;
    case 'PaymentAuthorized':
      return `${money(data.amount, data.currency)} authorized`;
    case 'PaymentCaptured':
      return `${money(data.amount, data.currency)} captured`;
    case 'PaymentVoided':
      return `${money(data.amount, data.currency)} voided`;
    case 'PaymentRefunded':
      return `${money(data.amount, data.currency)} refunded: ${data.reason}`;
    case 'PaymentFailed':
      return `Payment failed to ${data.operation}: ${data.code}`;
    case 'PaymentUnknown':
      return `Outcome of ${data.operation} unknown (${data.reason}): the provider is asked at ${data.askAt}`;
    case 'PaymentInquiryRequested':
      return `Provider asked for the outcome of ${data.operation}`;
    case 'PaymentDisputed':
      return `Provider reports ${data.reported} for ${data.operation} where ${data.expected} is on record (minor units)`;
  }
};

import { moneyText } from '#kernel';
import { type PaymentEvent } from '../domain/payment-messages.js';

/** Describes an event of a payment in English, without personal data. Timelines store it: another sentence needs their rebuild. */
export const paymentText = ({ type, data }: PaymentEvent): string => {
  switch (type) {
    case 'PaymentInitiated':
      return `Payment of ${moneyText(data.amount, data.currency)} by ${data.kind} begun`;
    case 'PaymentRequested':
      return `Asked to ${data.operation} ${moneyText(data.amount, data.currency)}`;
    case 'PaymentQueued':
      return `To ${data.operation} ${moneyText(data.amount, data.currency)} after what is under way`;
    case 'PaymentAuthorized':
      return `${moneyText(data.amount, data.currency)} authorised`;
    case 'PaymentCaptured':
      return `${moneyText(data.amount, data.currency)} captured`;
    case 'PaymentVoided':
      return `${moneyText(data.amount, data.currency)} given up`;
    case 'PaymentRefunded':
      return `${moneyText(data.amount, data.currency)} refunded: ${data.reason}`;
    case 'PaymentFailed':
      return `Payment failed to ${data.operation}: ${data.code}`;
    case 'PaymentUnknown':
      return `No answer to ${data.operation} (${data.reason}): asked again at ${data.askAt}`;
    case 'PaymentInquiryRequested':
      return `Asked what became of ${data.operation}`;
    case 'PaymentDisputed':
      return `Provider says ${data.reported} of ${data.operation}, we say ${data.expected} (minor units)${data.code === undefined ? '' : `: ${data.code}`}`;
    case 'PaymentDisputeResolved':
      return `Provider agrees with us about ${data.operation} again`;
  }
};

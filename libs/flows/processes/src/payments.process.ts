/**
 * From a request that is in the log to the provider's answer. It remembers nothing: what has an answer already is not
 * asked for again by those who carry it out. Instruments of our own are another process's.
 */
import { type Happened, type Intent, type Process } from '#kernel';
import { isProviderKind, type PaymentEvent } from '#payments';
import { type CommandRefused } from './command-refused.js';

type Event = PaymentEvent | CommandRefused;

/** The first silence is followed by a question at once; whatever is silent for longer, the timer asks for. */
const intentsOf = ({ type, data }: Event, paymentId: string): readonly Intent[] => {
  // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check -- a process waits for few of many events
  switch (type) {
    case 'PaymentRequested':
      if (!isProviderKind(data.kind)) return [];
      return [{ type: 'ExecutePayment', data: { paymentId, operationId: data.operationId } }];
    case 'PaymentUnknown':
      return data.attempt === 1 && isProviderKind(data.kind) ? [inquire(paymentId, data)] : [];
    case 'PaymentInquiryRequested':
      return isProviderKind(data.kind) ? [inquire(paymentId, data)] : [];
    default:
      return [];
  }
};

const inquire = (paymentId: string, { operationId, attempt }: { operationId: string; attempt: number }): Intent => ({
  type: 'InquirePayment',
  data: { paymentId, operationId, attempt },
});

export const payments: Process<undefined, Event> = {
  name: 'payments',
  stateless: true,
  categories: ['payment'],
  instanceOf: ({ stream }: Happened<Event>) => stream,
  react: (_, { event, stream }) => ({
    state: undefined,
    intents: intentsOf(event, stream.slice('payment-'.length)),
  }),
};

import { type CommandNotes } from '#capability';

export const commandNotes: CommandNotes = {
  CapturePayment: {
    events: 'PaymentRequested or PaymentQueued',
    then: 'PaymentCaptured, PaymentFailed or PaymentUnknown',
    serves: 'PV1',
  },
  VoidPayment: {
    events: 'PaymentRequested or PaymentQueued',
    then: 'PaymentVoided, PaymentFailed or PaymentUnknown',
    serves: 'PV1',
  },
  RefundPayment: {
    events: 'PaymentRequested or PaymentQueued',
    then: 'PaymentRefunded, PaymentFailed or PaymentUnknown',
    serves: 'PV1, RE1',
  },
};

import { capability, conflict, missing, WITHHELD } from '#capability';
import { answerOf, propertiesOf, stampColumns } from '#projections';
import { listOf, object, ref } from '#schema';
import { commandNotes } from './command-notes.js';
import { payment } from './domain/payment.js';
import { PaymentCommandsModule, PaymentsModule } from './payments.module.js';
import { paymentBiViews } from './read/bi-views.js';
import { paymentLedger, paymentLedgerColumns } from './read/payment-ledger.projection.js';
import { paymentColumns, payments } from './read/payments.projection.js';
import { Payments } from './read/payments.js';
import { paymentCommands, paymentRoutes } from './write/payment-commands.js';

export const paymentsCapability = capability('payments', {
  streams: [payment],
  commands: paymentCommands,
  commandNotes,
  processCommands: paymentRoutes,
  readModels: [payments, paymentLedger],
  views: paymentBiViews,
  ownScopes: ['payments:write'],
  feed: {
    payment: { scope: 'payments:read', audience: 'its-channel' },
  },
  answers: {
    Payment: answerOf(paymentColumns),
    PaymentMovement: answerOf(paymentLedgerColumns),
    PaymentWithLedger: object({
      ...propertiesOf({ ...paymentColumns, ...stampColumns }),
      ledger: listOf(ref('PaymentMovement')),
    }),
  },
  modules: { api: PaymentCommandsModule, worker: PaymentsModule },
  queries: [Payments],
  published: {
    topic: 'kontor.payments.v1',
    events: {
      PaymentInitiated: 1,
      PaymentRequested: 1,
      PaymentQueued: WITHHELD,
      PaymentAuthorized: 1,
      PaymentCaptured: 1,
      PaymentVoided: 1,
      PaymentRefunded: 1,
      PaymentFailed: 1,
      PaymentUnknown: 1,
      PaymentInquiryRequested: WITHHELD,
      PaymentDisputed: 1,
      PaymentDisputeResolved: 1,
    },
  },
  problems: {
    'payment-not-found': missing('There is no such payment, or its order has not requested it yet.'),
    'operation-not-found': missing('The payment has no operation with this id.'),
    'payment-exists': conflict('There is a payment with this id and other terms.'),
    'currency-not-of-payment': conflict('The payment is in another currency.'),
    'operation-exists': conflict('The payment has an operation with this id that is of another kind.'),
    'exceeds-authorized': conflict(
      'The amount exceeds what is authorized and neither captured nor voided: see available.',
    ),
    'exceeds-captured': conflict('The amount exceeds what is captured and not refunded: see available.'),
  },
});

import { paymentBiViews } from './bi-views.js';
import { paymentLedger } from './payment-ledger.projection.js';
import { payments } from './payments.projection.js';

export { paymentText } from './payment-text.js';
export { Payments } from './payments.js';

/** For the registry of read models. */
export const paymentReadModels = { projections: [payments, paymentLedger], views: paymentBiViews };

export * from './domain/payment-messages.js';
export { payment } from './domain/payment.js';
export { isProviderKind } from './domain/payment-operations.js';
export * from './domain/refund-origin.js';
export { SimulatedBank, type BankEntry } from './provider/simulated-bank.js';
export { HttpPaymentProvider, paymentProviderAt } from './provider/http-payment-provider.js';
export { InMemoryPaymentProvider } from './provider/in-memory-payment-provider.js';
export { providerIdempotencyKey, PaymentProvider, type ProviderRequest } from './provider/payment-provider.js';
export { type ProviderAnswer, parseProviderAnswer } from './provider/provider-answer.js';
export {
  hasValidSignature,
  signWebhook,
  PAYMENT_SIGNATURE_HEADER,
  PAYMENT_WEBHOOK_CONTENT_TYPE,
} from './provider/signature.js';
export * from './read/index.js';
export {
  CallPaymentProvider,
  CallPaymentProviderHandler,
  type ProviderCommand,
} from './write/call-payment-provider.js';
export { paymentsCapability } from './payments.capability.js';

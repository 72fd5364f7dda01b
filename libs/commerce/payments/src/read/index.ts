export { paymentText } from './payment-text.js';
export { Payments } from './payments.js';

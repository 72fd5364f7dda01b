export * from './read/index.js';
export { paymentCommands, paymentRoutes } from './write/payment-commands.js';
export { PaymentsModule } from './payments.module.js';

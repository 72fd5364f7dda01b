export { ledgerEntry, type LedgerCommand, type LedgerEntry, type LedgerEvent } from './domain/ledger-entry.js';
export { order } from './domain/order.js';
export * from './domain/order-messages.js';
export { planFulfillment, replan, type Declined } from './domain/plan.js';
export {
  recordedReturn,
  type ReturnCommand,
  type ReturnDetails,
  type ReturnEvent,
  type ReturnLine,
} from './domain/recorded-return.js';
export { AvailabilityAdvice } from './write/availability-advice.js';
export { orderCommands, orderRoutes } from './write/order-commands.js';
export { PlaceOrder } from './write/place-order.js';
export { OrdersModule } from './orders.module.js';
export * from './read/index.js';

export { ledgerEntry, type LedgerCommand, type LedgerEntry, type LedgerEvent } from './domain/ledger-entry.js';
export { checkPlan } from './domain/check-plan.js';
export { expandKits, type ComponentsOf, type KitComponent } from './domain/expand-kits.js';
export { order } from './domain/order.js';
export * from './domain/order-messages.js';
export { manuallyRefundable } from './domain/order-returns.js';
export * from './read/trade-line.js';
export { AvailabilityAdvice } from './write/availability-advice.js';
export { CartContents, type CheckedOutCart, type CartReservation } from './write/cart-contents.js';
export { OrderOutcomes } from './write/order-outcomes.js';
export { OrderTokens } from './write/order-tokens.js';
export { Kits } from './write/kits.js';
export { AddressDto, OrderLineDto } from './write/order.dtos.js';
export { PlaceOrder, type OrderToPlace } from './write/place-order.js';
export { ReplanFulfillment, type ReplanCommand, type UnitsToReplan } from './write/replan-fulfillment.js';
export {
  Sourcing,
  sourcingContext,
  type ReservedCandidate,
  type LineToPlan,
  type SourcingContext,
  type SourcingRequest,
} from './write/sourcing.js';
export { ordersCapability } from './orders.capability.js';

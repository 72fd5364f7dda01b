export type * from './domain/fulfillment-messages.js';
export { FULFILLMENT_STATUSES, type FulfillmentStatus } from './domain/fulfillment-state.js';
export { fulfillment } from './domain/fulfillment.js';
export { shipment, type ShipmentCommand, type ShipmentEvent } from './domain/shipment.js';
export * from './read/index.js';
export { fulfillmentCapability } from './fulfillment.capability.js';

export type * from './domain/fulfillment-messages.js';
export { type FulfillmentStatus } from './domain/fulfillment-state.js';
export { fulfillment } from './domain/fulfillment.js';
export { shipment, type ShipmentCommand, type ShipmentEvent } from './domain/shipment.js';
export * from './read/index.js';
export { fulfillmentCommands, fulfillmentRoutes } from './write/fulfillment-commands.js';
export { shipmentCommands, shipmentRoutes } from './write/shipment-commands.js';
export { FulfillmentModule } from './fulfillment.module.js';

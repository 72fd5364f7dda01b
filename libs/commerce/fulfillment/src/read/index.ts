export { fulfillmentText } from './fulfillment-text.js';
export { Fulfillments } from './fulfillments.js';
export { type FulfillmentRow } from './fulfillments.projection.js';

import { type BiView, type Projection } from '#projections';
import { fulfillmentBiViews } from './bi-views.js';
import { fulfillments } from './fulfillments.projection.js';
import { shipments } from './shipments.projection.js';

export { fulfillmentText } from './fulfillment-text.js';
export { Fulfillments } from './fulfillments.js';
export { type FulfillmentRow } from './fulfillments.projection.js';

/** For the registry of read models. */
export const fulfillmentReadModels: { readonly projections: readonly Projection[]; readonly views: readonly BiView[] } =
  { projections: [fulfillments, shipments], views: fulfillmentBiViews };

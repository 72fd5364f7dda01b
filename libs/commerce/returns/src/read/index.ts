import { returnBiViews } from './bi-views.js';
import { returnStatus } from './return-status.projection.js';

export { type ReturnState, type ReturnStatus } from './return-status.projection.js';
export { ordersOf, returnText } from './return-text.js';
export { Returns, type ReturnFilter } from './returns.js';

/** For the registry of read models. */
export const returnReadModels = { projections: [returnStatus], views: returnBiViews };

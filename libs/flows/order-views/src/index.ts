import { timelineBiViews } from './bi-order-timeline.js';
import { orderBiViews } from './bi-views.js';
import { ledgerEntries } from './ledger-entries.projection.js';
import { orderStatus } from './order-status.projection.js';
import { orderTimeline } from './order-timeline.projection.js';

export { orderAsOf } from './order-as-of.js';
export { editsOf, type OrderEdit } from './order-edits.js';
export { type OrderLineStatus } from './order-lines.projection.js';
export { orderStatus, type EventOfOrder, type OrderState, type OrderStatus } from './order-status.projection.js';
export { orderText } from './order-text.js';
export { type OrderTimelineEntry } from './order-timeline.projection.js';
export { OrderTimelines } from './order-timelines.js';
export { Orders, type OrderFilter, type Page, type PageRequest } from './orders.js';

/** The read models that tell of orders, for the registry. */
export const orderReadModels = {
  projections: [orderStatus, ledgerEntries, orderTimeline],
  views: [...orderBiViews, ...timelineBiViews],
};

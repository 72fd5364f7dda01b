import { orderBiViews } from './bi-views.js';
import { ledgerEntries } from './ledger-entries.projection.js';
import { orderStatus } from './order-status.projection.js';

export { orderAsOf } from './order-as-of.js';
export { editsOf, type OrderEdit } from './order-edits.js';
export { type OrderLineStatus } from './order-lines.projection.js';
export { orderStatus, type EventOfOrder, type OrderState, type OrderStatus } from './order-status.projection.js';
export { orderText } from './order-text.js';
export { Orders, type OrderFilter, type Page, type PageRequest } from './orders.js';

/** For the registry of read models. */
export const orderReadModels = {
  projections: [orderStatus, ledgerEntries],
  views: orderBiViews,
};

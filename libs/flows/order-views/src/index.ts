export { OrderHistory } from './order-history.js';
export { type OrderLineStatus } from './order-line-status.js';
export {
  ORDER_STATES,
  orderStatus,
  type OrderStatusEvent,
  type OrderState,
  type OrderStatus,
} from './order-status.projection.js';
export { orderText } from './order-text.js';
export { type OrderTimelineEntry } from './order-timeline.projection.js';
export { OrderTimelines } from './order-timelines.js';
export { LIST_FIELDS, Orders, type OrderFilter, type Page, type PageRequest } from './orders.js';
export { orderViewsCapability } from './order-views.capability.js';

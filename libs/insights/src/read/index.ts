import { insightBiViews } from './bi-views.js';
import { orderTimeline } from './order-timeline.projection.js';

export { type OrderTimelineEntry } from './order-timeline.projection.js';
export { OrderTimelines } from './order-timelines.js';

/** For the registry of read models. */
export const insightReadModels = { projections: [orderTimeline], views: insightBiViews };

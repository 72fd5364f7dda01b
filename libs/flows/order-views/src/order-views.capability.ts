import { capability } from '#capability';
import { OrderOutcomes } from '#orders';
import { timelineBiViews } from './bi-order-timeline.js';
import { orderBiViews } from './bi-views.js';
import { orderAnswers } from './order-answers.js';
import { ledgerEntries } from './ledger-entries.projection.js';
import { OrderHistory } from './order-history.js';
import { AnnouncedOrderOutcomes } from './order-outcomes.js';
import { orderStatus } from './order-status.projection.js';
import { orderTimeline } from './order-timeline.projection.js';
import { orderTradeLines } from './order-trade-lines.projection.js';
import { OrderTimelines } from './order-timelines.js';
import { Orders } from './orders.js';

/** Read models of orders, computed from the streams of several capabilities. */
export const orderViewsCapability = capability('order-views', {
  streams: [],
  processCommands: {},
  readModels: [orderStatus, orderTradeLines, ledgerEntries, orderTimeline],
  views: [...orderBiViews, ...timelineBiViews],
  answers: orderAnswers,
  queries: [Orders, OrderTimelines, OrderHistory, { provide: OrderOutcomes, useClass: AnnouncedOrderOutcomes }],
});

/**
 * Channel adapters translate between Kontor and partner systems: web shops, tills, marketplaces, suppliers. Adapters are
 * configured in a channels file, not coded for each shop; `apps/channels` hosts those that `<data>/channels.json` names.
 *
 * To add a kind of adapter, add a folder next to webshop/ with a function `open…(settings, context)` that checks its
 * settings and returns a `ChannelAdapter`, and add the function to adapter-kinds.ts.
 *
 * An adapter builds on these parts:
 * - inbox/: `adapter.consumer` handles published events. Its effects are rows written with the given transaction, so each
 *   event has its effect exactly once. A handler throws `TransientError` when the event is not at fault; any other
 *   error parks the event's stream.
 * - delivery/: `addMessages(tx, …)` adds messages to the outbox in the same transaction, and a `DeliveryWorker` sends them
 *   to one endpoint: in order for each key, with back-off, a rate that recovers slowly after an outage, dead letters and
 *   replay. `Outbox.register` makes the endpoint known first.
 * - availability/: `context.availability` knows what the channel can sell. `onChange` passes on changes in their
 *   transaction, `changesAfter` reads them later, and `availabilityRoutes` serves both over HTTP.
 * - kontor-api.ts: `context.api` sends commands. Derive the idempotency key from the partner's own id and repeat freely.
 * - mapping/: the table channels.mapping translates ids between Kontor (`ours`) and the partner (`theirs`).
 * - HTTP routes: `adapter.routes` registers them below /v1/<name>; a route without a scope is closed to everyone.
 * - Background work: `adapter.run`.
 */
export * from './adapter.js';
export * from './adapter-kinds.js';
export { type AvailabilityDelta } from './availability/availability-deltas.js';
export * from './availability/channel-availability.js';
export * from './channels-file.js';
export * from './clock.js';
export * from './delivery/delivery-worker.js';
export * from './delivery/outbox.js';
export { type FeedResult, type HeldFeed } from './dropshipper/stock-feed.js';
export * from './inbox/inbox.js';
export * from './inbox/open-subscription.js';
export * from './inbox/parked-streams.js';
export * from './inbox/published-event.js';
export * from './inbox/published-event-consumer.js';
export * from './kontor-api.js';
export {
  type MarketplaceOffer,
  type MarketplaceOrder,
  type MarketplaceOrderLine,
} from './marketplace/marketplace-api.js';
export { type ReceiptLine } from './point-of-sale/till-document.js';
export { type TillStock } from './point-of-sale/till-stock.js';
export * from './transient-error.js';
export * from './webshop/standard-webhooks.js';

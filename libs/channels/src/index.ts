/**
 * Channel adapters: each translates one other side's language both ways, and is configured, not coded per shop.
 *
 * To add a kind: a folder beside webshop/ with an `open…(settings, context)` that checks its settings and returns a
 * `ChannelAdapter`, and its line in kinds.ts. `apps/channels` hosts whatever <data>/channels.json names.
 *
 * What there is to build on:
 * - in: `adapter.consumer` reads published events; its effects are rows written with the given transaction, and have
 *   happened exactly once. Throw TryAgain when it is not the event's fault; any other error parks the event's stream.
 * - out: `addMessages(tx, …)` puts into the outbox in that transaction; a `Courier` carries it to one endpoint: order per
 *   key, back-off, a pace that grows slowly after an outage, dead letters, replay. Bring a `send`. `Outbox.register`
 *   makes the endpoint known first.
 * - stock: `context.promises`: what the channel can promise. `onChange` hears deltas in their transaction, `since`
 *   reads deltas and everything; `availabilityRoutes` serves both.
 * - commands: `context.api`: derive the idempotency key from what the other side calls it, and repeat freely.
 * - ids of the other side: the table channels.mapping (adapter, kind, ours, theirs, data); `OwnOrders` keeps there which
 *   orders came by the channel.
 * - HTTP: `adapter.routes` at /v1/<name>, closed unless a route names its scope. Work beside: `adapter.run`.
 */
export * from './adapter.js';
export * from './clock.js';
export * from './config.js';
export * from './consuming/consume.js';
export * from './consuming/inbox.js';
export * from './consuming/parked.js';
export * from './consuming/published-consumer.js';
export * from './consuming/published-event.js';
export * from './consuming/try-again.js';
export * from './kinds.js';
export * from './kontor-api.js';
export { type TheirLine, type TheirOffer, type TheirOrder } from './marketplace/their-language.js';
export * from './outbox/courier.js';
export * from './outbox/outbox.js';
export { type ReceiptLine } from './point-of-sale/receipt.js';
export { type TillStock } from './point-of-sale/till-stock.js';
export { type Promised } from './promises/keep-promises.js';
export * from './promises/promises.js';
export * from './webshop/standard-webhooks.js';
export { AVAILABILITY_TYPE } from './webshop/web-shop.js';

export { EsdbEventStore, type EsdbOptions } from './esdb-event-store.js';
export { checkAtStart } from './check-at-start.js';
export { StoreUnavailable } from './store-unavailable.js';

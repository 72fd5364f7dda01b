export { EsdbEventStore, type EsdbOptions } from './esdb-event-store.js';
export { StoreUnavailable } from './store-unavailable.js';

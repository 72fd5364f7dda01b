export { EsdbEventStore, type EsdbOptions } from './esdb-event-store.js';

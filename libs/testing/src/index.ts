export * from './event-store-contract.js';
export * from './in-memory-event-store.js';
export * from './local-event-store.js';
export * from './local-kafka.js';
export * from './payment-provider-contract.js';
export * from './postgres.js';
export * from './samples.js';
export * from './specification.js';

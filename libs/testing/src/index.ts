export * from './in-memory-event-store.js';
export * from './samples.js';
export * from './specification.js';

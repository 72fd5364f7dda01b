export * from './position-waiter.js';
export * from './projection.js';
export { Projector, Superseded, type ProjectorOptions } from './projector.js';
export * from './read-table.js';
export { Registry, type ReadModels } from './registry.js';
export { type EventCatalogue } from './tables.js';

export * from './batcher.js';
export * from './data-source.js';
export * from './embedded-postgres.js';
export * from './listen.js';
export * from './migrate.js';
export * from './provision.js';
export * from './scope.js';
export * from './snapshots.js';

export * from './projection.js';
export * from './read-table.js';

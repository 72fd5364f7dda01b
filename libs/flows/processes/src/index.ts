export * from './all.js';
export * from './dispatcher.js';
export * from './due-timer.js';
export * from './process-runner.js';
export * from './process-status.js';
export * from './process-store.js';
export * from './read-model-deadlines.js';
export * from './routes.js';

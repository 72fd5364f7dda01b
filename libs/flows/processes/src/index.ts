export * from './deadlines/read-model-deadlines.js';
export * from './processes.js';
export * from './routes.js';
export * from './who-acts.js';

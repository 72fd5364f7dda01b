export * from './access.guard.js';
export * from './admin-key.js';
export * from './api-keys.js';
export * from './key-format.js';
export * from './key-watch.js';
export * from './principal.js';
export * from './rate-limiter.js';
export * from './scopes.js';

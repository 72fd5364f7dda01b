export * from './blind-index.js';
export * from './encrypted-personal-data.js';
export * from './kek.js';
export * from './key-check.js';
export * from './rotate-kek.js';
export * from './subject-digests.js';
export * from './subject-keys.js';

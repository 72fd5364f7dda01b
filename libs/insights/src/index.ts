export * from './read/index.js';

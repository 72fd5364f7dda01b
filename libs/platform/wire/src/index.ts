export * from './wire.js';
export * from './wire-writer.js';

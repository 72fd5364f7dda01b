/** The manifest of a capability: what hosts, transports and documentation know of it. */
export * from './accepted.js';
export * from './capability.js';
export * from './command-notes.js';
export * from './problem-kind.js';

/** What follows from the manifests of all capabilities, for hosts, transports and tools. */
export * from './capabilities.js';
export * from './command-failure.js';
export * from './feed.js';
export * from './hosts.js';
export * from './ownership.js';
export * from './published.js';
export * from './read-models.js';
export * from './sql-privileges.js';
export * from './streams.js';
export * from './topics.js';

/** All capabilities side by side, for those who host them: kinds of streams, events, commands, read models. */
export * from './published.js';
export * from './read-models.js';
export * from './streams.js';

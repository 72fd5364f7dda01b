/** JSON Schemas that know the TypeScript type of what they describe: an answer is described once. */
export * from './schema.js';

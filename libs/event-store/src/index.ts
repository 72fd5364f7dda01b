export * from './command-contract.js';
export * from './consumer.js';
export * from './consumer-loop.js';
export * from './decider-runner.js';
export * from './errors.js';
export { type Outcome } from './mailbox.js';
export * from './personal-data.js';
export * from './port.js';
export * from './stream-type.js';

export * from './command-sender.js';
export { type Envelope, type Headers, isSignedWith, readEnvelope, signatureOf } from './envelope.js';
export * from './handled.js';
export * from './intake.js';
export * from './parked.js';
export { COMMANDS_TOPIC, PARKED_TOPIC, RESULTS_TOPIC } from './topics.js';

export * from './envelope.js';
export * from './handled.js';
export * from './intake.js';
export * from './parked.js';
export { COMMANDS_TOPIC, ensureTopics, kafkaOf, PARKED_TOPIC, RESULTS_TOPIC } from './topics.js';

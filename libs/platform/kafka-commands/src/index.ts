export * from './command-consumer.js';
export * from './command-envelope.js';
export * from './parked-commands.js';
export * from './record-handler.js';
export {
  COMMANDS_TOPIC,
  CONSUMER_GROUP,
  createMissingTopics,
  kafkaClient,
  PARKED_TOPIC,
  RESULTS_TOPIC,
} from './topics.js';

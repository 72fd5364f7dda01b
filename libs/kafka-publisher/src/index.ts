export * from './availability-relay.js';
export * from './contract/events.js';
export * from './contract/topics.js';
export * from './partition.js';
export { PartitionsChanged, TopicGone } from './producer.js';
export * from './record.js';
export * from './relay.js';
export { RelayTakenOver, type ParkedStream } from './relay-store.js';
export * from './status.js';

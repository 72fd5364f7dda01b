export * from './availability-publisher.js';
export * from './contract/events.js';
export * from './contract/topics.js';
export * from './event-publisher.js';
export * from './kafka-record.js';
export * from './partition.js';
export * from './publisher-status.js';
export { type ParkedStream, PublisherTakenOver } from './publisher-store.js';
export { PartitionsChanged, TopicGone } from './record-producer.js';

import { COMMANDS_TOPIC, CONSUMER_GROUP, PARKED_TOPIC, RESULTS_TOPIC } from '#kafka-commands';
import { publishedTopics } from '#registry';
import { AVAILABILITY_TOPIC } from './topics.js';

/** Who connects to Kafka: Kontor's own processes, who sends commands, and who reads events. */
export type KafkaPrincipal = 'kontor' | 'sender' | 'reader';

export type KafkaOperation = 'Create' | 'Delete' | 'Describe' | 'Read' | 'Write';

/** An access control list entry of Kafka, for several operations. Each of them except Create implies Describe. */
export interface KafkaAcl {
  readonly principal: KafkaPrincipal;
  readonly resource: 'topic' | 'group' | 'transactional-id';
  readonly name: string;
  /** The entry holds for all names that begin with `name`. */
  readonly prefixed: boolean;
  readonly operations: readonly KafkaOperation[];
}

export const EVENT_TOPICS: readonly string[] = [...Object.keys(publishedTopics), AVAILABILITY_TOPIC];

/** Every topic, with what its principals do there. */
export const KAFKA_TOPICS: Readonly<Record<string, Readonly<Record<KafkaPrincipal, readonly KafkaOperation[]>>>> = {
  ...Object.fromEntries(
    EVENT_TOPICS.map(
      (topic) => [topic, { kontor: ['Create', 'Read', 'Write'], sender: [], reader: ['Read'] }] as const,
    ),
  ),
  [COMMANDS_TOPIC]: { kontor: ['Create', 'Read', 'Write'], sender: ['Write'], reader: [] },
  [RESULTS_TOPIC]: { kontor: ['Create', 'Write'], sender: ['Read'], reader: [] },
  [PARKED_TOPIC]: { kontor: ['Create', 'Read', 'Write'], sender: [], reader: [] },
};

/** For the consumer groups and transactional ids of Kontor's own processes: APIs, channel adapters and CLI. */
const OF_PROCESSES: readonly KafkaAcl[] = [
  { principal: 'kontor', resource: 'group', name: CONSUMER_GROUP, prefixed: false, operations: ['Read'] },
  { principal: 'kontor', resource: 'group', name: 'kontor.', prefixed: true, operations: ['Read'] },
  { principal: 'kontor', resource: 'group', name: 'kontor-reader-', prefixed: true, operations: ['Delete', 'Read'] },
  {
    principal: 'kontor',
    resource: 'transactional-id',
    name: `${CONSUMER_GROUP}-`,
    prefixed: true,
    operations: ['Write'],
  },
];

/** The ACLs of all principals. Senders and readers also need Read on consumer groups of their own, which the operator names. */
export const kafkaAcls: readonly KafkaAcl[] = [
  ...Object.entries(KAFKA_TOPICS).flatMap(([name, ofPrincipals]) =>
    (['kontor', 'sender', 'reader'] as const)
      .map((principal) => ({ principal, operations: ofPrincipals[principal] }))
      .filter(({ operations }) => operations.length > 0)
      .map((one) => ({ ...one, resource: 'topic' as const, name, prefixed: false })),
  ),
  ...OF_PROCESSES,
];

import { COMMANDS_TOPIC, CONSUMER_GROUP, PARKED_TOPIC, RESULTS_TOPIC } from '#kafka-commands';
import { publishedTopics } from '#registry';
import { AVAILABILITY_TOPIC } from './topics.js';

/** Who connects to Kafka: Kontor's own processes, who sends commands, and who reads events. */
export type KafkaPrincipal = 'kontor' | 'sender' | 'reader';

export type KafkaOperation = 'Create' | 'Delete' | 'Describe' | 'Read' | 'Write';

/** What a principal may do. Every operation on a topic but Create includes Describe. */
export interface KafkaRight {
  readonly principal: KafkaPrincipal;
  readonly resource: 'topic' | 'group' | 'transactional-id';
  readonly name: string;
  /** The name is the beginning of names. */
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

/** Groups of Kontor's own processes: the APIs, the channel adapters, and the CLI. */
const GROUPS: readonly KafkaRight[] = [
  { principal: 'kontor', resource: 'group', name: CONSUMER_GROUP, prefixed: false, operations: ['Read'] },
  { principal: 'kontor', resource: 'group', name: 'kontor.', prefixed: true, operations: ['Read'] },
  { principal: 'kontor', resource: 'group', name: 'kontor-reader-', prefixed: true, operations: ['Delete', 'Read'] },
  {
    ...{ principal: 'kontor', resource: 'transactional-id', name: `${CONSUMER_GROUP}-`, prefixed: true },
    operations: ['Write'],
  },
];

/** The ACLs that Kontor needs. Senders and readers also need Read on consumer groups of their own. */
export const kafkaRights: readonly KafkaRight[] = [
  ...Object.entries(KAFKA_TOPICS).flatMap(([name, ofPrincipals]) =>
    (['kontor', 'sender', 'reader'] as const)
      .map((principal) => ({ principal, operations: ofPrincipals[principal] }))
      .filter(({ operations }) => operations.length > 0)
      .map((right) => ({ ...right, resource: 'topic' as const, name, prefixed: false })),
  ),
  ...GROUPS,
];

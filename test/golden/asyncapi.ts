/** The AsyncAPI document of what Kontor publishes, made from the manifests of the capabilities and the types of the events. */
import { join } from 'node:path';
import { answers, publishedTopics, streamTypes } from '#registry';
import { personalPaths, type EventDefinition } from '#kernel';
import { AVAILABILITY_TOPIC, UNPUBLISHED_FIELDS, publicType } from '#kafka-publisher';
import { commandChannels, commandMessages, commandOperations, commandSchemas } from './asyncapi-commands.js';
import { type AnswerSchema, asPublished, propertiesOf, type Schema, Schemas, withoutPath } from './schemas.js';

const ROOT = join(__dirname, '../..');
const WITHHELD_TYPE = 'com.kontor.withheld.v1';
const AVAILABILITY_TYPE = 'com.kontor.availability.changed.v1';

interface Entry {
  readonly category: string;
  /** Undefined if the event is withheld. */
  readonly name: string | undefined;
  readonly schema: Schema;
}

/** Every event type of every category, with the published part of its schema. */
const entriesOf = (): readonly Entry[] => {
  const schemas = new Schemas(ROOT, [
    'libs/commerce/*/src/domain/*.ts',
    'libs/platform/process-manager/src/refusal-stream.ts',
  ]).events();
  return streamTypes.flatMap(({ category, events }) =>
    Object.entries<EventDefinition>(events).map(([type, definition]) => {
      const schema = schemas.get(type);
      if (!schema) throw new Error(`No type …Event of a domain folder has ${type}`);
      return { category, name: publicType(category, type), schema: publishedPart(schema, personalPaths(definition)) };
    }),
  );
};

const publishedPart = (schema: Schema, personal: readonly string[]): Schema => {
  const kept = personal.reduce((left, path) => withoutPath(left, path.split('.')), schema);
  return propertiesOf(kept)
    .filter((path) => UNPUBLISHED_FIELDS.has(path.at(-1) ?? ''))
    .reduce((left, path) => withoutPath(left, path), kept);
};

const text = (description: string): Schema => ({ type: 'string', description });

const cloudEvent: Schema = {
  type: 'object',
  properties: {
    ce_specversion: { enum: ['1.0'] },
    ce_id: text('The same for a repeat.'),
    ce_source: text('/kontor/<category of the stream>'),
    ce_type: text('What happened, with the version of its schema.'),
    ce_time: text('When it happened in the business, ISO 8601: an offline till tells hours later.'),
    ce_subject: text('The key of the record.'),
    'content-type': { enum: ['application/json'] },
    ce_position: text('Place in the whole log, decimal; it only grows.'),
    ce_channel: text('The channel that it came by.'),
    ce_streamrevision: text(
      'Place in its stream, decimal: 0, 1, 2 … without a gap; one that is not greater than the last is a repeat.',
    ),
    ce_recordedtime: text('When the log recorded it, ISO 8601.'),
    ce_correlationid: text('What belongs together, such as an order.'),
    ce_causationid: text('The event that led to it, when one did.'),
  },
  required: [
    'ce_specversion',
    'ce_id',
    'ce_source',
    'ce_type',
    'ce_time',
    'ce_subject',
    'content-type',
    'ce_position',
    'ce_channel',
  ],
};

/** Of events, not of state. */
const OF_STREAM = ['ce_streamrevision', 'ce_recordedtime', 'ce_correlationid'];

const headers = (type: string) => ({
  type: 'object',
  allOf: [{ $ref: '#/components/schemas/CloudEvent' }],
  properties: { ce_type: { enum: [type] } },
  ...(type !== AVAILABILITY_TYPE && { required: OF_STREAM }),
});

const message = (name: string) => ({
  name,
  contentType: 'application/json',
  headers: headers(name),
  payload: { $ref: `#/components/schemas/${name}` },
  bindings: { kafka: { key: { type: 'string' } } },
});

const channelOf = (topic: string, description: string, names: readonly string[]) => [
  topic,
  {
    address: topic,
    description,
    messages: Object.fromEntries(names.map((name) => [name, { $ref: `#/components/messages/${name}` }])),
  },
];

export const asyncApi = (): object => {
  const entries = entriesOf();
  const published = entries.flatMap(({ name, schema }) => (name === undefined ? [] : [[name, schema] as const]));
  const availability = asPublished(answers['Availability'] as AnswerSchema);
  const events = [...published, [WITHHELD_TYPE, { type: 'object' }] as const].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const namesIn = (categories: readonly string[]) => {
    const names = entries
      .filter(({ category }) => categories.includes(category))
      .map(({ name }) => name ?? WITHHELD_TYPE);
    return [...new Set(names)].toSorted();
  };
  const topics = Object.entries(publishedTopics).filter(([, categories]) => namesIn(categories).length > 0);
  const channels = Object.fromEntries([
    ...topics.map(([topic, categories]) =>
      channelOf(topic, `Events of ${categories.join(', ')} streams; the key is the stream.`, namesIn(categories)),
    ),
    channelOf(AVAILABILITY_TOPIC, 'What each channel can promise now. Compacted; the key is <channel>·<sku>.', [
      AVAILABILITY_TYPE,
    ]),
  ]) as Record<string, object>;
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Kontor',
      version: '1',
      description:
        'What Kontor publishes in Kafka: CloudEvents 1.0 in binary mode, without personal data. At least once, in order ' +
        'for each key. Commands are taken, and answered. Fields may be added to a type: ignore those that you do not know. See docs/kafka.md.',
    },
    defaultContentType: 'application/json',
    channels: { ...channels, ...commandChannels },
    operations: {
      ...Object.fromEntries(
        Object.keys(channels).map((topic) => [
          `publish.${topic}`,
          { action: 'send', channel: { $ref: `#/channels/${topic}` } },
        ]),
      ),
      ...commandOperations,
    },
    components: {
      messages: {
        ...Object.fromEntries(
          [...events.map(([name]) => name), AVAILABILITY_TYPE].map((name) => [name, message(name)]),
        ),
        ...commandMessages,
      },
      schemas: {
        CloudEvent: cloudEvent,
        ...Object.fromEntries(events),
        [AVAILABILITY_TYPE]: availability,
        ...commandSchemas,
      },
    },
  };
};

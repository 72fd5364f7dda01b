/** The part of the AsyncAPI document that is about commands: what is taken, what is answered, what is put aside. */
import { COMMANDS_TOPIC, PARKED_TOPIC, RESULTS_TOPIC } from '#kafka-commands';
import { type Schema } from './schemas.js';

const text = (description: string): Schema => ({ type: 'string', description });
const ACCEPTED = 'com.kontor.command.accepted.v1';
const REFUSED = 'com.kontor.command.refused.v1';

const command = {
  type: 'object',
  properties: {
    ce_specversion: { enum: ['1.0'] },
    ce_id: text('Idempotency key: a new one per command, the same one per repeat, over HTTP too.'),
    ce_type: text('Name of the command: /openapi.json has each of them with its body.'),
    ce_time: text('When it happened for the business, ISO 8601.'),
    ce_source: text('The channel it comes from; a staff key may name any, or system.'),
    ce_correlationid: text('A UUID: the conversation that this belongs to. An order has its own.'),
    'kontor-key-id': text('Which API key has signed it: the part before the last of kontor_<environment>_<id>_<…>.'),
    'kontor-signature': text('v1,<base64 of HMAC-SHA-256>: see docs/kafka.md.'),
    traceparent: text('W3C Trace Context; not signed.'),
    'content-type': { enum: ['application/json'] },
  },
  required: ['ce_id', 'ce_type', 'ce_time', 'kontor-key-id', 'kontor-signature'],
};

const answer = (type: string) => ({
  type: 'object',
  properties: {
    ce_specversion: { enum: ['1.0'] },
    ce_id: text('<partition>:<offset> of the record that this answers.'),
    ce_source: { enum: ['/kontor/commands'] },
    ce_type: { enum: [type] },
    ce_subject: text('The ce_id of the command; also the key of the record.'),
    ce_time: text('When it was answered, ISO 8601.'),
    ce_channel: text('The channel of the key that has signed the command.'),
    ce_command: text('The ce_type of the command.'),
    ce_correlationid: text('That of the command, when it had one.'),
    'kontor-key-id': text('The key that has signed the command: two channels may choose the same id.'),
    'content-type': { enum: ['application/json'] },
  },
  required: ['ce_specversion', 'ce_id', 'ce_source', 'ce_type', 'ce_subject', 'ce_time', 'ce_channel', 'kontor-key-id'],
});

const accepted: Schema = {
  type: 'object',
  properties: {
    status: { enum: [200] },
    commandId: text('Of the command, in every event that it led to.'),
    stream: text('The stream that decided.'),
    revision: { type: 'number', description: 'Of the stream.' },
    position: { type: 'number', description: 'Place in the log; absent when there was nothing to do.' },
    events: { type: 'array', items: { type: 'object', properties: { id: text('Its id.'), type: text('Its type.') } } },
    repeated: { type: 'boolean', description: 'It had been carried out before: this is what it led to then.' },
  },
  required: ['status', 'commandId', 'stream', 'revision', 'events', 'repeated'],
};

const refused: Schema = {
  type: 'object',
  description: 'The problem (RFC 9457) that HTTP answers.',
  properties: {
    type: text('/problems/<code>'),
    title: text('The code in words.'),
    status: { type: 'number', description: 'What it would be over HTTP.' },
    detail: text('For people.'),
    code: text('Stable: what machines go by.'),
  },
  required: ['type', 'title', 'status', 'detail', 'code'],
};

const keyed = { bindings: { kafka: { key: { type: 'string' } } }, contentType: 'application/json' };

const refs = (names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, { $ref: `#/components/messages/${name}` }]));

export const commandChannels = {
  [COMMANDS_TOPIC]: {
    address: COMMANDS_TOPIC,
    description: 'Commands in. What has the same key is begun in its order: take the stream that the command is for.',
    messages: refs(['command']),
  },
  [RESULTS_TOPIC]: {
    address: RESULTS_TOPIC,
    description: 'Answers out, each exactly once for readers of what is committed; the key is the id of the command.',
    messages: refs([ACCEPTED, REFUSED]),
  },
  [PARKED_TOPIC]: {
    address: PARKED_TOPIC,
    description:
      'Records that were no command, as they came, with the headers kontor-parked-code, -detail, -at, -key. Compacted.',
    messages: refs(['parked']),
  },
};

const operation = (action: 'send' | 'receive', topic: string) => ({ action, channel: { $ref: `#/channels/${topic}` } });

export const commandOperations = {
  [`take.${COMMANDS_TOPIC}`]: operation('receive', COMMANDS_TOPIC),
  [`answer.${RESULTS_TOPIC}`]: operation('send', RESULTS_TOPIC),
  [`park.${PARKED_TOPIC}`]: operation('send', PARKED_TOPIC),
};

export const commandMessages = {
  command: { ...keyed, name: 'command', headers: command, payload: { type: 'object' } },
  parked: { ...keyed, name: 'parked', payload: {} },
  ...Object.fromEntries(
    [ACCEPTED, REFUSED].map((name) => [
      name,
      { ...keyed, name, headers: answer(name), payload: { $ref: `#/components/schemas/${name}` } },
    ]),
  ),
};

export const commandSchemas: Readonly<Record<string, Schema>> = { [ACCEPTED]: accepted, [REFUSED]: refused };

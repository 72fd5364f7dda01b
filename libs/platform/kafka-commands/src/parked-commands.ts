import { type IHeaders, type KafkaMessage } from 'kafkajs';
import { readTopic } from './read-topic.js';
import { COMMANDS_TOPIC, createMissingTopics, kafkaClient, PARKED_TOPIC } from './topics.js';

/** A record that is not a valid command, or on which Kontor itself failed. */
export interface ParkedCommand {
  /** Place of the record in the topic of commands: `<partition>:<offset>`. */
  readonly id: string;
  readonly code: string;
  readonly detail: string;
  /** ISO 8601. */
  readonly parkedAt: string;
  /** These four fields come from the headers; they are not verified if the record is not signed. */
  readonly commandId: string | null;
  readonly command: string | null;
  readonly channel: string | null;
  readonly keyId: string | null;
  /** Size of its value. */
  readonly bytes: number;
}

const CLIENT_ID = 'kontor-parked';
const PARKING_HEADER = /^kontor-parked-/;

/** @returns id → record. A record that was sent again has been deleted from the topic. */
const readParked = async (brokers: readonly string[]): Promise<ReadonlyMap<string, KafkaMessage>> => {
  const kafka = kafkaClient(brokers, CLIENT_ID);
  await createMissingTopics(kafka);
  const parked = new Map<string, KafkaMessage>();
  for (const message of await readTopic(kafka, PARKED_TOPIC)) {
    const id = String(message.key);
    if (message.value === null) parked.delete(id);
    else parked.set(id, message);
  }
  return parked;
};

export const listParkedCommands = async (brokers: readonly string[]): Promise<readonly ParkedCommand[]> =>
  [...(await readParked(brokers))].map(([id, message]) => describeParked(id, message));

/**
 * Sends parked records again, unchanged.
 * @returns the records that were sent
 * @throws Error for an id that is not parked; nothing is sent then
 */
export const retryParkedCommands = async (
  brokers: readonly string[],
  ids: readonly string[] | 'all',
): Promise<readonly ParkedCommand[]> => {
  const parked = await readParked(brokers);
  const chosen = [...(ids === 'all' ? parked.keys() : new Set(ids))].map((id) => {
    const message = parked.get(id);
    if (message) return { id, message };
    throw new Error(`${id} is not parked: see kontor commands parked list`);
  });
  const producer = kafkaClient(brokers, CLIENT_ID).producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  try {
    for (const { id, message } of chosen) {
      await producer.send({ topic: COMMANDS_TOPIC, messages: [originalRecord(message)] });
      // After a crash in between, the record is still parked. If it is sent twice, it is the same command.
      await producer.send({ topic: PARKED_TOPIC, messages: [{ key: id, value: null }] });
    }
  } finally {
    await producer.disconnect();
  }
  return chosen.map(({ id, message }) => describeParked(id, message));
};

const originalRecord = ({ value, headers = {} }: KafkaMessage) => ({
  key: firstHeader(headers, 'kontor-parked-key'),
  value,
  headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !PARKING_HEADER.test(name))),
});

const firstHeader = (headers: IHeaders, name: string): Buffer | string | null => {
  const value = headers[name];
  return (Array.isArray(value) ? value[0] : value) ?? null;
};

const describeParked = (id: string, { headers = {}, value }: KafkaMessage): ParkedCommand => {
  const text = (name: string) => firstHeader(headers, name)?.toString() ?? null;
  return {
    id,
    code: text('kontor-parked-code') ?? '',
    detail: text('kontor-parked-detail') ?? '',
    parkedAt: text('kontor-parked-at') ?? '',
    commandId: text('ce_id'),
    command: text('ce_type'),
    channel: text('ce_source'),
    keyId: text('kontor-key-id'),
    bytes: value?.length ?? 0,
  };
};

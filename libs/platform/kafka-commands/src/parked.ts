import { type IHeaders, type KafkaMessage } from 'kafkajs';
import { readAll } from './reader.js';
import { COMMANDS_TOPIC, ensureTopics, kafkaOf, PARKED_TOPIC } from './topics.js';

/** A record that was no command, or that no code could carry out. */
export interface Parked {
  /** Where it lay: `<partition>:<offset>`. */
  readonly id: string;
  readonly code: string;
  readonly detail: string;
  /** ISO 8601. */
  readonly parkedAt: string;
  /** What it says that it is; nobody has checked that if it was not signed. */
  readonly commandId: string | null;
  readonly command: string | null;
  readonly channel: string | null;
  readonly keyId: string | null;
  readonly bytes: number;
}

const OURS = /^kontor-parked-/;

/** What lies parked: a record that was sent again is no longer there. */
const parkedIn = async (brokers: readonly string[]): Promise<ReadonlyMap<string, KafkaMessage>> => {
  const kafka = kafkaOf(brokers, 'kontor-parked');
  await ensureTopics(kafka);
  const parked = new Map<string, KafkaMessage>();
  for (const message of await readAll(kafka, PARKED_TOPIC)) {
    const id = String(message.key);
    if (message.value === null) parked.delete(id);
    else parked.set(id, message);
  }
  return parked;
};

export const listParked = async (brokers: readonly string[]): Promise<readonly Parked[]> =>
  [...(await parkedIn(brokers))].map(([id, message]) => describe(id, message));

/**
 * Sends parked records again as they came: all, or those that are named. @returns those that were sent
 * @throws Error for an id that is not parked
 */
export const retryParked = async (
  brokers: readonly string[],
  ids: readonly string[] | 'all',
): Promise<readonly Parked[]> => {
  const parked = await parkedIn(brokers);
  const chosen = [...(ids === 'all' ? parked.keys() : new Set(ids))].map((id) => {
    const message = parked.get(id);
    if (message) return { id, message };
    throw new Error(`${id} is not parked: see kontor commands parked list`);
  });
  const producer = kafkaOf(brokers, 'kontor-parked').producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  try {
    for (const { id, message } of chosen) {
      await producer.send({ topic: COMMANDS_TOPIC, messages: [asItCame(message)] });
      // A crash in between leaves it parked: sent twice, it is the same command.
      await producer.send({ topic: PARKED_TOPIC, messages: [{ key: id, value: null }] });
    }
  } finally {
    await producer.disconnect();
  }
  return chosen.map(({ id, message }) => describe(id, message));
};

const asItCame = ({ value, headers = {} }: KafkaMessage) => ({
  key: only(headers, 'kontor-parked-key'),
  value,
  headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !OURS.test(name))),
});

const only = (headers: IHeaders, name: string): Buffer | string | null => {
  const value = headers[name];
  return (Array.isArray(value) ? value[0] : value) ?? null;
};

const describe = (id: string, { headers = {}, value }: KafkaMessage): Parked => {
  const text = (name: string) => only(headers, name)?.toString() ?? null;
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

/** Walks the table of docs/security.md for Kafka, on a broker that lets nobody do anything without an ACL. */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  AclOperationTypes,
  AclPermissionTypes,
  AclResourceTypes,
  Kafka,
  logLevel,
  ResourcePatternTypes,
} from 'kafkajs';
import { signerOf } from '#access';
import { listParkedCommands, COMMANDS_TOPIC, RESULTS_TOPIC } from '#kafka-commands';
import { KAFKA_TOPICS, kafkaAcls, type KafkaPrincipal } from '#kafka-publisher';
import { LocalKafka } from '#testing';
import { commandRecord } from '../simulators/command-sender.js';
import { Kontor } from '../support/kontor.js';
import { aSku, openShop } from '../support/shop.js';
import { until } from '../support/until.js';

const OPERATIONS = {
  Create: AclOperationTypes.CREATE,
  Delete: AclOperationTypes.DELETE,
  Describe: AclOperationTypes.DESCRIBE,
  Read: AclOperationTypes.READ,
  Write: AclOperationTypes.WRITE,
};
const RESOURCES = {
  topic: AclResourceTypes.TOPIC,
  group: AclResourceTypes.GROUP,
  'transactional-id': AclResourceTypes.TRANSACTIONAL_ID,
};
/** Kontor comes by the listener without passwords. */
const USERS: Readonly<Record<KafkaPrincipal, string>> = { kontor: 'ANONYMOUS', sender: 'shop', reader: 'lake' };

let kafka: LocalKafka;
let kontor: Kontor;

const clientOf = (username: string) =>
  username === 'ANONYMOUS'
    ? new Kafka({ brokers: [kafka.brokers], logLevel: logLevel.NOTHING, retry: { retries: 2 } })
    : new Kafka({
        brokers: [kafka.forUsers],
        sasl: { mechanism: 'plain', username, password: `${username}-password` },
        logLevel: logLevel.NOTHING,
        retry: { retries: 2 },
      });

const acl = (
  principal: string,
  { resource, name, prefixed, operations }: Omit<(typeof kafkaAcls)[number], 'principal'>,
) =>
  operations.map((operation) => ({
    resourceType: RESOURCES[resource],
    resourceName: name,
    resourcePatternType: prefixed ? ResourcePatternTypes.PREFIXED : ResourcePatternTypes.LITERAL,
    principal: `User:${principal}`,
    host: '*',
    operation: OPERATIONS[operation],
    permissionType: AclPermissionTypes.ALLOW,
  }));

beforeAll(async () => {
  const users = ['broker', 'shop', 'lake', 'stranger'];
  kafka = await LocalKafka.start(users.map((user) => `${user}:${user}-password`));
  const admin = clientOf('broker').admin();
  await admin.connect();
  const ownGroups = users.flatMap((user) =>
    acl(user, { resource: 'group', name: `${user}-`, prefixed: true, operations: ['Read'] }),
  );
  await admin.createAcls({
    acl: [...kafkaAcls.flatMap((one) => acl(USERS[one.principal], one)), ...ownGroups],
  });
  await admin.disconnect();
  kontor = await Kontor.start({ env: { KAFKA_BROKERS: kafka.brokers } });
  await openShop(kontor.staff);
}, 180_000);

afterAll(async () => {
  await kontor.stop();
  await kafka.stop();
});

const isForbidden = (error: unknown) => /authori[sz]/i.test((error as Error).message);

/** @returns whether the broker let it happen */
const allowed = async (work: () => Promise<unknown>): Promise<boolean> => {
  try {
    await work();
    return true;
  } catch (error) {
    if (isForbidden(error)) return false;
    throw error;
  }
};

const writes = (user: string, topic: string) =>
  allowed(async () => {
    const producer = clientOf(user).producer();
    await producer.connect();
    try {
      await producer.send({ topic, messages: [{ key: 'walk', value: '{}' }] });
    } finally {
      await producer.disconnect();
    }
  });

const reads = (user: string, topic: string) =>
  allowed(async () => {
    const groupId = user === 'ANONYMOUS' ? `kontor-reader-${randomUUID()}` : `${user}-${randomUUID()}`;
    const consumer = clientOf(user).consumer({
      groupId,
      maxWaitTimeInMs: 50,
      retry: { retries: 5, initialRetryTime: 100 },
    });
    const { FETCH, CRASH } = consumer.events;
    const fetched = Promise.withResolvers<undefined>();
    consumer.on(FETCH, () => fetched.resolve(undefined));
    consumer.on(CRASH, ({ payload: { error } }) => fetched.reject(error));
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: [topic], fromBeginning: true });
      await consumer.run({ autoCommit: false, eachMessage: () => Promise.resolve() });
      await fetched.promise;
    } finally {
      await consumer.disconnect();
    }
  });

it('every topic of the broker is in the table, and Kontor has created it', async () => {
  const admin = clientOf('broker').admin();
  await admin.connect();
  const listed = (await admin.listTopics()).filter((topic) => !topic.startsWith('__'));
  await admin.disconnect();
  expect(listed.toSorted()).toEqual(Object.keys(KAFKA_TOPICS).toSorted());
});

const walk = Object.entries(KAFKA_TOPICS).flatMap(([topic, ofPrincipals]) =>
  [
    ...Object.entries(ofPrincipals).map(([principal, operations]) => ({
      user: USERS[principal as KafkaPrincipal],
      operations,
    })),
    { user: 'stranger', operations: [] },
  ].map((one) => ({ topic, ...one })),
);

it.each(walk)(
  '$user can read $topic if $operations allows it, and is refused what it does not allow',
  async ({ topic, user, operations }) => {
    expect(await reads(user, topic)).toBe(operations.includes('Read'));
    // Garbage in the topics of events would be in the way of the tests below.
    if (!operations.includes('Write') || topic === COMMANDS_TOPIC)
      expect(await writes(user, topic)).toBe(operations.includes('Write'));
  },
);

describe('with these ACLs', () => {
  it('a command is carried out and answered, what is no command is parked, and events are published', async () => {
    const { body } = await kontor.staff.post('/v1/keys', { channel: '*', name: 'kafka', scopes: ['stock:write'] });
    const signer = signerOf((body as { secret: string }).secret);
    const id = randomUUID();
    const delivery = { sku: aSku(), locationId: 'warehouse', quantity: 3, ref: 'DN-1' };
    const record = commandRecord(
      { name: 'ReceiveStock', body: delivery, id },
      { brokers: [], channel: 'system', ...signer },
    );
    const producer = clientOf('shop').producer({ idempotent: true, maxInFlightRequests: 1 });
    await producer.connect();
    await producer.send({ topic: COMMANDS_TOPIC, messages: [record] });
    await producer.disconnect();
    expect(await firstRecord('shop', RESULTS_TOPIC, id)).toMatchObject({ status: 200 });
    expect(await firstRecord('lake', 'kontor.stock.v1', `stock-${delivery.sku}~warehouse`)).toMatchObject({
      quantity: 3,
    });
    const parked = () => listParkedCommands([kafka.brokers]);
    await until(async () => (await parked()).some(({ code }) => code === 'unauthenticated'), {
      for: 'the records of the walk',
    });
  });

  /** @returns the value of the first record with a key */
  const firstRecord = async (user: string, topic: string, key: string): Promise<unknown> => {
    const consumer = clientOf(user).consumer({ groupId: `${user}-${randomUUID()}`, maxWaitTimeInMs: 50 });
    const found = Promise.withResolvers<unknown>();
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      eachMessage: ({ message }) => {
        if (String(message.key) === key) found.resolve(JSON.parse(String(message.value)));
        return Promise.resolve();
      },
    });
    return found.promise.finally(() => consumer.disconnect());
  };
});

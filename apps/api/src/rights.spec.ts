/** Walks the table of docs/security.md: who has the right is let in, who lacks it changes nothing. */
import { beforeAll, expect, it } from '@jest/globals';
import { SCOPES, STAFF_SCOPES, type ApiScope } from '#access';
import { type CommandEnvelope, type HandledRecord, headersOf, signatureOf } from '#kafka-commands';
import { commands, feedKinds } from '#registry';
import { app, as, ask, routes, store } from './api.fixture.js';
import { controllers } from './api.module.js';
import { openApiOf } from './docs/openapi.js';
import { type Need, routeRights } from './http/rights.js';
import { KafkaCommandHandler } from './kafka-commands/kafka-command-handler.js';

let number = 0;
const key = (scopes: readonly string[]) => as(`*,${scopes.join(',')},run${number++}`);
const allBut = (scope: string) => SCOPES.filter((one) => one !== scope);
const isRefused = (status: number) => status === 401 || status === 403;

const table = routeRights(controllers).filter(({ path }) => path !== '/v1/feed');
const requestOf = (path: string) => path.replaceAll(/:\w+/g, 'x');

let bodies: Readonly<Record<string, object>>;
beforeAll(() => {
  const { paths } = openApiOf(app) as unknown as {
    paths: Record<string, { post?: { requestBody?: { content: Record<string, { example?: object }> } } }>;
  };
  bodies = Object.fromEntries(
    commands.map(({ name }) => [
      name,
      paths[`/v1/commands/${name}`]?.post?.requestBody?.content['application/json']?.example ?? {},
    ]),
  );
});

it('every route says what it needs', () => {
  const known = routes.all().filter((route) => !/^HEAD|^GET \/(docs|openapi)/.test(route));
  const declared = routeRights(controllers).map(({ method, path }) => `${method} ${path}`);
  expect(declared.toSorted()).toEqual(known.toSorted());
  expect(table.filter(({ need }) => need === 'closed')).toEqual([]);
});

it.each(table.map(({ method, path, need }) => [method, path, need] as const))(
  '%s %s is for those with: %s',
  async (method, path, need: Need) => {
    const head = await store.head();
    const url = requestOf(path);
    const keyless = await ask(method, url);
    // Webhooks are signed instead.
    expect(isRefused(keyless.status)).toBe(need !== 'nothing' || path.startsWith('/v1/webhooks'));
    if (need !== 'nothing') {
      expect((await ask(method, url, as('nobody'))).status).toBe(401);
      expect((await ask(method, url, key(need === 'any key' ? [] : allBut(need)))).status === 403).toBe(
        need !== 'any key',
      );
      if (need !== 'any key') expect(isRefused((await ask(method, url, key([need]))).status)).toBe(false);
    }
    expect(await store.head()).toBe(head);
  },
);

const send = (name: string, headers: Readonly<Record<string, string>>) =>
  ask(
    'POST',
    `/v1/commands/${name}`,
    { ...headers, 'idempotency-key': `right-${number++}`, 'content-type': 'application/json' },
    JSON.stringify(bodies[name]),
  );

const sendInBatch = async (name: string, headers: Readonly<Record<string, string>>) => {
  const line = JSON.stringify({ command: name, id: `right-${number++}`, data: bodies[name] });
  const { status, text } = await ask(
    'POST',
    '/v1/commands',
    { ...headers, 'content-type': 'application/x-ndjson' },
    `${line}\n`,
  );
  return { status: status === 200 ? (JSON.parse(text) as { status: number }).status : status };
};

it.each(commands.map(({ name, scope }) => [name, scope as ApiScope] as const))(
  '%s is for those with %s, alone and in a batch',
  async (name, scope) => {
    const head = await store.head();
    for (const one of [send, sendInBatch]) {
      expect((await one(name, as('nobody'))).status).toBe(401);
      expect((await one(name, key(allBut(scope)))).status).toBe(403);
      expect((await one(name, as(`web,${allBut(scope).join(',')}`))).status).toBe(403);
    }
    expect(await store.head()).toBe(head);
    for (const one of [send, sendInBatch]) expect(isRefused((await one(name, key([scope]))).status)).toBe(false);
  },
);

interface ByKafka {
  /** Undefined for a record without a signature. */
  readonly keyId?: string;
  /** Default: the id. */
  readonly signedWith?: string;
  /** On whose behalf. */
  readonly channel?: string;
}

/** A command that needs a database is let in and tried again and again, as there is none here. */
const TRIED_FOR_MS = 1_000;

/** @returns what becomes of a record in the topic of commands */
const sendByKafka = async (name: string, { keyId, signedWith = keyId, channel = 'web' }: ByKafka) => {
  const value = Buffer.from(JSON.stringify(bodies[name]));
  const id = `right-${number++}`;
  const envelope: CommandEnvelope = { id, type: name, time: new Date().toISOString(), source: channel };
  const signed = { ...envelope, ...(keyId !== undefined && { keyId }) };
  const signature = signatureOf(Buffer.from(signedWith ?? ''), signed, value);
  const headers = headersOf(keyId === undefined ? signed : { ...signed, signature });
  const handler = app.get(KafkaCommandHandler).forPartition(AbortSignal.timeout(TRIED_FOR_MS));
  const carryOut = await handler.admit({ partition: 0, offset: '0', key: null, value, headers });
  return carryOut().catch((): HandledRecord => ({ outcome: 'accepted' }));
};

const statusOf = ({ answer }: HandledRecord) => answer?.answer.status;
const isParked = (handled: HandledRecord) => handled.outcome === 'parked' && handled.answer === undefined;

it.each(commands.map(({ name, scope }) => [name, scope as ApiScope] as const))(
  '%s by Kafka is for those with %s, for the channel of their key',
  async (name, scope) => {
    const staff = (scopes: readonly string[]) => `*,${scopes.join(',')}`;
    const web = (scopes: readonly string[]) => `web,${scopes.join(',')}`;
    const unknown = { outcome: 'parked', parking: { code: 'unauthenticated' } };
    const head = await store.head();
    expect(await sendByKafka(name, {})).toMatchObject(unknown);
    expect(await sendByKafka(name, { keyId: 'nobody' })).toMatchObject(unknown);
    expect(await sendByKafka(name, { keyId: staff([scope]), signedWith: 'app' })).toMatchObject(unknown);
    expect(statusOf(await sendByKafka(name, { keyId: staff(allBut(scope)) }))).toBe(403);
    expect(statusOf(await sendByKafka(name, { keyId: web(allBut(scope)) }))).toBe(403);
    expect(statusOf(await sendByKafka(name, { keyId: web([scope]), channel: 'app' }))).toBe(403);
    expect(await store.head()).toBe(head);
    for (const keyId of [staff([scope]), ...(STAFF_SCOPES.has(scope) ? [] : [web([scope])])]) {
      const handled = await sendByKafka(name, { keyId });
      expect(isParked(handled) || isRefused(statusOf(handled) ?? 0)).toBe(false);
    }
  },
);

it('the feed is for those with feed:read, and each category of streams for those with its scope', async () => {
  const feed = (query: string, headers: Readonly<Record<string, string>>) => ask('GET', `/v1/feed${query}`, headers);
  expect((await feed('', {})).status).toBe(401);
  expect((await feed('', key(allBut('feed:read')))).status).toBe(403);
  for (const [category, { scope }] of Object.entries(feedKinds)) {
    const answer = await feed(`?categories=${category}`, key(allBut(scope)));
    expect([category, answer.status]).toEqual([category, 403]);
  }
});

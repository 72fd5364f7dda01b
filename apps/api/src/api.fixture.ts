/** Importing this file starts the API without a database, in the process of the test, for the tests of that file. */
import { afterAll, beforeAll, beforeEach } from '@jest/globals';
import { type NestFastifyApplication } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';
import { ApiKeys, RateLimiter, SCOPES, type Principal } from '#access';
import { CustomerDigest, IdentityHash } from '#customers';
import {
  IncompleteStreams,
  DeciderRunner,
  EventStore,
  PersonalData,
  type Recorded,
  START,
  ViewStore,
} from '#event-store';
import { AvailabilityAdvice } from '#orders';
import { BlindIndex } from '#privacy';
import { PositionWaiter, Registry } from '#projections';
import { InMemoryEventStore, plainPersonalData } from '#testing';
import { createApp } from './api.js';
import { BackingModule } from './backing.js';
import { type Routes } from './http/routes.js';
import { EventStoreHealth } from './operations/event-store-health.js';
import { FreeSpace } from './operations/free-space.js';
import { WebhookSecret } from './webhooks/payment-webhooks.controller.js';

/**
 * A test key is a channel with scopes: `web,stock:read,orders:place`. Channel `*` is staff; without scopes it has all.
 * `@store-1` among them binds it to a location.
 */
const authenticate = (secret: string): Promise<Principal | undefined> => {
  const [channel, ...rights] = secret.split(',');
  const scopes = rights.filter((right) => !right.startsWith('@'));
  const bound = rights.flatMap((right) => (right.startsWith('@') ? [right.slice(1)] : []));
  if (channel === undefined || channel === 'nobody') return Promise.resolve(undefined);
  const isStaff = channel === '*';
  const all = scopes.length > 0 ? scopes : SCOPES;
  return Promise.resolve({
    ...{ keyId: secret, channel: isStaff ? 'system' : channel, scopes: new Set(all), isStaff },
    ...(bound.length > 0 && { locations: new Set(bound) }),
  });
};

/** The id of a test key is the key, and so is what it signs commands in Kafka with. */
const authenticateSigner = (keyId: string, isSignedWith: (signingKey: Buffer) => boolean) =>
  isSignedWith(Buffer.from(keyId)) ? authenticate(keyId) : Promise.resolve(undefined);

/** Revoked test keys. */
export const revoked = new Set<string>();
const ended = (keyIds: readonly string[]) => Promise.resolve(keyIds.filter((keyId) => revoked.has(keyId)));

export const store = new InMemoryEventStore();
const incompleteStreams = new IncompleteStreams(store, ['stock', 'order', 'location']);
const healthyStore: EventStoreHealth = {
  resubscriptions: 0,
  head: (categories) => store.head(categories),
  check: () => Promise.resolve(),
};
const digests = new BlindIndex(new Uint8Array(32));
const readModel = {
  position: START,
  reached: () => Promise.resolve(false),
  announced: (): Promise<string | undefined> => Promise.resolve('confirmed'),
};

export let app: NestFastifyApplication;
export let routes: Routes;
export let url: string;
export const logged: unknown[] = [];

beforeAll(async () => {
  const log = (...line: unknown[]) => {
    logged.push(line);
  };
  const parts = [
    { provide: EventStore, useValue: store },
    { provide: EventStoreHealth, useValue: healthyStore },
    { provide: FreeSpace, useValue: new FreeSpace('.') },
    { provide: DataSource, useValue: { query: () => Promise.reject(new Error('there is no database here')) } },
    { provide: PersonalData, useValue: plainPersonalData },
    { provide: IncompleteStreams, useValue: incompleteStreams },
    {
      provide: DeciderRunner,
      useValue: new DeciderRunner(store, plainPersonalData, undefined, { incompleteStreams }),
    },
    { provide: ViewStore, useValue: { load: () => Promise.resolve(undefined) } },
    { provide: BlindIndex, useValue: digests },
    { provide: IdentityHash, useValue: digests },
    {
      provide: CustomerDigest,
      useValue: { digest: (...parts: string[]) => Promise.resolve(digests.hash('', parts.join('|'))) },
    },
    { provide: AvailabilityAdvice, useValue: { available: () => Promise.resolve([]) } },
    { provide: PositionWaiter, useValue: readModel },
    {
      provide: Registry,
      useValue: {
        status: () => Promise.resolve({ position: START, builds: [] }),
        withSession: () => Promise.resolve([]),
      },
    },
    { provide: ApiKeys, useValue: { authenticate, authenticateSigner, ended } },
    { provide: WebhookSecret, useValue: new WebhookSecret('webhook-secret') },
    {
      provide: RateLimiter,
      useValue: new RateLimiter({ read: { perSecond: 1, burst: 5 }, write: { perSecond: 1e6, burst: 1e6 } }),
    },
  ];
  ({ app, routes } = await createApp(BackingModule.of(parts), { log: () => undefined, warn: log, error: log }));
  await app.listen(0, '127.0.0.1');
  url = await app.getUrl();
});

afterAll(async () => {
  const closed = app.close();
  app.getHttpServer().closeAllConnections(); // a connection without a request would keep it open for a minute
  await closed;
});

beforeEach(() => {
  logged.length = 0;
});

type Sent = Readonly<Record<string, string>>;
let keys = 0;

/** Sends a request over a socket. Header names of the answer are in lower case. */
export const ask = async (
  method: string,
  path: string,
  headers: Sent = {},
  body?: string | Uint8Array<ArrayBuffer>,
) => {
  const answer = await fetch(url + path, { method, headers, ...(body !== undefined && { body }) });
  const text = await answer.text();
  const isJson = /[/+]json/.test(answer.headers.get('content-type') ?? '');
  return {
    status: answer.status,
    headers: Object.fromEntries(answer.headers.entries()) as Readonly<Record<string, string | undefined>>,
    text,
    body: (isJson && text !== '' ? JSON.parse(text) : {}) as Readonly<Record<string, unknown>>,
  };
};

export const as = (key: string): Sent => ({ authorization: `Bearer ${key}` });
export const staff = as('*');
export const get = (path: string, headers: Sent = as(`*,ops:read,stock:read,network:read,run${keys++}`)) =>
  ask('GET', path, headers);
export const send = (name: string, body: object | string, headers: Sent = {}) =>
  ask(
    'POST',
    `/v1/commands/${name}`,
    { ...staff, 'idempotency-key': `key-${keys++}`, 'content-type': 'application/json', ...headers },
    typeof body === 'string' ? body : JSON.stringify(body),
  );

/** The events of a stream. */
export const eventsOf = async (stream: string): Promise<Recorded[]> => {
  const found: Recorded[] = [];
  for await (const recorded of store.read(stream)) found.push(recorded);
  return found;
};

export const aLocation = { locationId: 'store-1', name: 'Store 1', type: 'store' };
export const aDelivery = { sku: 'MUG', locationId: 'store-1', quantity: 5, ref: 'D-1' };

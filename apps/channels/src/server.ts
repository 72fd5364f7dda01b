import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { type DataSource } from 'typeorm';
import { type ApiKeys, type Principal } from '#access';
import { type ChannelAvailability, type EventSubscription, type Outbox, type PublishedEventConsumer } from '#channels';
import { createHttpHost, listenAt } from '#host/service';
import { type EsdbEventStore } from '#event-store-esdb';
import { type OpenedAdapter } from './adapters.js';
import { adminRoutes } from './admin.js';
import { healthOf } from './health.js';
import { type ChannelsSettings } from '#settings';

export interface Hosted {
  readonly db: DataSource;
  readonly store: EsdbEventStore;
  readonly keys: ApiKeys;
  readonly outbox: Outbox;
  readonly availability: ChannelAvailability;
  readonly adapters: readonly OpenedAdapter[];
  readonly subscriptions: readonly {
    readonly consumer: PublishedEventConsumer;
    readonly subscription: EventSubscription;
  }[];
}

/** For adapters that do not read uploads as streams. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;

/** `/health`, `/metrics`, administration at `/v1/channels`, and every adapter at `/v1/<name>`. */
export const serve = async ({ host, port }: ChannelsSettings, hosted: Hosted) => {
  const app = createHttpHost(healthOf(hosted), { bodyLimit: MAX_BODY_BYTES });
  app.addContentTypeParser('application/x-ndjson', (_request, payload, done) => done(null, payload));
  await app.register(
    (scoped, _, done) => {
      guard(scoped, hosted.keys, undefined);
      adminRoutes(scoped, hosted);
      done();
    },
    { prefix: '/v1/channels' },
  );
  for (const { adapter, context } of hosted.adapters) {
    await app.register(
      (scoped, _, done) => {
        guard(scoped, hosted.keys, context.channel);
        adapter.routes?.(scoped);
        done();
      },
      { prefix: `/v1/${context.name}` },
    );
  }
  return { url: await listenAt(app, host, port), close: () => app.close() };
};

/** Requests need a key of the channel, or of staff, with the scope of the route. */
const guard = (app: FastifyInstance, keys: ApiKeys, channel: string | undefined) => {
  app.addHook('onRequest', async ({ headers, routeOptions }: FastifyRequest, reply: FastifyReply) => {
    const { scope } = routeOptions.config;
    const principal = await keys.authenticate(headers.authorization?.replace(/^Bearer /, '') ?? '');
    if (!principal) return refuse(reply, 401, 'Send an API key: Authorization: Bearer <key>');
    if (!mayDo(principal, scope, channel))
      return refuse(reply, 403, `This key has no access. Scope: ${scope ?? 'none, the route is closed'}`);
  });
};

/** An adapter acts at all locations of its channel, so keys that are bound to locations may not use it. */
const mayDo = ({ isStaff, channel: own, scopes, locations }: Principal, scope?: string, channel?: string) =>
  !locations && (isStaff || own === channel) && scope !== undefined && scopes.has(scope);

const refuse = (reply: FastifyReply, status: number, title: string) =>
  reply.code(status).type('application/problem+json').send({ status, title });

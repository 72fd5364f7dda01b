import { type FastifyInstance } from 'fastify';
import { Inbox, parkedInboxStreams, type PublishedEvent, publishedEventOf } from '#channels';
import { type EventStore, parsePosition, readStream, StreamNotReadable } from '#event-store';
import { recordOf } from '#kafka-publisher';
import { eventsOf } from '#registry';
import { type Hosted } from './server.js';

interface EndpointParams {
  readonly adapter: string;
  readonly endpoint: string;
}

const STATES = ['pending', 'delivered', 'dead'];
const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1_000;
const LIMIT = /^[1-9]\d{0,8}$/;
const read = { config: { scope: 'ops:read' } };
const write = { config: { scope: 'ops:write' } };

/** The administration of the host, which the CLI command `kontor channels` calls. */
export const adminRoutes = (app: FastifyInstance, { db, store, outbox, adapters, subscriptions }: Hosted): void => {
  app.get('/', read, async () => ({
    adapters: adapters.map(({ config: { name, kind, channel }, adapter }) => {
      return { name, kind, channel, troubles: adapter.healthIssues?.() ?? [] };
    }),
    consumers: await Promise.all(subscriptions.map(({ subscription }) => subscription.status())),
    endpoints: await outbox.endpoints(),
    parked: await parkedInboxStreams(db),
  }));

  app.get<{ Params: EndpointParams; Querystring: { state?: string; limit?: string } }>(
    '/:adapter/:endpoint/deliveries',
    { config: { ...read.config, query: ['state', 'limit'] } },
    async ({ params, query: { state = 'pending', limit } }, reply) => {
      if (!STATES.includes(state)) return reply.code(400).send({ title: `state must be one of ${STATES.join(', ')}` });
      if (limit !== undefined && !LIMIT.test(limit))
        return reply.code(400).send({ title: 'limit must be a number from 1' });
      return { items: await outbox.deliveries(params, state, Math.min(MAX_LIMIT, Number(limit ?? DEFAULT_LIMIT))) };
    },
  );

  app.post<{ Params: EndpointParams; Body: { from?: unknown; to?: unknown } }>(
    '/:adapter/:endpoint/replay',
    write,
    async ({ params, body }, reply) => {
      const [from, to] = [body.from ?? 0, body.to].map((given) => parsePosition(String(given)));
      if (from === undefined || (to === undefined && body.to !== undefined))
        return reply.code(400).send({ title: 'from and to must be positions of deliveries, or 0' });
      return { replayed: await outbox.replay(params, { from, to }, Date.now()) };
    },
  );

  app.post<{ Params: EndpointParams }>('/:adapter/:endpoint/enable', write, async ({ params }, reply) =>
    (await outbox.enable(params)) ? { enabled: true } : reply.code(404).send({ title: 'There is no such endpoint' }),
  );

  app.post<{ Body: { consumer: string; stream: string } }>(
    '/retry',
    write,
    async ({ body: { consumer: name, stream } }, reply) => {
      const found = subscriptions.find(({ consumer }) => consumer.name === name);
      if (!found) return reply.code(404).send({ title: 'There is no such consumer' });
      const { events, unreadable } = await readableEvents(store, stream);
      return { goesOn: await new Inbox(db, found.consumer).retry(stream, events, unreadable) };
    },
  );
};

interface ReadableEvents {
  readonly events: readonly PublishedEvent[];
  /** Why the stream cannot be read to its end. */
  readonly unreadable?: string;
}

/** The events of a stream up to the first that cannot be read. */
const readableEvents = async (store: EventStore, stream: string): Promise<ReadableEvents> => {
  const events: PublishedEvent[] = [];
  try {
    for await (const recorded of readStream(store, stream, eventsOf(stream)))
      events.push(publishedEventOf(recordOf(recorded)));
    return { events };
  } catch (error) {
    if (!(error instanceof StreamNotReadable)) throw error;
    return { events, unreadable: error.message };
  }
};

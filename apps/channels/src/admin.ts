import { parsePosition } from '#event-store';
import { type FastifyInstance } from 'fastify';
import { eventOf, Inbox, parkedInboxes, type PublishedEvent } from '#channels';
import { eventsOf } from '#registry';
import { readStream, StreamNotReadable, type EventStore } from '#event-store';
import { recordOf } from '#kafka-publisher';
import { type Hosted } from './server.js';

interface Endpoint {
  readonly adapter: string;
  readonly endpoint: string;
}

const STATES = ['pending', 'delivered', 'dead'];
const read = { config: { scope: 'ops:read' } };
const write = { config: { scope: 'ops:write' } };

/** What `kontor channels` asks for. */
export const adminRoutes = (app: FastifyInstance, { db, store, outbox, adapters, consumptions }: Hosted): void => {
  app.get('/', read, async () => ({
    adapters: adapters.map(({ config: { name, kind, channel }, adapter }) => {
      return { name, kind, channel, troubles: adapter.troubles?.() ?? [] };
    }),
    consumers: await Promise.all(consumptions.map(({ consumption }) => consumption.status())),
    endpoints: await outbox.endpoints(),
    parked: await parkedInboxes(db),
  }));

  app.get<{ Params: Endpoint; Querystring: { state?: string; limit?: string } }>(
    '/:adapter/:endpoint/deliveries',
    read,
    async ({ params, query: { state = 'pending', limit = '100' } }, reply) => {
      if (!STATES.includes(state)) return reply.code(400).send({ title: `state is one of ${STATES.join(', ')}` });
      return { items: await outbox.deliveries(params, state, Math.min(1_000, Number(limit) || 100)) };
    },
  );

  app.post<{ Params: Endpoint; Body: { from?: unknown; to?: unknown } }>(
    '/:adapter/:endpoint/replay',
    write,
    async ({ params, body }, reply) => {
      const [from, to] = [body.from ?? 0, body.to].map((given) => parsePosition(String(given)));
      if (from === undefined || (to === undefined && body.to !== undefined))
        return reply.code(400).send({ title: 'from and to are positions as a delivery has them, or 0' });
      return { replayed: await outbox.replay(params, { from, to }, Date.now()) };
    },
  );

  app.post<{ Params: Endpoint }>('/:adapter/:endpoint/enable', write, async ({ params }, reply) =>
    (await outbox.enable(params)) ? { enabled: true } : reply.code(404).send({ title: 'There is no such endpoint' }),
  );

  app.post<{ Body: { consumer: string; stream: string } }>(
    '/retry',
    write,
    async ({ body: { consumer: name, stream } }, reply) => {
      const found = consumptions.find(({ consumer }) => consumer.name === name);
      if (!found) return reply.code(404).send({ title: 'There is no such consumer' });
      const { events, unreadable } = await readableEvents(store, stream);
      return { goesOn: await new Inbox(db, found.consumer).retry(stream, events, unreadable) };
    },
  );
};

interface Readable {
  readonly events: readonly PublishedEvent[];
  readonly unreadable?: string;
}

/** The stream up to the event that cannot be read, if there is one. */
const readableEvents = async (store: EventStore, stream: string): Promise<Readable> => {
  const events: PublishedEvent[] = [];
  try {
    for await (const recorded of readStream(store, stream, eventsOf(stream))) events.push(eventOf(recordOf(recorded)));
    return { events };
  } catch (error) {
    if (!(error instanceof StreamNotReadable)) throw error;
    return { events, unreadable: error.message };
  }
};

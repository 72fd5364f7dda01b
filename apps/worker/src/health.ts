import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { collectDefaultMetrics, Counter, Gauge, Registry as Metrics } from 'prom-client';
import { type DataSource } from 'typeorm';
import { type ConsumerLoop, type CutStreams, type InMemoryView } from '#event-store';
import { type EsdbEventStore } from '#event-store-esdb';
import { type DueTimer } from '#processes';
import { relayMetrics } from './relays.js';
import { type WorkerSettings } from '#settings';

interface Watched {
  readonly loops: readonly ConsumerLoop[];
  readonly timer: DueTimer;
  readonly store: EsdbEventStore;
  readonly db: DataSource;
  readonly views: readonly InMemoryView[];
  readonly cutStreams: CutStreams;
}

/** The store speaks at least every 15 s; twice that in silence is a fault. */
const SILENT_MS = 30_000;

/** `/health/live`, `/health/ready`, `/metrics` on a port of the worker's own. */
export const serveHealth = async ({ host, port }: WorkerSettings, watched: Watched) => {
  const metrics = metricsOf(watched);
  const server = createServer((request, response) => {
    answer(request, response, watched, metrics).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}`,
    close: () => new Promise((resolve) => server.close(resolve).closeAllConnections()),
  };
};

const answer = async ({ url }: IncomingMessage, response: ServerResponse, watched: Watched, metrics: Metrics) => {
  switch (url ?? '') {
    case '/health/live':
      return void response.end('{"status":"live"}');
    case '/health/ready': {
      const troubles = await troublesOf(watched);
      const cut = watched.cutStreams.all.map(({ stream, reason }) => ({ stream, reason }));
      const body = JSON.stringify({ status: troubles.length > 0 ? 'not ready' : 'ready', troubles, cut });
      return void response.writeHead(troubles.length > 0 ? 503 : 200, { 'content-type': 'application/json' }).end(body);
    }
    case '/metrics':
      return void response.setHeader('content-type', metrics.contentType).end(await metrics.metrics());
    default:
      return void response.writeHead(404).end();
  }
};

const troublesOf = async ({ loops, timer, store }: Watched) => [
  ...(await store.check().then(
    () => [],
    (error: unknown) => [(error as Error).message],
  )),
  ...loops.flatMap((loop) => {
    const { name, lastContactAt = 0, lastError } = loop.status();
    if (lastError instanceof Error) return [`${name}: ${lastError.message}`];
    return Date.now() - lastContactAt > SILENT_MS ? [`${name}: no word from the event store`] : [];
  }),
  ...(timer.lastError === undefined ? [] : [`deadlines: ${timer.lastError}`]),
];

const metricsOf = ({ loops, timer, store, db, views, cutStreams }: Watched) => {
  const registers = [new Metrics()] as [Metrics];
  collectDefaultMetrics({ register: registers[0] });
  const gauge = (name: string, help: string, values: (loop: ConsumerLoop) => number | undefined) =>
    new Gauge({
      name: `kontor_consumer_${name}`,
      help,
      labelNames: ['consumer'],
      registers,
      collect() {
        for (const loop of loops) this.set({ consumer: loop.status().name }, values(loop) ?? 0);
      },
    });
  gauge('events_total', 'Events handled since the start', (loop) => loop.status().handledEvents);
  gauge('restarts_total', 'Times that the consumer had to start over', (loop) => loop.status().restarts);
  relayMetrics(registers, { loops, store, db });
  new Counter({
    name: 'kontor_subscription_drops_total',
    help: 'Subscriptions that the event store has ended, each opened again where it was',
    registers,
    collect() {
      this.reset();
      this.inc(store.resubscriptions);
    },
  });
  new Gauge({
    name: 'kontor_deadlines_fired_total',
    help: 'Commands sent because their time had come',
    registers,
    collect() {
      this.set(timer.fired);
    },
  });
  new Gauge({
    name: 'kontor_parked',
    help: 'Streams and process instances that wait for a repair',
    labelNames: ['of'],
    registers,
    async collect() {
      const rows = await db.query<{ of: string; count: string }[]>(
        `SELECT 'projections' AS of, count(*) FROM system.parked UNION ALL SELECT 'processes', count(*) FROM system.process_parked
         UNION ALL SELECT 'relay', count(*) FROM system.relay_parked`,
      );
      for (const { of, count } of rows) this.set({ of }, Number(count));
      for (const view of views) this.set({ of: view.name }, view.parked.length);
      this.set({ of: 'cut' }, cutStreams.all.length);
    },
  });
  return registers[0];
};

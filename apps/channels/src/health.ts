import { type FastifyInstance } from 'fastify';
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { parkedInboxes } from '#channels';
import { type Hosted } from './server.js';

/** `/health/live`, `/health/ready`, `/metrics`. */
export const healthRoutes = (app: FastifyInstance, hosted: Hosted): void => {
  const metrics = metricsOf(hosted);
  app.get('/health/live', () => ({ status: 'live' }));
  app.get('/health/ready', async (_request, reply) => {
    const troubles = await troublesOf(hosted);
    const status = troubles.length > 0 ? 'not ready' : 'ready';
    return reply.code(troubles.length > 0 ? 503 : 200).send({ status, troubles });
  });
  app.get('/metrics', async (_request, reply) => reply.type(metrics.contentType).send(await metrics.metrics()));
};

/** An endpoint that does not work is not the host's fault: it is in the metrics. */
const troublesOf = async ({ store, consumptions, adapters }: Hosted): Promise<readonly string[]> => {
  const statuses = await Promise.all(consumptions.map(({ consumption }) => consumption.status()));
  const ofStore = await store.check().then(
    () => [],
    (error: unknown) => [(error as Error).message],
  );
  return [
    ...ofStore,
    ...statuses.flatMap(({ name, lastError }) => (lastError instanceof Error ? [`${name}: ${lastError.message}`] : [])),
    ...adapters.flatMap(({ adapter, context: { name } }) =>
      (adapter.troubles?.() ?? []).map((trouble) => `${name}: ${trouble}`),
    ),
  ];
};

const metricsOf = ({ db, outbox, promises, consumptions, adapters }: Hosted): Registry => {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const gauge = (
    [name, help]: readonly [string, string],
    labelNames: string[],
    values: () => Promise<readonly (readonly [Record<string, string>, number])[]>,
  ) =>
    new Gauge({
      name: `kontor_channels_${name}`,
      help,
      labelNames,
      registers: [registry],
      async collect() {
        this.reset();
        for (const [labels, value] of await values()) this.set(labels, value);
      },
    });
  const statuses = () => Promise.all(consumptions.map(({ consumption }) => consumption.status()));
  const age = (at: number | undefined) => (at === undefined ? 0 : Math.max(0, Date.now() - at) / 1_000);

  gauge(['consumer_lag', 'What a consumer does not have yet'], ['consumer'], async () =>
    (await statuses()).map(({ name, lag }) => [{ consumer: name }, lag]),
  );
  gauge(['consumer_newest_age_seconds', 'Age of the newest event it has, while it lags'], ['consumer'], async () =>
    (await statuses()).map(({ name, lag, newestAt }) => [{ consumer: name }, lag > 0 ? age(newestAt) : 0]),
  );
  gauge(['parked', 'Streams that stand still'], ['consumer'], async () => {
    const parked = Map.groupBy(await parkedInboxes(db), ({ consumer }) => consumer);
    return consumptions.map(({ consumer: { name } }) => [{ consumer: name }, parked.get(name)?.length ?? 0]);
  });
  gauge(['promises_behind', 'SKUs of channels whose promise is to be looked up again'], [], async () => [
    [{}, await promises.behind()],
  ]);
  gauge(['troubles', 'What an adapter says is wrong now'], ['adapter'], () =>
    Promise.resolve(
      adapters.map(({ adapter, context: { name } }) => [{ adapter: name }, adapter.troubles?.().length ?? 0]),
    ),
  );
  gauge(['measure', 'A figure of an adapter'], ['adapter', 'measure'], async () => {
    const all = adapters.map(async ({ adapter, context: { name } }) =>
      Object.entries((await adapter.measures?.()) ?? {}).map(
        ([measure, value]) => [{ adapter: name, measure }, value] as const,
      ),
    );
    return (await Promise.all(all)).flat();
  });
  const labels = ['adapter', 'endpoint'];
  const endpoints = async (value: (endpoint: Awaited<ReturnType<typeof outbox.endpoints>>[number]) => number) =>
    (await outbox.endpoints()).map((one) => [{ adapter: one.adapter, endpoint: one.endpoint }, value(one)] as const);
  gauge(['pending', 'Messages to be delivered'], labels, () => endpoints(({ pending }) => pending));
  gauge(['oldest_pending_seconds', 'Age of the oldest of them'], labels, () =>
    endpoints(({ oldestPending }) => age(oldestPending?.getTime())),
  );
  gauge(['dead', 'Messages that were given up'], labels, () => endpoints(({ dead }) => dead));
  gauge(['endpoint_disabled', '1: nothing is sent until it is enabled'], labels, () =>
    endpoints(({ disabledAt }) => (disabledAt ? 1 : 0)),
  );
  return registry;
};

import { parkedInboxStreams } from '#channels';
import { deletedRecordsTroubles } from '#kafka-publisher';
import { type Health, type LabeledValues, MetricsRegistry } from '#host/service';
import { type Hosted } from './server.js';

export const healthOf = (hosted: Hosted): Health => ({
  metrics: metricsOf(hosted),
  checkReadiness: async () => ({ troubles: await troublesOf(hosted) }),
});

/** An endpoint that fails does not make the host unready; it is in the metrics. */
const troublesOf = async ({ db, store, subscriptions, adapters }: Hosted) => {
  const statuses = await Promise.all(subscriptions.map(({ subscription }) => subscription.status()));
  const ofStore = await store.check().then(
    () => [],
    (error: unknown) => [(error as Error).message],
  );
  const deleted = await deletedRecordsTroubles(
    db,
    subscriptions.map(({ consumer: { name } }) => name),
  ).catch(() => []); // the subscriptions report that the database does not answer
  return [
    ...ofStore,
    ...deleted,
    ...statuses.flatMap(({ name, lastError }) => (lastError instanceof Error ? [`${name}: ${lastError.message}`] : [])),
    ...adapters.flatMap(({ adapter, context: { name } }) =>
      (adapter.healthIssues?.() ?? []).map((trouble) => `${name}: ${trouble}`),
    ),
  ];
};

const metricsOf = ({ db, outbox, availability, subscriptions, adapters }: Hosted): MetricsRegistry => {
  const metrics = new MetricsRegistry();
  const addGauge = <Label extends string = never>(
    name: string,
    help: string,
    labels: readonly Label[],
    lookUp: () => LabeledValues<Label> | Promise<LabeledValues<Label>>,
  ) => metrics.addGauge({ name: `kontor_channels_${name}`, help, labels }, lookUp);
  const statuses = () => Promise.all(subscriptions.map(({ subscription }) => subscription.status()));
  const age = (at: number | undefined) => (at === undefined ? 0 : Math.max(0, Date.now() - at) / 1_000);

  addGauge('consumer_lag', 'Events that a consumer has not handled yet', ['consumer'], async () =>
    (await statuses()).map(({ name, lag }) => [{ consumer: name }, lag]),
  );
  addGauge(
    'consumer_newest_age_seconds',
    'Age of the newest handled event while the consumer lags',
    ['consumer'],
    async () => (await statuses()).map(({ name, lag, newestAt }) => [{ consumer: name }, lag > 0 ? age(newestAt) : 0]),
  );
  addGauge('parked', 'Parked streams', ['consumer'], async () => {
    const parked = Map.groupBy(await parkedInboxStreams(db), ({ consumer }) => consumer);
    return subscriptions.map(({ consumer: { name } }) => [{ consumer: name }, parked.get(name)?.length ?? 0]);
  });
  addGauge('promises_behind', 'SKUs of channels whose availability is not up to date', [], async () => [
    [{}, await availability.pendingCount()],
  ]);
  addGauge('troubles', 'Problems that an adapter reports', ['adapter'], () =>
    adapters.map(({ adapter, context: { name } }) => [{ adapter: name }, adapter.healthIssues?.().length ?? 0]),
  );
  addGauge('measure', 'A figure of an adapter', ['adapter', 'measure'], async () => {
    const all = adapters.map(async ({ adapter, context: { name } }) =>
      Object.entries((await adapter.metrics?.()) ?? {}).map(
        ([measure, value]) => [{ adapter: name, measure }, value] as const,
      ),
    );
    return (await Promise.all(all)).flat();
  });
  const labels = ['adapter', 'endpoint'] as const;
  const endpoints = async (value: (endpoint: Awaited<ReturnType<typeof outbox.endpoints>>[number]) => number) =>
    (await outbox.endpoints()).map((one) => [{ adapter: one.adapter, endpoint: one.endpoint }, value(one)] as const);
  addGauge('pending', 'Messages to be delivered', labels, () => endpoints(({ pending }) => pending));
  addGauge('oldest_pending_seconds', 'Age of the oldest message to be delivered', labels, () =>
    endpoints(({ oldestPending }) => age(oldestPending?.getTime())),
  );
  addGauge('dead', 'Dead letters', labels, () => endpoints(({ dead }) => dead));
  addGauge('endpoint_disabled', '1 if nothing is sent until an operator enables the endpoint', labels, () =>
    endpoints(({ disabledAt }) => (disabledAt ? 1 : 0)),
  );
  return metrics;
};

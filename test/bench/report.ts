import { type Limits } from './limits.js';
import { type Measured } from './load.js';
import { type Usage } from './processes.js';
import { type HotSku, type Orders } from './shop.js';

export interface BenchResult {
  readonly limits: Limits;
  readonly orders: readonly Orders[];
  readonly checkouts: readonly (Orders & { readonly assignedAfterMs: number })[];
  readonly availability: readonly (Measured & { readonly concurrency: number })[];
  readonly hotSku: HotSku;
  readonly visible: Measured;
  readonly rebuild: { readonly events: number; readonly eventsPerSecond: number };
  readonly imported: { readonly rows: number; readonly seconds: number } | undefined;
  readonly memory: Usage;
}

const row = (name: string, value: string | number, more = '') =>
  `${name.padEnd(34)} ${String(value).padStart(10)}  ${more}`.trimEnd();
const latency = ({ p50Ms, p99Ms }: Measured) => `p50 ${p50Ms} ms, p99 ${p99Ms} ms`;

const rowsOf = (name: string, orders: Orders) => [
  row(name, orders.perSecond, `${latency(orders)}, ${orders.cpuMsPerOrder} CPU ms per order`),
  row(
    '',
    '',
    Object.entries(orders.cpuMsPerOrderBy)
      .map(([part, ms]) => `${part} ${ms}`)
      .join(', '),
  ),
  ...(orders.publishedAfterMs === undefined
    ? []
    : [row('', '', `all in Kafka ${orders.publishedAfterMs} ms after the last answer`)]),
];

export const report = ({
  limits,
  orders,
  checkouts,
  availability,
  hotSku,
  visible,
  rebuild,
  imported,
  memory,
}: BenchResult): string =>
  [
    'This machine alone',
    row('  bare Fastify, requests/s', limits.bareFastifyPerSecond),
    row('  PostgreSQL, key reads/s', limits.keyReadsPerSecond),
    row('  PostgreSQL, one-row commits/s', limits.commitsPerSecond),
    row('  fsyncs/s', limits.fsyncsPerSecond),
    'Kontor',
    ...orders.flatMap((one) => rowsOf(`  orders/s, ${one.concurrency} buyers`, one)),
    ...checkouts.flatMap((one) => [
      ...rowsOf(`  full checkouts/s, ${one.concurrency} buyers`, one),
      row('', '', `all given to their locations ${one.assignedAfterMs} ms after the last answer`),
    ]),
    ...availability.map((one) =>
      row(
        `  availability reads/s, ${one.concurrency} readers`,
        one.perSecond,
        `${latency(one)}, ${Math.round((100 * one.perSecond) / limits.keyReadsPerSecond)} % of key reads`,
      ),
    ),
    row(
      '  500 units, 1,000 buyers, seconds',
      hotSku.seconds,
      `${hotSku.confirmed} sold, ${hotSku.rejected} sold out, ${hotSku.other} other`,
    ),
    row('  append to visible, under load', `${visible.p50Ms} ms`, `p99 ${visible.p99Ms} ms`),
    row('  rebuild of all, events/s', Math.round(rebuild.eventsPerSecond), `${rebuild.events} events`),
    ...(imported
      ? [row('  import, rows/s', Math.round(imported.rows / imported.seconds), `${imported.rows} rows`)]
      : []),
    ...Object.entries(memory).map(([name, { memoryMiB, cpuMs }]) =>
      row(`  ${name}, MiB`, memoryMiB, `${(cpuMs / 1000).toFixed(1)} CPU s in all`),
    ),
    '',
  ].join('\n');

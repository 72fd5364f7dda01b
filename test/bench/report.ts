import { type Compared } from './against.js';
import { type History, type TimedRead } from './history.js';
import { type Limits } from './limits.js';
import { type Measured } from './load.js';
import { type Usage } from './processes.js';
import { type RequestsPerOrder } from './requests.js';
import { type Requests } from '../simulators/event-store-requests.js';
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
  /** Subscriptions that were dropped. */
  readonly dropped: number;
  readonly requests: RequestsPerOrder;
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

const requestRow = (name: string, { appends, events, streamReads, allReads, subscriptions }: Requests) =>
  row(
    name,
    appends + streamReads + allReads + subscriptions,
    `${appends} appends of ${events} events, ${streamReads} stream reads, ${allReads} reads of $all, ${subscriptions} subscriptions`,
  );

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
  dropped,
  requests,
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
      row('', '', `all assigned to locations ${one.assignedAfterMs} ms after the last answer`),
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
    ...(dropped > 0 ? [row('  dropped subscriptions', dropped)] : []),
    'Requests to the event store',
    requestRow('  by a plain order, requests', requests.plain),
    requestRow('  by a full checkout, requests', requests.checkout),
    '',
  ].join('\n');

export const reportAgainst = (compared: readonly Compared[]): string =>
  [
    `${''.padEnd(44)} ${'the other'.padStart(10)} ${'this one'.padStart(10)}  ratio`,
    ...compared.map(({ name, theirs, ours, ratio }) =>
      [name.padEnd(44), digits(theirs).padStart(10), digits(ours).padStart(10), ` ${ratio.toFixed(2)}`].join(' '),
    ),
    '',
  ].join('\n');

const digits = (value: number) => String(Number(value.toPrecision(4)));

export const reportHistory = (checkout: string, { months, restarts, reads, questions }: History): string =>
  [
    `History in ${checkout}`,
    ...months.map(({ events, seconds, cpuMsPerEvent, cpuMsPerEventBy, memoryMiB }) => {
      const parts = Object.entries(cpuMsPerEventBy).map(
        ([name, ms]) => `${name} ${ms} ms, ${memoryMiB[name] ?? 0} MiB`,
      );
      return row(`  ${events} events, CPU ms per event`, cpuMsPerEvent, `${seconds} s: ${parts.join('; ')}`);
    }),
    ...restarts.map(({ part, emptyMs, fullMs }) =>
      row(`  ${part} ready after a kill, ms`, fullMs, `${emptyMs} in the empty store`),
    ),
    ...[...reads, ...questions].map(readRow),
    '',
  ].join('\n');

const readRow = ({ name, p50Ms, p99Ms, size }: TimedRead) =>
  row(`  ${name.length > 60 ? `${name.slice(0, 60)}…` : name}, ms`, p50Ms, `p99 ${p99Ms} ms; ${size} bytes or rows`);

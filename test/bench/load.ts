import { type Answer, HttpConnection } from './http-connection.js';

export interface Measured {
  readonly count: number;
  readonly seconds: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const at = (sorted: readonly number[], part: number) =>
  Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0) * 100) / 100;

export const summarize = (latencies: readonly number[], seconds: number): Measured => {
  const sorted = latencies.toSorted((a, b) => a - b);
  return {
    count: sorted.length,
    seconds: Math.round(seconds * 100) / 100,
    perSecond: Math.round((sorted.length / seconds) * 10) / 10,
    p50Ms: at(sorted, 0.5),
    p99Ms: at(sorted, 0.99),
  };
};

/** Sends a request again and again on each of `concurrency` connections: `count` in all, or for `seconds`. */
export const load = async (
  url: string,
  concurrency: number,
  until: { readonly count?: number; readonly seconds?: number },
  request: (connection: HttpConnection, n: number) => Promise<Answer>,
): Promise<Measured & { readonly answers: ReadonlyMap<string, number> }> => {
  const connections = await Promise.all(Array.from({ length: concurrency }, () => HttpConnection.open(url)));
  const latencies: number[] = [];
  const answers = new Map<string, number>();
  const started = performance.now();
  const end = started + (until.seconds ?? Infinity) * 1000;
  let next = 0;
  const work = async (connection: HttpConnection) => {
    while (next < (until.count ?? Infinity) && performance.now() < end) {
      const begin = performance.now();
      const { status, body } = await request(connection, next++);
      latencies.push(performance.now() - begin);
      const state = /"state":"(\w+)"/.exec(body)?.[1];
      const key = state === undefined ? String(status) : `${status} ${state}`;
      answers.set(key, (answers.get(key) ?? 0) + 1);
    }
  };
  await Promise.all(connections.map(work));
  const seconds = (performance.now() - started) / 1000;
  for (const connection of connections) connection.close();
  return { ...summarize(latencies, seconds), answers };
};

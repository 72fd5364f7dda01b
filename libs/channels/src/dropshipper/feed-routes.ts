import { type FastifyInstance, type FastifyReply } from 'fastify';
import { type AdapterContext } from '../adapter.js';
import { TryAgain } from '../consuming/try-again.js';
import { type FeedRows, feedRows } from './feed-rows.js';
import { type Feed, FeedRefused, type StockFeed } from './stock-feed.js';

interface Query {
  readonly mode?: string;
  readonly sequence?: string;
  readonly asOf?: string;
  /** How many there should be: half a file is none. */
  readonly rows?: string;
}

const FILE = /^.*?(full|delta)[._-]?(\d{1,15})?\.(csv|json)$/i;
const write = { config: { scope: 'stock:write' } };

/**
 * `POST stock?mode=full&sequence=42` with CSV or JSON, or a file dropped as `PUT stock/<anything>-full-42.csv`.
 * `GET stock` says what became of the newest.
 */
export const feedRoutes = (app: FastifyInstance, feed: StockFeed, { clock }: Pick<AdapterContext, 'clock'>): void => {
  const take = async (reply: FastifyReply, query: Query, [format, text]: readonly [string, unknown]) => {
    try {
      return await feed.take(feedOf(query, rowsOf(format, String(text), query), clock.now()));
    } catch (error) {
      if (!(error instanceof FeedRefused || error instanceof TryAgain)) throw error;
      const status = error instanceof FeedRefused ? error.status : 503;
      return reply.code(status).send({ status, title: error.message });
    }
  };
  for (const type of ['application/json', 'text/csv', 'text/plain', 'application/octet-stream'])
    app.addContentTypeParser(type, { parseAs: 'string' }, (_request, body, done) => done(null, body));

  app.get('/stock', { config: { scope: 'stock:read' } }, async () => ({ newest: (await feed.newest()) ?? null }));
  app.post<{ Querystring: Query }>('/stock', write, ({ query, body, headers }, reply) =>
    take(reply, query, [/json/.test(headers['content-type'] ?? '') ? 'json' : 'csv', body]),
  );
  app.put<{ Params: { file: string }; Querystring: Query }>(
    '/stock/:file',
    write,
    async ({ params: { file }, query, body }, reply) => {
      const [, mode, sequence, format] = FILE.exec(file) ?? [];
      if (mode === undefined || format === undefined)
        return reply.code(400).send({ status: 400, title: 'Name it …-full-<sequence>.csv, or delta, or json' });
      const named = { mode: mode.toLowerCase(), ...(sequence !== undefined && { sequence }) };
      return take(reply, { ...named, ...query }, [format.toLowerCase(), body]);
    },
  );
};

const rowsOf = (format: string, text: string, { rows }: Query): FeedRows => {
  let read: FeedRows;
  try {
    read = feedRows(format === 'json' ? 'json' : 'csv', text);
  } catch (error) {
    throw new FeedRefused(422, `It cannot be read: ${(error as Error).message}`);
  }
  const count = read.rows.length + read.wrong.length;
  if (rows !== undefined && Number(rows) !== count) throw new FeedRefused(422, `It has ${count} rows, not ${rows}`);
  return read;
};

/** Without a sequence, its time is one; without a time, it is of now. A clock that is fast is not believed. */
const feedOf = (query: Query, read: FeedRows, now: number): Feed => {
  const problem = PROBLEMS.find(([isSo]) => isSo(query, read));
  if (problem) throw new FeedRefused(400, problem[1]);
  const { mode, sequence, asOf } = query;
  const at = Math.min(now, asOf === undefined ? now : Date.parse(asOf));
  return {
    ...read,
    mode: mode === 'full' ? mode : 'delta',
    asOf: new Date(at).toISOString(),
    sequence: sequence === undefined ? at : Number(sequence),
  };
};

const PROBLEMS: readonly (readonly [isSo: (query: Query, read: FeedRows) => boolean, title: string])[] = [
  [({ mode }) => mode !== 'full' && mode !== 'delta', 'mode is full or delta'],
  [({ sequence }) => sequence !== undefined && !/^\d{1,15}$/.test(sequence), 'sequence is a whole number'],
  [({ asOf }) => asOf !== undefined && Number.isNaN(Date.parse(asOf)), 'asOf is a time (ISO 8601)'],
  [
    ({ sequence }, { rows }) => sequence === undefined && rows.some(({ delta }) => delta !== undefined),
    'Rows with "delta" need a sequence: sent twice, they must count once',
  ],
];

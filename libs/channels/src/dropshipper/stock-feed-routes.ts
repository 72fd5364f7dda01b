import { type FastifyInstance, type FastifyReply } from 'fastify';
import { parseInstant } from '#kernel';
import { type AdapterContext } from '../adapter.js';
import { TransientError } from '../transient-error.js';
import { parseStockFeed, type StockFeedRows } from './stock-feed-rows.js';
import { FeedRefused, type ReceivedFeed, type StockFeed } from './stock-feed.js';

interface FeedQuery {
  readonly mode?: string;
  readonly sequence?: string;
  /** ISO 8601. */
  readonly asOf?: string;
  /** The number of rows that the supplier has sent, so that an incomplete file is recognized. */
  readonly rows?: string;
}

/** The sequence says which feed the person has looked at. */
interface HeldRoute {
  readonly Params: { readonly sequence: string };
}

/** The format of a file does not follow from its content type, so each of them is read as text first. */
const FEED_TYPES = ['application/json', 'text/csv', 'text/plain', 'application/octet-stream'];
/** `<anything>-full-42.csv` */
const FILE_NAME = /^.*?(full|delta)[._-]?(\d{1,15})?\.(csv|json)$/i;
const read = { config: { scope: 'stock:read' } };
const write = { config: { scope: 'stock:write', query: ['mode', 'sequence', 'asOf', 'rows'] } };
/** Of staff: a supplier cannot release its own feed. */
const decide = { config: { scope: 'ops:write' } };

/**
 * `POST stock?mode=full&sequence=42` takes CSV or JSON; `PUT stock/<anything>-full-42.csv` takes the same as a file.
 * `GET stock` answers with the result of the newest feed. `GET stock/held` shows the feed that is held, which
 * `POST stock/held/<sequence>/release` records and `POST stock/held/<sequence>/discard` throws away.
 */
export const stockFeedRoutes = (
  app: FastifyInstance,
  feed: StockFeed,
  { clock }: Pick<AdapterContext, 'clock'>,
): void => {
  const record = (reply: FastifyReply, query: FeedQuery, [format, text]: readonly [string, unknown]) =>
    answered(reply, async () => {
      const result = await feed.record(feedOf(query, parseRows(format, String(text), query), clock.now()));
      return 'held' in result ? reply.code(202).send(result) : result;
    });
  app.removeContentTypeParser(FEED_TYPES);
  app.addContentTypeParser(FEED_TYPES, { parseAs: 'string' }, (_request, body, done) => done(null, body));

  app.get('/stock', read, async () => ({ newest: (await feed.newest()) ?? null }));
  heldFeedRoutes(app, feed);
  app.post<{ Querystring: FeedQuery }>('/stock', write, ({ query, body, headers }, reply) =>
    record(reply, query, [/json/.test(headers['content-type'] ?? '') ? 'json' : 'csv', body]),
  );
  app.put<{ Params: { file: string }; Querystring: FeedQuery }>(
    '/stock/:file',
    write,
    async ({ params: { file }, query, body }, reply) => {
      const [, mode, sequence, format] = FILE_NAME.exec(file) ?? [];
      if (mode === undefined || format === undefined) {
        const title = 'The file must be named …-full-<sequence>.csv, with delta for changes and json for JSON';
        return reply.code(400).send({ status: 400, title });
      }
      const named = { mode: mode.toLowerCase(), ...(sequence !== undefined && { sequence }) };
      return record(reply, { ...named, ...query }, [format.toLowerCase(), body]);
    },
  );
};

const heldFeedRoutes = (app: FastifyInstance, feed: StockFeed) => {
  app.get('/stock/held', read, async () => ({ held: (await feed.held()) ?? null }));
  app.post<HeldRoute>('/stock/held/:sequence/release', decide, ({ params }, reply) =>
    answered(reply, () => feed.release(Number(params.sequence))),
  );
  app.post<HeldRoute>('/stock/held/:sequence/discard', decide, ({ params }, reply) =>
    answered(reply, async () => {
      await feed.discard(Number(params.sequence));
      return { discarded: true };
    }),
  );
};

/** Answers with what the work returns, or with why the feed is refused. */
const answered = async (reply: FastifyReply, work: () => Promise<object>) => {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof FeedRefused || error instanceof TransientError)) throw error;
    const status = error instanceof FeedRefused ? error.status : 503;
    return reply.code(status).send({ status, title: error.message });
  }
};

const parseRows = (format: string, text: string, { rows }: FeedQuery): StockFeedRows => {
  let parsed: StockFeedRows;
  try {
    parsed = parseStockFeed(format === 'json' ? 'json' : 'csv', text);
  } catch (error) {
    throw new FeedRefused(422, `It cannot be read: ${(error as Error).message}`);
  }
  const count = parsed.rows.length + parsed.wrong.length;
  if (rows !== undefined && Number(rows) !== count) throw new FeedRefused(422, `It has ${count} rows, not ${rows}`);
  return parsed;
};

/**
 * A feed without a sequence has its time as its sequence, and one without a time is of now. A time in the future, by a
 * clock that is fast, is taken as now.
 */
const feedOf = (query: FeedQuery, rows: StockFeedRows, now: number): ReceivedFeed => {
  const problem = QUERY_PROBLEMS.find(([hasProblem]) => hasProblem(query, rows));
  if (problem) throw new FeedRefused(400, problem[1]);
  const { mode, sequence, asOf } = query;
  const time = Math.min(now, asOf === undefined ? now : Date.parse(asOf));
  return {
    ...rows,
    mode: mode === 'full' ? mode : 'delta',
    asOf: new Date(time).toISOString(),
    sequence: sequence === undefined ? time : Number(sequence),
  };
};

const AS_OF_PROBLEM = 'asOf must be a time with its offset from UTC, such as 2026-11-30T08:00:00Z (in a URL, + is %2B)';

type HasProblem = (query: FeedQuery, rows: StockFeedRows) => boolean;

const QUERY_PROBLEMS: readonly (readonly [hasProblem: HasProblem, title: string])[] = [
  [({ mode }) => mode !== 'full' && mode !== 'delta', 'mode must be full or delta'],
  [({ sequence }) => sequence !== undefined && !/^\d{1,15}$/.test(sequence), 'sequence must be a whole number'],
  [({ asOf }) => asOf !== undefined && parseInstant(asOf) === undefined, AS_OF_PROBLEM],
  [
    ({ sequence }, { rows }) => sequence === undefined && rows.some(({ delta }) => delta !== undefined),
    'Rows with "delta" need a sequence, because a feed that is sent twice must count once',
  ],
];

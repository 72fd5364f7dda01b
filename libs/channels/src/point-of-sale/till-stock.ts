import { type FastifyInstance, type FastifyRequest } from 'fastify';
import { type AdapterContext } from '../adapter.js';
import { type Promised } from '../promises/keep-promises.js';
import { type TillSettings } from './settings.js';

/** SKU, units that can be sold here, units that can be promised over all places of the channel. */
type TillStockRow = readonly [sku: string, here: number, everywhere: number];

export interface TillStock {
  readonly location: string;
  /** The next `since`. */
  readonly cursor: number;
  /** In a snapshot, a SKU that is left out has none; in a delta, it has not changed. */
  readonly stock: readonly TillStockRow[];
}

type Changes = Pick<AdapterContext['promises'], 'since'>;

const PAGE = 2_000;
const isCursor = (text: string) => /^\d{1,15}$/.test(text);

/** Everything, or with `since` what has changed after it. */
export const tillStock = async (
  promises: Changes,
  channel: string,
  { location, since }: { location: string; since?: number },
): Promise<TillStock> => {
  const changes: Promised[] = [];
  let cursor = since ?? 0;
  for (let more = true; more;) {
    const page = await promises.since(channel, cursor, PAGE);
    changes.push(...page);
    cursor = page.at(-1)?.sequence ?? cursor;
    more = page.length === PAGE;
  }
  const rows = changes.map((one) => rowOf(one, location));
  return { location, cursor, stock: since === undefined ? rows.filter(([, , everywhere]) => everywhere > 0) : rows };
};

const rowOf = ({ sku, byLocation, atp }: Promised, location: string): TillStockRow => [
  sku,
  byLocation.find(({ locationId }) => locationId === location)?.available ?? 0,
  atp,
];

type StockRequest = FastifyRequest<{ Params: { till: string }; Querystring: { since?: string } }>;

/** `GET stock/{till}`: everything, or with `?since=` what has changed. The ETag is the cursor: 304 where nothing has. */
export const tillStockRoutes = (
  app: FastifyInstance,
  { promises, channel }: Pick<AdapterContext, 'promises' | 'channel'>,
  tills: ReadonlyMap<string, TillSettings>,
): void => {
  const isCurrent = async ({ headers }: StockRequest): Promise<boolean> => {
    const cursor = /^"(\d{1,15})"$/.exec(headers['if-none-match'] ?? '')?.[1];
    return cursor !== undefined && (await promises.since(channel, Number(cursor), 1)).length === 0;
  };
  app.get('/stock/:till', { config: { scope: 'stock:read' } }, async (request: StockRequest, reply) => {
    const { since } = request.query;
    const till = tills.get(request.params.till);
    if (!till) return reply.code(404).send({ title: 'There is no such till' });
    if (since !== undefined && !isCursor(since)) return reply.code(400).send({ title: 'since is not a cursor' });
    if (await isCurrent(request)) return reply.code(304).header('etag', request.headers['if-none-match']).send();
    const from = since === undefined ? {} : { since: Number(since) };
    const answer = await tillStock(promises, channel, { location: till.locationId, ...from });
    return reply.header('etag', `"${answer.cursor}"`).send(answer);
  });
};

import { type FastifyInstance, type FastifyRequest } from 'fastify';
import { type AdapterContext } from '../adapter.js';
import { type AvailabilityDelta } from '../availability/availability-deltas.js';
import { type TillSettings } from './settings.js';

/** A SKU, the units that the till can sell at its own location, and those that the channel can sell anywhere. */
type TillStockRow = readonly [sku: string, here: number, everywhere: number];

export interface TillStock {
  /** Id of the till's location. */
  readonly location: string;
  /** The `since` of the next request. */
  readonly cursor: number;
  /** A SKU that is absent has no units in a snapshot, and has not changed in a delta. */
  readonly stock: readonly TillStockRow[];
}

type AvailabilityReader = Pick<AdapterContext['availability'], 'changesAfter'>;

const PAGE_SIZE = 2_000;
const isCursor = (text: string) => /^\d{1,15}$/.test(text);

/** @param since a cursor, for the changes after it; without it, a snapshot */
export const tillStock = async (
  availability: AvailabilityReader,
  channel: string,
  { location, since }: { location: string; since?: number },
): Promise<TillStock> => {
  const changes: AvailabilityDelta[] = [];
  let cursor = since ?? 0;
  for (let hasMore = true; hasMore;) {
    const page = await availability.changesAfter(channel, cursor, PAGE_SIZE);
    changes.push(...page);
    cursor = page.at(-1)?.sequence ?? cursor;
    hasMore = page.length === PAGE_SIZE;
  }
  const rows = changes.map((delta) => rowOf(delta, location));
  return { location, cursor, stock: since === undefined ? rows.filter(([, , everywhere]) => everywhere > 0) : rows };
};

const rowOf = ({ sku, byLocation, atp }: AvailabilityDelta, location: string): TillStockRow => [
  sku,
  byLocation.find(({ locationId }) => locationId === location)?.available ?? 0,
  atp,
];

type StockRequest = FastifyRequest<{ Params: { till: string }; Querystring: { since?: string } }>;

/**
 * `GET stock/{till}`: a snapshot, or with `?since=<cursor>` a delta. The ETag is the cursor: with `If-None-Match` the
 * answer is 304 where nothing has changed after it.
 */
export const tillStockRoutes = (
  app: FastifyInstance,
  { availability, channel }: Pick<AdapterContext, 'availability' | 'channel'>,
  tills: ReadonlyMap<string, TillSettings>,
): void => {
  const isCurrent = async ({ headers }: StockRequest): Promise<boolean> => {
    const cursor = /^"(\d{1,15})"$/.exec(headers['if-none-match'] ?? '')?.[1];
    return cursor !== undefined && (await availability.changesAfter(channel, Number(cursor), 1)).length === 0;
  };
  app.get(
    '/stock/:till',
    { config: { scope: 'stock:read', query: ['since'] } },
    async (request: StockRequest, reply) => {
      const { since } = request.query;
      const till = tills.get(request.params.till);
      if (!till) return reply.code(404).send({ title: 'There is no such till' });
      if (since !== undefined && !isCursor(since)) return reply.code(400).send({ title: 'since must be a cursor' });
      if (await isCurrent(request)) return reply.code(304).header('etag', request.headers['if-none-match']).send();
      const from = since === undefined ? {} : { since: Number(since) };
      const answer = await tillStock(availability, channel, { location: till.locationId, ...from });
      return reply.header('etag', `"${answer.cursor}"`).send(answer);
    },
  );
};

import { type DataSource } from 'typeorm';
import { queryPrepared } from '#database';
import { type StockFigures } from './available-to-promise.js';

const STATEMENT = {
  name: 'stock-figures-1',
  text: `
    SELECT sku, location_id AS "locationId", on_hand::float8 AS "onHand", unavailable::float8 AS unavailable,
           (soft_reserved + hard_reserved)::float8 AS reserved, incoming::float8 AS incoming,
           backorder_limit::float8 AS "backorderLimit", next_eta AS "nextEta"
    FROM read.stock_position WHERE sku = ANY($1) AND location_id = ANY($2)`,
};

interface FiguresRequest {
  readonly skus: readonly string[];
  readonly locationIds: readonly string[];
  readonly resolve: (figures: readonly StockFigures[]) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Reads the figures that availability is computed from, which is the most frequent query. Requests that arrive while queries
 * run are answered together by the next query, so that a rush on one product costs few queries; no request is answered with
 * figures that were read before it arrived.
 */
export class StockFiguresQuery {
  private waiting: FiguresRequest[] = [];
  private runningQueries = 0;

  constructor(
    private readonly database: DataSource,
    private readonly concurrency = 2,
  ) {}

  figuresAt(skus: readonly string[], locationIds: readonly string[]): Promise<readonly StockFigures[]> {
    if (skus.length === 0 || locationIds.length === 0) return Promise.resolve([]);
    return new Promise((resolve, reject) => {
      this.waiting.push({ skus, locationIds, resolve, reject });
      if (this.runningQueries < this.concurrency) void this.runQuery();
    });
  }

  private async runQuery() {
    const requests = this.waiting;
    this.waiting = [];
    this.runningQueries++;
    try {
      const bySku = await this.read(requests);
      for (const request of requests) request.resolve(figuresFor(request, bySku));
    } catch (error) {
      for (const { reject } of requests) reject(error);
    }
    this.runningQueries--;
    if (this.waiting.length > 0) void this.runQuery();
  }

  private async read(requests: readonly FiguresRequest[]) {
    const skus = new Set(requests.flatMap((request) => request.skus));
    const locationIds = new Set(requests.flatMap((request) => request.locationIds));
    const rows = await queryPrepared<StockFigures>(this.database, STATEMENT, [[...skus], [...locationIds]]);
    return Map.groupBy(rows, ({ sku }) => sku);
  }
}

const figuresFor = ({ skus, locationIds }: FiguresRequest, bySku: ReadonlyMap<string, readonly StockFigures[]>) => {
  const requested = new Set(locationIds);
  return [...new Set(skus)].flatMap((sku) =>
    (bySku.get(sku) ?? []).filter(({ locationId }) => requested.has(locationId)),
  );
};

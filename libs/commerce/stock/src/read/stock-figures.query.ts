import { type DataSource } from 'typeorm';
import { type StockFigures } from './available-to-promise.js';

/** The part of a pg pool that TypeORM does not hand on: statements that the server parses and plans once. */
interface PreparedQueries {
  query(
    statement: { name: string; text: string },
    values: unknown[],
  ): Promise<{ readonly rows: readonly StockFigures[] }>;
}

const STATEMENT = {
  name: 'stock-figures-1',
  text: `
    SELECT sku, location_id AS "locationId", on_hand::float8 AS "onHand", unavailable::float8 AS unavailable,
           (soft_reserved + hard_reserved)::float8 AS reserved, incoming::float8 AS incoming,
           backorder_limit::float8 AS "backorderLimit", next_eta AS "nextEta"
    FROM read.stock_position WHERE sku = ANY($1) AND location_id = ANY($2)`,
};

interface Question {
  readonly skus: readonly string[];
  readonly locationIds: readonly string[];
  readonly resolve: (figures: readonly StockFigures[]) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The hot read. Questions that arrive while a query is under way are answered together by the next one, so that a rush
 * on one product costs one query at a time, and no question is answered from before it was asked.
 */
export class StockFiguresQuery {
  private waiting: Question[] = [];
  private underWay = 0;

  constructor(
    private readonly database: DataSource,
    private readonly concurrency = 2,
  ) {}

  of(skus: readonly string[], locationIds: readonly string[]): Promise<readonly StockFigures[]> {
    if (skus.length === 0 || locationIds.length === 0) return Promise.resolve([]);
    return new Promise((resolve, reject) => {
      this.waiting.push({ skus, locationIds, resolve, reject });
      if (this.underWay < this.concurrency) void this.ask();
    });
  }

  private async ask() {
    const questions = this.waiting;
    this.waiting = [];
    this.underWay++;
    try {
      const bySku = await this.read(questions);
      for (const question of questions) question.resolve(answerTo(question, bySku));
    } catch (error) {
      for (const { reject } of questions) reject(error);
    }
    this.underWay--;
    if (this.waiting.length > 0) void this.ask();
  }

  private async read(questions: readonly Question[]) {
    const skus = new Set(questions.flatMap((question) => question.skus));
    const locationIds = new Set(questions.flatMap((question) => question.locationIds));
    const { master: pool } = this.database.driver as unknown as { master: PreparedQueries };
    const { rows } = await pool.query(STATEMENT, [[...skus], [...locationIds]]);
    return Map.groupBy(rows, ({ sku }) => sku);
  }
}

const answerTo = ({ skus, locationIds }: Question, bySku: ReadonlyMap<string, readonly StockFigures[]>) => {
  const asked = new Set(locationIds);
  return [...new Set(skus)].flatMap((sku) => (bySku.get(sku) ?? []).filter(({ locationId }) => asked.has(locationId)));
};

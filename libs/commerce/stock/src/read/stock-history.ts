import { Injectable } from '@nestjs/common';
import { DataSource, LessThanOrEqual } from 'typeorm';
import { EventStore, readHistory } from '#event-store';
import { type Stamp } from '#projections';
import { stockItem, streamIdOfStock } from '../domain/stock-item.js';
import { type ExplainOptions, explainStock, type StockExplanation } from './explain-stock.js';
import { pageOf, type StockBalance, stockBalances } from './stock-balance.projection.js';

type Balance = StockBalance & Stamp;
type Place = Pick<StockBalance, 'sku' | 'locationId'>;

/** The past of stock, which only the log has. */
@Injectable()
export class StockHistory {
  constructor(
    private readonly store: EventStore,
    private readonly database: DataSource,
  ) {}

  /**
   * Reads the events that are explained, and those since the balance before them.
   * @throws StreamNotReadable, OutcomeUnknown when the log does not answer
   */
  async explain(sku: string, locationId: string, options: ExplainOptions = {}): Promise<StockExplanation> {
    const { asOf: until } = options;
    const id = streamIdOfStock(sku, locationId);
    // Balances only save time: while there are none, after an upgrade, the whole stream is read.
    const balance = await this.balanceBefore({ sku, locationId }, options).catch(() => undefined);
    if (balance) {
      const { quantities, revision, position } = balance;
      const [last, ...later] = await readHistory(this.store, stockItem, id, { from: revision, until });
      if (last?.position === position) return explainStock(later, options, { ...quantities, revision, position });
    }
    return explainStock(await readHistory(this.store, stockItem, id, { until }), options);
  }

  /** @returns the last balance before the events that are explained */
  private async balanceBefore(place: Place, { asOf, limit = Infinity }: ExplainOptions): Promise<Balance | null> {
    if (limit === Infinity) return null;
    const newest = await this.newestBalance(place, asOf);
    if (!newest || limit === 0) return newest;
    const page = pageOf(newest.revision + 1 - limit) - 1; // later pages may have events that are explained
    return page < 0 ? null : this.balances.findOneBy({ ...place, page });
  }

  private newestBalance(place: Place, asOf: number | undefined): Promise<Balance | null> {
    const recordedUntil = asOf === undefined ? undefined : LessThanOrEqual(new Date(asOf).toISOString());
    const where = { ...place, ...(recordedUntil && { recordedUntil }) };
    return this.balances.findOne({ where, order: { page: 'DESC' } });
  }

  private get balances() {
    return this.database.getRepository(stockBalances.table);
  }
}

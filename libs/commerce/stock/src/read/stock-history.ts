import { Injectable } from '@nestjs/common';
import { EventStore, readHistory } from '#event-store';
import { stockItem, streamIdOfStock } from '../domain/stock-item.js';
import { type ExplainOptions, explainStock, type StockExplanation } from './explain-stock.js';

/** The past of stock, which only the log has. */
@Injectable()
export class StockHistory {
  constructor(private readonly store: EventStore) {}

  /** @throws StreamNotReadable, OutcomeUnknown when the log does not answer */
  async explain(sku: string, locationId: string, options?: ExplainOptions): Promise<StockExplanation> {
    return explainStock(await readHistory(this.store, stockItem, streamIdOfStock(sku, locationId)), options);
  }
}

import { Injectable } from '@nestjs/common';
import { DataSource, MoreThan } from 'typeorm';
import { type AvailabilityAdvice, type Candidate } from '#orders';
import { type Stamp } from '#projections';
import { freeUnits, type StockFigures } from './available-to-promise.js';
import { openReservations, type OpenReservation } from './open-reservations.projection.js';
import { StockFiguresQuery } from './stock-figures.query.js';
import { stockPosition, type StockPosition } from './stock-position.projection.js';
import { transfers, type TransferRow } from './transfers.projection.js';

/** What is where. For people and for planning; whether goods can be had is decided in the stock stream alone. */
@Injectable()
export class StockLevels implements AvailabilityAdvice {
  private readonly figures: StockFiguresQuery;

  constructor(private readonly database: DataSource) {
    this.figures = new StockFiguresQuery(database);
  }

  /** A SKU at every location that has ever had it, by location. */
  of(sku: string): Promise<(StockPosition & Stamp)[]> {
    return this.database.getRepository(stockPosition.table).find({ where: { sku }, order: { locationId: 'ASC' } });
  }

  /** A SKU at one location; null if nothing was ever said about it. */
  at(sku: string, locationId: string): Promise<(StockPosition & Stamp) | null> {
    return this.database.getRepository(stockPosition.table).findOneBy({ sku, locationId });
  }

  /** Reservations of a SKU that have not ended, the oldest first. */
  reservationsOf(sku: string, locationId?: string): Promise<(OpenReservation & Stamp)[]> {
    const where = locationId === undefined ? { sku } : { sku, locationId };
    return this.database.getRepository(openReservations.table).find({ where, order: { position: 'ASC' }, take: 1000 });
  }

  /** Reservations of a SKU that wait for goods at a location, in the order in which these will be given to them. */
  backordersOf(sku: string, locationId: string): Promise<(OpenReservation & Stamp)[]> {
    return this.database.getRepository(openReservations.table).find({
      where: { sku, locationId, backordered: MoreThan(0) },
      order: { promisedFor: { direction: 'ASC', nulls: 'LAST' }, reservedAt: 'ASC', position: 'ASC' },
      take: 1000,
    });
  }

  /** Null if there is none. */
  transfer(transferId: string): Promise<(TransferRow & Stamp) | null> {
    return this.database.getRepository(transfers.table).findOneBy({ transferId });
  }

  /** Every place among `locationIds` that knows one of `skus`. */
  figuresOf(skus: readonly string[], locationIds: readonly string[]): Promise<readonly StockFigures[]> {
    return this.figures.of(skus, locationIds);
  }

  /** Where there are free units, backorders included; nothing is said of places that have none. */
  async available(skus: readonly string[], locationIds: readonly string[]): Promise<Candidate[]> {
    const figures = await this.figures.of(skus, locationIds);
    return figures
      .map((at) => ({ sku: at.sku, locationId: at.locationId, available: freeUnits(at) }))
      .filter(({ available }) => available > 0);
  }
}

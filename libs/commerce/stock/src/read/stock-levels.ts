import { Injectable } from '@nestjs/common';
import { DataSource, MoreThan } from 'typeorm';
import { type AvailabilityAdvice, type Candidate } from '#orders';
import { propertiesOf, type Stamp, stampColumns } from '#projections';
import { flag, object } from '#schema';
import { availableUnitsOf, type StockFigures } from './available-to-promise.js';
import { openReservationColumns, openReservations, type OpenReservation } from './open-reservations.projection.js';
import { StockFiguresQuery } from './stock-figures.query.js';
import { stockPosition, type StockPosition } from './stock-position.projection.js';
import { transfers, type TransferRow } from './transfers.projection.js';

/** The expiry of an overdue reservation is not recorded yet: the reservation still counts. */
export type ReservationAt = OpenReservation & Stamp & { readonly overdue: boolean };

export const reservationSchema = object({
  ...propertiesOf({ ...openReservationColumns, ...stampColumns }),
  'overdue?': flag,
});

/** The stock of SKUs by location, for people and for planning. It may be stale: only the stock stream decides on a reservation. */
@Injectable()
export class StockLevels implements AvailabilityAdvice {
  private readonly figures: StockFiguresQuery;

  constructor(private readonly database: DataSource) {
    this.figures = new StockFiguresQuery(database);
  }

  /** @returns the SKU at every location that ever recorded something about it, by location id */
  atAllLocations(sku: string): Promise<(StockPosition & Stamp)[]> {
    return this.database.getRepository(stockPosition.table).find({ where: { sku }, order: { locationId: 'ASC' } });
  }

  /** @returns null if nothing was ever recorded about the SKU at the location */
  atLocation(sku: string, locationId: string): Promise<(StockPosition & Stamp) | null> {
    return this.database.getRepository(stockPosition.table).findOneBy({ sku, locationId });
  }

  /** @returns the first 1,000 active reservations of a SKU, at one location or at all, oldest first */
  async openReservations(sku: string, locationId: string | undefined, now: Date): Promise<ReservationAt[]> {
    const where = locationId === undefined ? { sku } : { sku, locationId };
    const table = this.database.getRepository(openReservations.table);
    const found = await table.find({ where, order: { position: 'ASC' }, take: 1000 });
    const isOverdue = ({ expiresAt }: OpenReservation) => expiresAt !== null && expiresAt <= now.toISOString();
    return found.map((reservation) => ({ ...reservation, overdue: isOverdue(reservation) }));
  }

  /** @returns the first 1,000 backordered reservations of a SKU at a location, in the order in which they will be filled */
  backorders(sku: string, locationId: string): Promise<(OpenReservation & Stamp)[]> {
    return this.database.getRepository(openReservations.table).find({
      where: { sku, locationId, backordered: MoreThan(0) },
      order: { promisedFor: { direction: 'ASC', nulls: 'LAST' }, reservedAt: 'ASC', position: 'ASC' },
      take: 1000,
    });
  }

  findTransfer(transferId: string): Promise<(TransferRow & Stamp) | null> {
    return this.database.getRepository(transfers.table).findOneBy({ transferId });
  }

  /** @returns one entry for each of the SKUs at each of the locations that ever recorded something about it */
  figuresOf(skus: readonly string[], locationIds: readonly string[]): Promise<readonly StockFigures[]> {
    return this.figures.figuresAt(skus, locationIds);
  }

  /** Units that can be reserved, including backorders; locations that have none are left out. */
  async available(skus: readonly string[], locationIds: readonly string[]): Promise<Candidate[]> {
    const figures = await this.figures.figuresAt(skus, locationIds);
    return figures
      .map((at) => ({ sku: at.sku, locationId: at.locationId, available: availableUnitsOf(at) }))
      .filter(({ available }) => available > 0);
  }
}

import { type DataSource } from 'typeorm';
import { Deadlines, type DueWork } from './due-timer.js';

interface DueReservation {
  readonly sku: string;
  readonly location_id: string;
  readonly reservation_id: string;
  readonly owner_id: string;
  readonly expires_at: Date;
}

/** Soft reservations and pending checkouts that have run out, from `read.open_reservation` and `read.order_status`. */
export class ReadModelDeadlines extends Deadlines {
  constructor(private readonly db: DataSource) {
    super();
  }

  async due(now: string, limit: number): Promise<readonly DueWork[]> {
    const reservations = await this.db.query<DueReservation[]>(
      `SELECT sku, location_id, reservation_id, owner_id, expires_at FROM read.open_reservation
       WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2`,
      [now, limit],
    );
    const orders = await this.db.query<{ order_id: string }[]>(
      `SELECT order_id FROM read.order_status
       WHERE state = 'pending' AND expires_at <= $1 ORDER BY expires_at LIMIT $2`,
      [now, limit],
    );
    return [...orders.map(({ order_id }) => checkoutRunOut(order_id)), ...reservations.map(reservationRunOut)];
  }
}

const checkoutRunOut = (orderId: string): DueWork => ({
  intent: { type: 'ExpireCheckout', data: { orderId } },
  id: orderId,
  correlationId: orderId,
});

/** A reservation that was extended runs out once more, with another id. */
const reservationRunOut = (row: DueReservation): DueWork => ({
  intent: {
    type: 'ExpireReservation',
    data: { sku: row.sku, locationId: row.location_id, reservationId: row.reservation_id },
  },
  id: `${row.sku}~${row.location_id}/${row.reservation_id}/${row.expires_at.toISOString()}`,
  correlationId: row.owner_id,
});

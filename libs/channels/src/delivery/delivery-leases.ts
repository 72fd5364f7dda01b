import { type DataSource } from 'typeorm';

/** Messages that a killed worker was sending are sent again after this time; a living worker renews its leases. */
const LEASE_MS = 10_000;
const RENEW_EVERY_MS = 2_000;

/** The messages that a worker is sending now. No other worker takes a message while its lease lasts. */
export class DeliveryLeases {
  /** Delivery id → end of its lease. */
  private readonly ends = new Map<number, Date>();
  private renewAt = 0;

  constructor(private readonly db: DataSource) {}

  get ids(): readonly number[] {
    return [...this.ends.keys()];
  }

  /** End of a lease that begins at `now`, in milliseconds since 1970. */
  endOf(now: number): Date {
    return new Date(now + LEASE_MS);
  }

  add(id: number, end: Date): void {
    this.ends.set(id, end);
  }

  drop(id: number): void {
    this.ends.delete(id);
  }

  /** Extends the leases that no other worker has taken over since. */
  async renew(now: number): Promise<void> {
    if (now < this.renewAt || this.ends.size === 0) return;
    this.renewAt = now + RENEW_EVERY_MS;
    const end = this.endOf(now);
    const [renewed] = await this.db.query<[{ readonly id: number }[], number]>(
      `UPDATE channels.delivery d SET next_at = $3 FROM unnest($1::bigint[], $2::timestamptz[]) AS held(id, until)
       WHERE d.id = held.id AND d.next_at = held.until AND state = 'pending' RETURNING d.id::float8`,
      [this.ids, [...this.ends.values()], end],
    );
    for (const { id } of renewed) if (this.ends.has(id)) this.ends.set(id, end);
  }
}

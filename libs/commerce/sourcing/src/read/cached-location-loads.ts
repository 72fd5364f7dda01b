import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type LocationLoads } from '../write/location-loads.js';
import { locationLoad } from './location-load.projection.js';

const MAX_AGE_MS = 2_000;

/** Counts that are at most {@link MAX_AGE_MS} old. If the database does not answer, the last known counts stay. */
@Injectable()
export class CachedLocationLoads implements LocationLoads {
  private assigned: ReadonlyMap<string, number> = new Map();
  private day = '';
  private refreshedAt = -Infinity;

  constructor(private readonly database: DataSource) {}

  assignedToday(locationId: string): number {
    return this.assigned.get(locationId) ?? 0;
  }

  refreshIfStale(now: Date): Promise<void> {
    if (now.getTime() - this.refreshedAt < MAX_AGE_MS) return Promise.resolve();
    this.refreshedAt = now.getTime();
    return this.read(now.toISOString().slice(0, 10)).catch(() => undefined);
  }

  private async read(day: string) {
    if (day !== this.day) this.assigned = new Map();
    this.day = day;
    const rows = await this.database.getRepository(locationLoad.table).find({ where: { day } });
    this.assigned = new Map(rows.map(({ locationId, assigned }) => [locationId, assigned]));
  }
}

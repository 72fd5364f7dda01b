import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Loads } from '../write/loads.js';
import { locationLoad } from './location-load.projection.js';

const KEPT_MS = 2_000;

/** A few seconds old; none while the database is away. */
@Injectable()
export class LocationLoads implements Loads {
  private known: ReadonlyMap<string, number> = new Map();
  private day = '';
  private askedAt = -Infinity;

  constructor(private readonly database: DataSource) {}

  today(locationId: string): number {
    return this.known.get(locationId) ?? 0;
  }

  refresh(now: Date): Promise<void> {
    if (now.getTime() - this.askedAt < KEPT_MS) return Promise.resolve();
    this.askedAt = now.getTime();
    return this.read(now.toISOString().slice(0, 10)).catch(() => undefined);
  }

  private async read(day: string) {
    if (day !== this.day) this.known = new Map();
    this.day = day;
    const rows = await this.database.getRepository(locationLoad.table).find({ where: { day } });
    this.known = new Map(rows.map(({ locationId, assigned }) => [locationId, assigned]));
  }
}

import { Injectable } from '@nestjs/common';
import { DataSource, type FindOptionsWhere } from 'typeorm';
import { withScope, type Scope } from '#database';
import { type Stamp } from '#projections';
import { appointments, type AppointmentRow } from './appointment.projection.js';
import { reorderButtons, type ReorderButtonRow } from './reorder-button.projection.js';

const MAX_APPOINTMENTS = 500;

interface AppointmentFilter {
  readonly locationId: string;
  readonly channel?: string;
  readonly day: string | undefined;
}

/** Appointments at stores, and the reorder buttons that the reader may see. */
@Injectable()
export class ShopperReads {
  constructor(private readonly database: DataSource) {}

  /** @returns the first 500 appointments at a location, of one channel and on one day (UTC) if given, earliest first */
  appointmentsAt({ locationId, channel, day }: AppointmentFilter): Promise<(AppointmentRow & Stamp)[]> {
    const query = this.database.getRepository(appointments.table).createQueryBuilder('a');
    query
      .where('a.location_id = :locationId', { locationId })
      .orderBy('a.at')
      .addOrderBy('a.appointmentId')
      .take(MAX_APPOINTMENTS);
    if (channel !== undefined) query.andWhere('a.channel = :channel', { channel });
    if (day !== undefined)
      query.andWhere(`a.at >= :day AND a.at < CAST(:day AS timestamptz) + interval '1 day'`, { day });
    return query.getMany();
  }

  reorderButton(scope: Scope, buttonId: string): Promise<(ReorderButtonRow & Stamp) | null> {
    const where: FindOptionsWhere<ReorderButtonRow & Stamp> = { buttonId };
    return withScope(this.database, scope, (db) => db.getRepository(reorderButtons.table).findOneBy(where));
  }
}

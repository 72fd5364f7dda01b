import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { withScope, type Scope } from '#database';
import { type Stamp } from '#projections';
import { returnStatus, type ReturnState, type ReturnStatus } from './return-status.projection.js';

export interface ReturnFilter {
  readonly state?: ReturnState;
  readonly orderId?: string;
  /** Where goods last arrived. */
  readonly locationId?: string;
}

/** Returns as far as the reader may see them: those of their channel or subject, all with channel `*`. */
@Injectable()
export class Returns {
  constructor(private readonly database: DataSource) {}

  get(scope: Scope, returnId: string): Promise<(ReturnStatus & Stamp) | null> {
    return withScope(this.database, scope, (db) => db.getRepository(returnStatus.table).findOneBy({ returnId }));
  }

  /** The oldest first, as a list of work. */
  list(scope: Scope, filter: ReturnFilter, limit: number): Promise<(ReturnStatus & Stamp)[]> {
    return withScope(this.database, scope, (db) =>
      db
        .getRepository(returnStatus.table)
        .find({ where: { ...filter }, order: { occurredAt: 'ASC', returnId: 'ASC' }, take: limit }),
    );
  }
}

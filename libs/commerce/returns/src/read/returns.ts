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

/** The returns that the reader may see: those of their channel or subject, or all with channel `*`. */
@Injectable()
export class Returns {
  constructor(private readonly database: DataSource) {}

  findReturn(scope: Scope, returnId: string): Promise<(ReturnStatus & Stamp) | null> {
    return withScope(this.database, scope, (db) => db.getRepository(returnStatus.table).findOneBy({ returnId }));
  }

  /** @returns returns by business time, oldest first */
  listReturns(scope: Scope, filter: ReturnFilter, limit: number): Promise<(ReturnStatus & Stamp)[]> {
    return withScope(this.database, scope, (db) =>
      db
        .getRepository(returnStatus.table)
        .find({ where: { ...filter }, order: { occurredAt: 'ASC', returnId: 'ASC' }, take: limit }),
    );
  }
}

import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { withScope, type Scope } from '#database';
import { type Stamp } from '#projections';
import { paymentLedger, type LedgerRow } from './payment-ledger.projection.js';
import { payments, type PaymentRow } from './payments.projection.js';

/** Payments as far as the reader may see them: those asked for through their channel, all with channel `*`. */
@Injectable()
export class Payments {
  constructor(private readonly database: DataSource) {}

  /** With every movement of its money, the oldest first. */
  get(
    scope: Scope,
    paymentId: string,
  ): Promise<(PaymentRow & Stamp & { readonly ledger: readonly (LedgerRow & Stamp)[] }) | undefined> {
    return withScope(this.database, scope, async (db) => {
      const row = await db.getRepository(payments.table).findOneBy({ paymentId });
      const ledger = await db.getRepository(paymentLedger.table).find({ where: { paymentId }, order: { seq: 'ASC' } });
      return row ? { ...row, ledger } : undefined;
    });
  }

  /** Whether it is on record that an operation was done to this amount. False where that is not visible yet. */
  isDone(paymentId: string, operationId: string, amount: number): Promise<boolean> {
    return withScope(this.database, { channel: '*' }, async (db) => {
      const found = await db.query<object[]>(
        'SELECT FROM read.payment_ledger WHERE payment_id = $1 AND operation_id = $2 AND amount = $3',
        [paymentId, operationId, amount],
      );
      return found.length > 0;
    });
  }

  /** Those of an order, in the order of their ids. */
  ofOrder(scope: Scope, orderId: string): Promise<readonly (PaymentRow & Stamp)[]> {
    return withScope(this.database, scope, (db) =>
      db.getRepository(payments.table).find({ where: { orderId }, order: { paymentId: 'ASC' } }),
    );
  }
}

import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Batcher, withScope, type Scope } from '#database';
import { type Stamp } from '#projections';
import { paymentLedger, type LedgerRow } from './payment-ledger.projection.js';
import { payments, type PaymentRow } from './payments.projection.js';

/** Payments as far as the reader may see them: those asked for through their channel, all with channel `*`. */
@Injectable()
export class Payments {
  /** A provider tells much, and can wait a moment for its answer. */
  private readonly done = new Batcher<true>((keys) => this.doneOf(keys), { lingerMs: 20 });

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
  async isDone(paymentId: string, operationId: string, amount: number): Promise<boolean> {
    return (await this.done.get(keyOf(paymentId, operationId, amount))) === true;
  }

  /** Those of an order, in the order of their ids. */
  ofOrder(scope: Scope, orderId: string): Promise<readonly (PaymentRow & Stamp)[]> {
    return withScope(this.database, scope, (db) =>
      db.getRepository(payments.table).find({ where: { orderId }, order: { paymentId: 'ASC' } }),
    );
  }

  /** @param keys of operations, see {@link keyOf} */
  private async doneOf(keys: readonly string[]): Promise<ReadonlyMap<string, true>> {
    const found = await withScope(this.database, { channel: '*' }, (db) =>
      db.query<readonly { key: string }[]>(
        `SELECT wanted.key FROM unnest($1::text[]) AS wanted (key) JOIN read.payment_ledger ON
           payment_id = wanted.key::json ->> 0 AND operation_id = wanted.key::json ->> 1
           AND amount = (wanted.key::json ->> 2)::bigint`,
        [keys],
      ),
    );
    return new Map(found.map(({ key }) => [key, true]));
  }
}

const keyOf = (...operation: readonly [paymentId: string, operationId: string, amount: number]) =>
  JSON.stringify(operation);

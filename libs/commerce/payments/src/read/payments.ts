import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Batcher, withScope, type Scope } from '#database';
import { type Stamp } from '#projections';
import { paymentLedger, type PaymentLedgerRow } from './payment-ledger.projection.js';
import { payments, type PaymentRow } from './payments.projection.js';

/** Payments that the reader may see: those requested through the reader's channel, or all with channel `*`. */
@Injectable()
export class Payments {
  /** Providers send many webhooks, and each can wait a moment for its answer. */
  private readonly doneOperations = new Batcher<true>((keys) => this.findDone(keys), { lingerMs: 20 });

  constructor(private readonly database: DataSource) {}

  /** The payment with every movement of its money, the oldest first. */
  get(
    scope: Scope,
    paymentId: string,
  ): Promise<(PaymentRow & Stamp & { readonly ledger: readonly (PaymentLedgerRow & Stamp)[] }) | undefined> {
    return withScope(this.database, scope, async (db) => {
      const row = await db.getRepository(payments.table).findOneBy({ paymentId });
      const ledger = await db.getRepository(paymentLedger.table).find({ where: { paymentId }, order: { seq: 'ASC' } });
      return row ? { ...row, ledger } : undefined;
    });
  }

  /** Whether an operation over this amount (minor units) is recorded as done, without a dispute. False while the read model is behind. */
  async isOperationDone(paymentId: string, operationId: string, amount: number): Promise<boolean> {
    return (await this.doneOperations.get(operationKey(paymentId, operationId, amount))) === true;
  }

  /** The payments of an order, ordered by their ids. */
  listForOrder(scope: Scope, orderId: string): Promise<readonly (PaymentRow & Stamp)[]> {
    return withScope(this.database, scope, (db) =>
      db.getRepository(payments.table).find({ where: { orderId }, order: { paymentId: 'ASC' } }),
    );
  }

  /**
   * Scalar subqueries, because with joins PostgreSQL may read all payments.
   * @param keys of operations, see {@link operationKey}
   */
  private async findDone(keys: readonly string[]): Promise<ReadonlyMap<string, true>> {
    const found = await withScope(this.database, { channel: '*' }, (db) =>
      db.query<readonly { key: string }[]>(
        `SELECT key FROM unnest($1::text[]) AS wanted (key), LATERAL (
           SELECT key::json ->> 0 AS payment_id, key::json ->> 1 AS operation_id, (key::json ->> 2)::bigint AS amount
         ) AS w
         WHERE (SELECT NOT disputed FROM read.payment p WHERE p.payment_id = w.payment_id)
           AND (SELECT true FROM read.payment_ledger l WHERE l.payment_id = w.payment_id
                  AND l.operation_id = w.operation_id AND l.amount = w.amount LIMIT 1)`,
        [keys],
      ),
    );
    return new Map(found.map(({ key }) => [key, true]));
  }
}

const operationKey = (...operation: readonly [paymentId: string, operationId: string, amount: number]) =>
  JSON.stringify(operation);

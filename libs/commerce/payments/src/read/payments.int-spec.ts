import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type DataSource } from 'typeorm';
import { openDatabase } from '#database';
import { START } from '#event-store';
import { Projector, Registry } from '#projections';
import { readModels } from '#registry';
import { aCause, InMemoryEventStore, runnerOn, startTestDatabase, type TestDatabase } from '#testing';
import { type PaymentCommand } from '../domain/payment-messages.js';
import { payment } from '../domain/payment.js';
import { Payments } from './payments.js';

const PAYMENTS = 1000;

let server: TestDatabase;
let app: DataSource;

beforeAll(async () => {
  server = await startTestDatabase();
  const store = new InMemoryEventStore();
  const deciders = runnerOn(store);
  for (let n = 0; n < PAYMENTS; n++) {
    const paymentId = `o-${n}.card`;
    const commands: readonly PaymentCommand[] = [
      { type: 'RequestPayment', data: { paymentId, orderId: `o-${n}`, kind: 'card', amount: 100, currency: 'EUR' } },
      {
        type: 'RecordPaymentResult',
        data: { paymentId, operationId: 'authorize', outcome: 'done', amount: 100, reference: `ref-${n}` },
      },
    ];
    for (const command of commands) await deciders.run(payment, paymentId, command, aCause());
  }
  const projector = new Projector(new Registry(server.owner, readModels));
  await projector.resume();
  await projector.handle({
    events: store.events,
    position: store.events.at(-1)?.position ?? START,
    caughtUp: true,
  });
  await projector.close();
  await server.owner.query('ANALYZE');
  const entities = readModels.projections.map(({ table }) => table);
  app = await openDatabase({ url: server.postgres.appUrl, role: 'app', poolSize: 1, entities });
});

afterAll(async () => {
  await app.destroy();
  await server.stop();
});

const rowsRead = async () => {
  await app.query('SELECT pg_stat_force_next_flush()');
  const [row] = await server.owner.query<readonly [{ readonly rows: number }]>(
    `SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0) + coalesce(idx_scan, 0))::int AS rows FROM pg_stat_user_tables
     WHERE schemaname = 'read' AND relname LIKE 'payment%'`,
  );
  return row.rows;
};

it('an operation is found to be done by its payment, id and amount', async () => {
  const payments = new Payments(app);
  expect(await payments.isOperationDone('o-7.card', 'authorize', 100)).toBe(true);
  expect(await payments.isOperationDone('o-7.card', 'authorize', 99)).toBe(false);
  expect(await payments.isOperationDone('o-7.card', 'capture', 100)).toBe(false);
  expect(await payments.isOperationDone('none.card', 'authorize', 100)).toBe(false);
});

it('the look-up for a webhook reads fewer than ten rows of a thousand payments', async () => {
  const costs: number[] = [];
  for (let n = 0; n < 5; n++) {
    const before = await rowsRead();
    expect(await new Payments(app).isOperationDone('o-7.card', 'authorize', 100)).toBe(true);
    costs.push((await rowsRead()) - before);
  }
  expect(Math.min(...costs)).toBeLessThan(10); // PostgreSQL may count earlier reads late
});

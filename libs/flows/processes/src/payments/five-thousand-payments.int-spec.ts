import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';

import {
  type BankEntry,
  HttpPaymentProvider,
  hasValidSignature,
  payment,
  type PaymentCommand,
  type PaymentEvent,
  parseProviderAnswer,
  PAYMENT_SIGNATURE_HEADER,
} from '#payments';
import { aCause, LocalPaymentSimulator, runnerOn } from '#testing';
import { payments } from './payments.process.js';
import { ProcessHarness } from '../processes.fixture.js';

const PAYMENTS = 5_000;
const FAULTS = { seed: 20, cut: 0.2, lost: 0.02, error: 0.02, early: 0.05, twice: 0.05, none: 0.8 };
const CURRENCIES = ['JPY', 'EUR', 'KWD'];
const LATER = Date.parse('2026-01-02T12:00:00.000Z');
const DAY_MS = 86_400_000;

const h = new ProcessHarness([payments], 500);
const webhooks = { received: 0, refused: 0 };
let simulator: LocalPaymentSimulator;
let server: Server;

beforeAll(async () => {
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const signature = request.headers[PAYMENT_SIGNATURE_HEADER];
      void receiveWebhook(Buffer.concat(parts).toString(), String(signature)).then((status) =>
        response.writeHead(status).end(),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  simulator = new LocalPaymentSimulator(FAULTS, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  await simulator.start();
  const provider = new HttpPaymentProvider(simulator.url, simulator.secret, 5_000);
  h.connect(provider);
});

afterAll(async () => {
  await simulator.stop();
  server.close();
  server.closeAllConnections();
});

/** As the API does. */
const receiveWebhook = async (text: string, signature: string) => {
  if (!hasValidSignature(simulator.secret, text, signature, Date.now())) {
    webhooks.refused++;
    return 401;
  }
  webhooks.received++;
  const said = JSON.parse(text) as { paymentId: string; operationId: string };
  const { paymentId, operationId } = said;
  await execute({ type: 'RecordPaymentResult', data: { paymentId, operationId, ...parseProviderAnswer(said) } });
  return 204;
};

const execute = (command: PaymentCommand, occurredAt = '2026-01-01T12:00:00.000Z') =>
  runnerOn(h.store).run(payment, command.data.paymentId, command, aCause({ occurredAt }));

/** Asked for, then captured in one or two parts, some given up, some refunded; the amounts are odd on purpose. */
const lifeOf = (index: number): PaymentCommand[] => {
  const paymentId = `o-${index}.card`;
  const amount = 1_001 + (index % 997);
  const part = Math.ceil(amount / (1 + (index % 3)));
  const currency = CURRENCIES[index % 3] ?? 'EUR';
  const data = { paymentId, orderId: `o-${index}`, kind: 'card', amount, currency, token: 'tok' } as const;
  return [
    { type: 'RequestPayment', data },
    { type: 'CapturePayment', data: { paymentId, operationId: 'c', amount: part } },
    ...(index % 6 === 1 ? [{ type: 'VoidPayment', data: { paymentId, operationId: 'v' } } as const] : []),
    ...(index % 4 === 3
      ? [{ type: 'RefundPayment', data: { paymentId, operationId: 'r', amount: part, reason: 'back' } } as const]
      : []),
  ];
};

const eventsOf = async (index: number) =>
  (await h.log(`payment-o-${index}.card`)).map(({ event }) => event as PaymentEvent);

const OPERATION: Readonly<Record<string, string>> = {
  PaymentAuthorized: 'authorize',
  PaymentCaptured: 'capture',
  PaymentVoided: 'void',
  PaymentRefunded: 'refund',
};

/** One line per movement of money: `<payment> <operation id> <operation> <amount>`. */
const ours = (events: readonly PaymentEvent[], paymentId: string) =>
  events.flatMap(({ type, data }) => {
    const operation = OPERATION[type];
    const { operationId, amount } = data as { operationId: string; amount: number };
    return operation === undefined ? [] : [`${paymentId} ${operationId} ${operation} ${amount}`];
  });

const theirs = ({ paymentId, operationId, operation, result }: BankEntry) =>
  `${paymentId} ${operationId} ${operation} ${result.outcome === 'done' ? result.amount : 'declined'}`;

it('the journal of the provider equals our ledger after 5,000 payments with every fifth answer cut', async () => {
  const all = Array.from({ length: PAYMENTS }, (_, index) => index);
  for (const index of all) for (const command of lifeOf(index)) await execute(command);
  await h.settle({ at: PAYMENTS, moment: 'after' }); // it dies on the way, and starts again
  for (let round = 0; round < 12; round++) {
    const silent = await unknown(all);
    if (silent.length === 0) break;
    const later = new Date(LATER + round * DAY_MS).toISOString();
    for (const index of silent)
      await execute({ type: 'ResolvePayment', data: { paymentId: `o-${index}.card` } }, later);
    await h.settle();
  }

  const logs = await Promise.all(all.map(eventsOf));
  const ledger = logs.flatMap((events, index) => ours(events, `o-${index}.card`));
  const journal = (await simulator.journal()).map(theirs);
  expect(journal.length).toBe(all.flatMap(lifeOf).length);
  expect(ledger.toSorted()).toEqual(journal.toSorted());
  const events = logs.flat();
  expect(events.filter(({ type }) => type === 'PaymentDisputed' || type === 'PaymentFailed')).toEqual([]);
  const unanswered = events.filter(({ type }) => type === 'PaymentUnknown').length;
  expect(unanswered).toBeGreaterThan(journal.length * 0.15);
  expect(webhooks.received).toBeGreaterThan(journal.length * 0.15);
  expect(webhooks.refused).toBe(0);
}, 300_000);

/** Payments of which some operation has no outcome yet. */
const unknown = async (all: readonly number[]) => {
  const open: number[] = [];
  for (const index of all) {
    const events = await eventsOf(index);
    const asked = events.filter(({ type }) => type === 'PaymentRequested').length;
    if (ours(events, '').length < asked) open.push(index);
  }
  return open;
};

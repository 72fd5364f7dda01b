import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Client } from '../support/client.js';
import { Kontor } from '../support/kontor.js';
import { aTender, confirmed, orderBecomes, paymentBecomes, place } from '../support/orders.js';
import { withPg } from '../support/data-scan.js';
import { aLine, anOrder, openShop, stocked } from '../support/shop.js';
import { until } from '../support/until.js';
import { findFaults } from '../support/verify.js';
import { fulfillmentWork } from '../support/fulfillment-work.js';

const SECRET = 'journey-secret';
let kontor: Kontor;
let staff: Client;

beforeAll(async () => {
  kontor = await Kontor.start({ env: { PAYMENT_PROVIDER_SECRET: SECRET } });
  staff = kontor.staff;
  await openShop(staff);
});

afterAll(() => kontor.stop(), 60_000);

interface Entry {
  readonly paymentId: string;
  readonly operation: string;
  readonly result: { readonly outcome: string; readonly amount?: number };
}

const journal = async (): Promise<Entry[]> => {
  const headers = { authorization: `Bearer ${SECRET}` };
  const response = await fetch(`${kontor.runFile.paymentUrl}/journal`, { headers });
  return (await response.json()) as Entry[];
};

const lineOf = ({ paymentId, operation, result }: Entry) => `${paymentId} ${operation} ${result.amount ?? 0}`;

/** The operations that the provider carried out for an order: `card authorize 1700`. */
const journalOf = async (orderId: string) =>
  (await journal())
    .filter(({ paymentId }) => paymentId.startsWith(orderId))
    .map((e) => lineOf(e).slice(orderId.length + 1));

const shop = async (quantity: number) => aLine(await stocked(staff, quantity), quantity);
const units = (quantity: number) => ({ lineId: '1', quantity });

describe('two tenders', () => {
  const both = (second: object) => ({
    capture: 'now',
    tenders: [aTender(1000), aTender(700, { tenderId: 'other', ...second })],
  });

  it('can pay one order together', async () => {
    const orderId = await confirmed(staff, [await shop(2)], both({ kind: 'wallet', token: 'tok_wallet' }));
    await paymentBecomes(staff, orderId, 'card', { state: 'captured', captured: 1000 });
    await paymentBecomes(staff, orderId, 'other', { state: 'captured', captured: 700, kind: 'wallet' });
    await orderBecomes(staff, orderId, { paymentState: 'paid', capturedAmount: 1700 });
  });

  it('that do not add up to the total are refused', async () => {
    const { answer } = await place(staff, [await shop(2)], { tenders: [aTender(1000)] });
    expect(answer).toMatchObject({ status: 409, body: { code: 'tenders-do-not-add-up', offered: 1000, total: 1700 } });
  });

  it('are voided when the second is declined', async () => {
    const line = await shop(2);
    const { orderId, state } = await place(staff, [line], both({ token: 'tok_decline' }));
    expect(state).toBe('rejected');
    await paymentBecomes(staff, orderId, 'card', { state: 'voided', captured: 0 });
    await paymentBecomes(staff, orderId, 'other', { state: 'failed' });
    await orderBecomes(staff, orderId, { authorizedAmount: 0, capturedAmount: 0 });
    await kontor.settled();
    await expect(staff.read(`/v1/stock/${line.sku}/warehouse`)).resolves.toMatchObject({ hardReserved: 0 });
  });

  it('are voided when the second is authorized in part only', async () => {
    const { orderId, state } = await place(staff, [await shop(2)], both({ token: 'tok_partial' }));
    expect(state).toBe('rejected');
    await paymentBecomes(staff, orderId, 'card', { state: 'voided', authorized: 1000, voided: 1000 });
    await paymentBecomes(staff, orderId, 'other', { state: 'voided', authorized: 350, voided: 350 });
    expect((await journalOf(orderId)).toSorted()).toEqual([
      ...['card authorize 1000', 'card void 1000', 'other authorize 350', 'other void 350'],
    ]);
  });
});

it('cash is refunded when the order is rejected because of the other tender', async () => {
  const cash = { tenderId: 'cash', kind: 'cash', amount: 1000 };
  const tenders = [cash, aTender(700, { token: 'tok_decline' })];
  const { orderId, state } = await place(staff, [await shop(2)], { capture: 'now', tenders }, 'till');
  expect(state).toBe('rejected');
  await paymentBecomes(staff, orderId, 'cash', { state: 'refunded', captured: 1000, refunded: 1000 });
});

it('an authorization that the provider first denies and later reports is voided', async () => {
  const { orderId, state } = await place(staff, [await shop(2)], { tenders: [aTender(1700, { token: 'tok_lie' })] });
  expect(state).toBe('rejected');
  await paymentBecomes(staff, orderId, 'card', { state: 'voided', authorized: 1700, voided: 1700 });
  expect(await journalOf(orderId)).toEqual(['card authorize 1700', 'card void 1700']);
});

describe('with capture on shipping', () => {
  const shipping = { chargeId: 'shipping', kind: 'shipping', quantity: 1, unitPrice: { amount: 500, scale: 2 } };
  const sent = async () => {
    const orderId = await confirmed(staff, [await shop(3)], { charges: [shipping], tenders: [aTender(3050)] });
    await paymentBecomes(staff, orderId, 'card', { state: 'authorized', authorized: 3050, captured: 0 });
    return { orderId, work: await fulfillmentWork(staff, orderId, 'warehouse') };
  };
  const ship = async (work: Awaited<ReturnType<typeof fulfillmentWork>>, parcelId: string, quantity: number) => {
    await work.does('PackParcel', { parcelId, lines: [units(quantity)] });
    await work.does('ShipParcel', { parcelId, carrier: 'royal-mail' });
  };

  it('each parcel captures its share, and the last one the rest to the penny', async () => {
    const { orderId, work } = await sent();
    await ship(work, 'P-1', 1);
    await paymentBecomes(staff, orderId, 'card', { state: 'partly-captured', captured: 850 + 167 });
    await ship(work, 'P-2', 2);
    await paymentBecomes(staff, orderId, 'card', { state: 'captured', captured: 3050 });
    expect(await journalOf(orderId)).toEqual(['card authorize 3050', 'card capture 1017', 'card capture 2033']);
  });

  it('the amount of units that are cancelled before is voided, not captured and refunded', async () => {
    const { orderId, work } = await sent();
    await staff.done('CancelOrderLines', { orderId, lines: [units(1)], reason: 'regret' });
    await paymentBecomes(staff, orderId, 'card', { voided: 1017, captured: 0 });
    await ship(work, 'P-1', 2);
    await paymentBecomes(staff, orderId, 'card', { captured: 2033, voided: 1017, refunded: 0 });
  });

  it('nothing is captured for an order that is cancelled', async () => {
    const { orderId } = await sent();
    await staff.done('CancelOrderLines', { orderId, lines: [units(3)], reason: 'regret' });
    await paymentBecomes(staff, orderId, 'card', { state: 'voided', captured: 0 });
    await orderBecomes(staff, orderId, { state: 'cancelled', paymentState: 'none' });
  });
});

it('an amount that was captured at once is refunded for cancelled units', async () => {
  const orderId = await confirmed(staff, [await shop(2)], { capture: 'now', tenders: [aTender(1700)] });
  await paymentBecomes(staff, orderId, 'card', { state: 'captured' });
  await staff.done('CancelOrderLines', { orderId, lines: [units(1)], reason: 'regret' });
  await paymentBecomes(staff, orderId, 'card', { state: 'partly-refunded', refunded: 850 });
  await staff.done('CancelOrderLines', { orderId, lines: [units(1)], reason: 'regret' });
  await paymentBecomes(staff, orderId, 'card', { state: 'refunded', refunded: 1700 });
  await orderBecomes(staff, orderId, { state: 'cancelled', paymentState: 'refunded' });
});

describe('a provider that does not answer', () => {
  /** Freezes the provider during the work: its connections stay open, and it answers nothing. */
  const whileFrozen = async (work: () => Promise<void>) => {
    const pid = kontor.pids()['payment-simulator'];
    if (pid === undefined) throw new Error('There is no payment simulator');
    process.kill(pid, 'SIGSTOP');
    try {
      await work();
    } finally {
      process.kill(pid, 'SIGCONT');
    }
  };

  it('cannot confirm an order after the checkout has expired', async () => {
    const line = await shop(1);
    const order = anOrder([line], { tenders: [aTender(850)] });
    await whileFrozen(async () => {
      await staff.send('PlaceOrder', order, { channel: 'flash' });
      await orderBecomes(staff, order.orderId, { state: 'rejected' });
      await expect(staff.read(`/v1/orders/${order.orderId}`)).resolves.toMatchObject({
        reasons: [{ code: 'checkout-expired' }],
      });
    });
    await paymentBecomes(staff, order.orderId, 'card', { state: 'voided', authorized: 850, captured: 0 });
    expect(await journalOf(order.orderId)).toEqual(['card authorize 850', 'card void 850']);
    await kontor.settled();
    await expect(staff.read(`/v1/stock/${line.sku}/warehouse`)).resolves.toMatchObject({ hardReserved: 0 });
  });

  it('has to void the authorization for an order that was cancelled meanwhile', async () => {
    const orderId = await confirmed(staff, [await shop(2)], { payLater: true, capture: 'now' });
    const line = await shop(1);
    const paid = await confirmed(staff, [line], { tenders: [aTender(850)] });
    const work = await fulfillmentWork(staff, paid, 'warehouse');
    await whileFrozen(async () => {
      await staff.done('PayOrder', { orderId, tenders: [aTender(1700)] }, { channel: 'app' });
      await staff.done('CancelOrderLines', { orderId, lines: [units(2)], reason: 'regret' });
      await orderBecomes(staff, orderId, { state: 'cancelled' });
      await work.does('PackParcel', { parcelId: 'P-1', lines: [units(1)] });
      await work.does('ShipParcel', { parcelId: 'P-1', carrier: 'royal-mail' });
      await orderBecomes(staff, paid, { fulfillmentState: 'fulfilled', capturedAmount: 0 });
    });
    await paymentBecomes(staff, orderId, 'card', { state: 'voided', authorized: 1700, voided: 1700 });
    await paymentBecomes(staff, paid, 'card', { state: 'captured', captured: 850 });
  });

  it('is asked until it answers, and charges once', async () => {
    const order = anOrder([await shop(1)], { capture: 'now', tenders: [aTender(850, { token: 'tok_cut' })] });
    await whileFrozen(async () => {
      await staff.send('PlaceOrder', order, { channel: 'web' });
      await paymentBecomes(staff, order.orderId, 'card', { unknownOperation: 'authorize' });
    });
    await orderBecomes(staff, order.orderId, { state: 'confirmed' });
    await paymentBecomes(staff, order.orderId, 'card', { state: 'captured', unknownOperation: null });
    expect(await journalOf(order.orderId)).toEqual(['card authorize 850', 'card capture 850']);
  });
});

describe('an order to be paid later', () => {
  const unpaid = async () => confirmed(staff, [await shop(2)], { payLater: true });
  const pays = (orderId: string, tender: object) =>
    staff.send('PayOrder', { orderId, tenders: [tender] }, { channel: 'till', wait: 20 });
  const cash = (amount: number) => ({ tenderId: `cash-${amount}`, kind: 'cash', amount });

  it('can be paid in cash at a till although it was placed on the web', async () => {
    const orderId = await unpaid();
    await orderBecomes(staff, orderId, { channel: 'web', paymentState: 'due', orderState: 'OrderPaymentDue' });
    await expect(pays(orderId, cash(1700))).resolves.toMatchObject({ status: 200 });
    await paymentBecomes(staff, orderId, 'cash-1700', { state: 'captured', kind: 'cash', captured: 1700 });
    await orderBecomes(staff, orderId, { paymentState: 'paid' });
    expect(await journalOf(orderId)).toEqual([]);
  });

  it('cannot be paid twice', async () => {
    const orderId = await unpaid();
    await expect(pays(orderId, cash(1000))).resolves.toMatchObject({ status: 200 });
    await expect(pays(orderId, cash(1700))).resolves.toMatchObject({
      status: 409,
      body: { code: 'nothing-due', due: 700, offered: 1700 },
    });
  });

  it('stays due when a card is declined, and can be paid by another tender', async () => {
    const orderId = await unpaid();
    await expect(pays(orderId, aTender(1700, { token: 'tok_decline' }))).resolves.toMatchObject({ status: 200 });
    await paymentBecomes(staff, orderId, 'card', { state: 'failed' });
    await kontor.settled();
    await expect(pays(orderId, cash(1700))).resolves.toMatchObject({ status: 200 });
    await orderBecomes(staff, orderId, { paymentState: 'paid' });
  });
});

describe('a later tender', () => {
  it('that is authorized in part only is voided, and the order stays due', async () => {
    const orderId = await confirmed(staff, [await shop(2)], { payLater: true });
    const tenders = [aTender(1700, { token: 'tok_partial' })];
    await staff.done('PayOrder', { orderId, tenders }, { channel: 'app' });
    await paymentBecomes(staff, orderId, 'card', { state: 'voided', authorized: 850, voided: 850 });
    await orderBecomes(staff, orderId, { state: 'confirmed', paymentState: 'due' });
    const again = [aTender(1700, { tenderId: 'again' })];
    await staff.done('PayOrder', { orderId, tenders: again }, { channel: 'app' });
    await paymentBecomes(staff, orderId, 'again', { state: 'authorized', authorized: 1700 });
  });

  it('is accepted once although four channels send one at the same time', async () => {
    const orderId = await confirmed(staff, [await shop(2)], { payLater: true });
    const answers = await Promise.all(
      ['app', 'till', 'web', 'marketplace'].map((channel) =>
        staff.send('PayOrder', { orderId, tenders: [aTender(1700, { tenderId: channel })] }, { channel, wait: 20 }),
      ),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409, 409, 409]);
    await orderBecomes(staff, orderId, { paymentState: 'authorized', authorizedAmount: 1700 });
    expect(await journalOf(orderId)).toHaveLength(1);
  });
});

describe('a card number', () => {
  const PAN = '4111 1111 1111 1111';
  const order = (more: object) => ['PlaceOrder', anOrder([aLine('MUG')], more)] as const;

  it.each([
    ['a token', order({ tenders: [aTender(850, { token: PAN })] })],
    ['an attribute', order({ attributes: { note: `card ${PAN}` } })],
    ['an address', order({ shipTo: { lines: [PAN.replaceAll(' ', '-')] } })],
    ['the title of a line', order({ lines: [aLine('MUG', 1, { title: PAN.replaceAll(' ', '') })] })],
    [
      'the reason of a refund',
      ['RefundPayment', { paymentId: 'p', operationId: 'r', amount: 1, reason: PAN }] as const,
    ],
    ['a proof of pickup', ['HandOver', { fulfillmentId: 'f', locationId: 'store', proof: PAN }] as const],
  ])('is refused in %s, and is not in the answer', async (_, [command, body]) => {
    const answer = await staff.send(command, body, { channel: 'web' });
    expect(answer).toMatchObject({ status: 400, body: { code: 'validation-failed' } });
    expect(JSON.stringify(answer.body)).toContain('the number of a payment card');
    expect(JSON.stringify(answer.body).replaceAll(/\D/g, '')).not.toContain('4111111111111111');
  });
});

describe('at the end of the day', () => {
  it('the journal of the provider equals the payment ledger of Kontor', async () => {
    await kontor.settled();
    const ours = () =>
      withPg(kontor.runFile.databaseUrl, async (pg) => {
        const { rows } = await pg.query<{ line: string }>(
          `SELECT l.payment_id || ' ' || l.operation || ' ' || l.amount AS line
           FROM read.payment_ledger l JOIN read.payment p USING (payment_id)
           WHERE p.kind IN ('card', 'wallet') AND l.amount > 0`,
        );
        return rows.map((row) => row.line).toSorted();
      });
    const theirs = (await journal()).filter(({ result }) => result.outcome === 'done').map(lineOf);
    expect(theirs.length).toBeGreaterThan(20);
    await until(async () => (await ours()).length >= theirs.length, { for: 'the ledger' });
    expect(await ours()).toEqual(theirs.toSorted());
  });

  it('no invariant is broken', async () => expect(await findFaults(kontor)).toEqual([]));
});

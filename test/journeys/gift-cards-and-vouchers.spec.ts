import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type Answer, type Client, type Fields } from '../support/client.js';
import { retryUntilAnswered } from '../support/retry-until-answered.js';
import { Kontor } from '../support/kontor.js';
import { type Part } from '../support/processes.js';
import { aLine, anOrder, openShop, stocked } from '../support/shop.js';
import { until } from '../support/until.js';
import { verify } from '../support/verify.js';

jest.setTimeout(180_000);

let kontor: Kontor;
let staff: Client;

beforeAll(async () => {
  kontor = await Kontor.start();
  staff = kontor.staff;
  await openShop(staff);
});

afterAll(() => kontor.stop(), 60_000);

const CHANNELS = ['web', 'app', 'till'];
const BUYERS = Array.from({ length: 500 }, (_, index) => CHANNELS[index % 3] ?? 'web');
/** Set `RUNS=20` for a longer test. */
const RUNS = Array.from({ length: Number(process.env['RUNS'] ?? 1) }, (_, index) => index + 1);

const aCode = () => randomUUID().toUpperCase();
const currency = 'GBP';
const issue = (kind: 'GiftCard' | 'Voucher', code: string, more: object) =>
  staff.done(`Issue${kind}`, { code, currency, ...more });

const lookUp = async (kind: 'gift-cards' | 'vouchers', code: string): Promise<Fields> => {
  const answer = await staff.post(`/v1/${kind}/lookup`, { code });
  return { status: answer.status, ...(answer.body as object) };
};

/** An order of one penny, paid by this tender. */
const penny = (sku: string, tender: object) =>
  anOrder([aLine(sku, 1, { unitPrice: { amount: 1, scale: 2 } })], {
    tenders: [{ tenderId: 'all', amount: 1, ...tender }],
    capture: 'now',
  });

const outcomeOf = ({ body }: Answer) => {
  const { state, reasons } = body as { state?: string; reasons?: { code: string }[] };
  return [state, ...(reasons ?? []).map(({ code }) => code)].join(': ');
};

const counts = (outcomes: readonly string[]) =>
  Object.fromEntries(
    Map.groupBy(outcomes, (outcome) => outcome)
      .entries()
      .map(([outcome, all]) => [outcome, all.length]),
  );

describe('500 buyers on three channels at once', () => {
  const all = async (tender: object, victim?: Part) => {
    const sku = await stocked(staff, 500);
    let answered = 0;
    const buy = async (channel: string) => {
      const sending = { key: randomUUID(), channel, wait: 10 };
      const answer = await retryUntilAnswered(staff, 'PlaceOrder', penny(sku, tender), sending);
      if (++answered === 100 && victim) expect(kontor.kill(victim)).toBe(true);
      return answer;
    };
    const answers = await Promise.all(BUYERS.map(buy));
    await kontor.settled();
    return counts(answers.map(outcomeOf));
  };

  it.each(RUNS)('can use a voucher for one use only once (run %i)', async () => {
    const code = aCode();
    await issue('Voucher', code, { amount: 5, uses: 1 });
    await expect(all({ kind: 'voucher', code })).resolves.toEqual({ confirmed: 1, 'rejected: payment-declined': 499 });
    await expect(lookUp('vouchers', code)).resolves.toMatchObject({ status: 200, usesLeft: 0 });
  });

  it.each(RUNS)('can spend no more than the ten pence of a gift card (run %i)', async () => {
    const code = aCode();
    await issue('GiftCard', code, { amount: 10 });
    await expect(all({ kind: 'gift-card', code })).resolves.toEqual({
      confirmed: 10,
      'rejected: payment-declined': 490,
    });
    await expect(lookUp('gift-cards', code)).resolves.toMatchObject({ status: 200, available: 0 });
  });

  it.each<Part>(['worker', 'api', 'event-store'])(
    'can spend no more than a gift card holds while the process %s is killed',
    async (victim) => {
      const code = aCode();
      await issue('GiftCard', code, { amount: 10 });
      await expect(all({ kind: 'gift-card', code }, victim)).resolves.toEqual({
        confirmed: 10,
        'rejected: payment-declined': 490,
      });
      await expect(lookUp('gift-cards', code)).resolves.toMatchObject({ available: 0 });
    },
  );
});

describe('a gift card', () => {
  it('that is too small rejects the order and leaves the voucher of the same order unused', async () => {
    const [card, voucher] = [aCode(), aCode()];
    await issue('GiftCard', card, { amount: 349 });
    await issue('Voucher', voucher, { amount: 500, uses: 1 });
    const tenders = [
      { tenderId: 'card', kind: 'gift-card', amount: 350, code: card },
      { tenderId: 'voucher', kind: 'voucher', amount: 500, code: voucher },
    ];
    const order = anOrder([aLine(await stocked(staff, 1))], { tenders });
    const answer = await staff.send('PlaceOrder', order, { channel: 'web', wait: 20 });
    expect(outcomeOf(answer)).toBe('rejected: payment-declined');
    await kontor.settled();
    await expect(lookUp('gift-cards', card)).resolves.toMatchObject({ available: 349 });
    await expect(lookUp('vouchers', voucher)).resolves.toMatchObject({ usesLeft: 1 });
  });

  it('with an unknown code is declined', async () => {
    const order = penny(await stocked(staff, 1), { kind: 'gift-card', code: aCode() });
    const answer = await staff.send('PlaceOrder', order, { channel: 'web', wait: 20 });
    expect(outcomeOf(answer)).toBe('rejected: payment-declined');
    await expect(lookUp('gift-cards', aCode())).resolves.toMatchObject({ status: 404, code: 'not-found' });
  });

  it('expires at its time', async () => {
    const code = aCode();
    await issue('GiftCard', code, { amount: 700, expiresAt: new Date(Date.now() + 1500).toISOString() });
    await expect(lookUp('gift-cards', code)).resolves.toMatchObject({ available: 700 });
    await until(async () => (await lookUp('gift-cards', code))['available'] === 0, { for: 'the gift card to expire' });
    await expect(lookUp('gift-cards', code)).resolves.toMatchObject({ available: 0, expiresAt: null });
  });
});

describe('store credit', () => {
  it('can be issued for goodwill, and is spent by orders of its customer only', async () => {
    const customerId = randomUUID();
    const credit = { customerId, operationId: 'late-parcel', amount: 2, currency, reason: 'Late parcel' };
    await staff.done('IssueStoreCredit', credit);
    await staff.done('IssueStoreCredit', credit);
    const account = () => staff.read(`/v1/store-credit/${customerId}/${currency}`);
    await expect(account()).resolves.toMatchObject({ available: 2 });

    const sku = await stocked(staff, 5);
    const buy = async (more: object) =>
      staff.send('PlaceOrder', { ...penny(sku, { kind: 'store-credit' }), ...more }, { channel: 'till', wait: 20 });
    expect(outcomeOf(await buy({ customerId }))).toBe('confirmed');
    await expect(buy({})).resolves.toMatchObject({ status: 422, body: { code: 'customer-required' } });
    expect(outcomeOf(await buy({ customerId: randomUUID() }))).toBe('rejected: payment-declined');
    await kontor.settled();
    await expect(account()).resolves.toMatchObject({ available: 1 });
  });
});

it('kontor verify finds no gift card or voucher that was overspent', async () => {
  const { findings } = await verify(kontor);
  const found = findings.find(({ invariant }) => invariant === 'I8');
  expect(found).toMatchObject({ failed: 0 });
  expect(found?.checked).toBeGreaterThan(1);
});

import { describe, expect, it } from '@jest/globals';
import { payment, type PaymentCommand, type PaymentEvent, type TenderKind } from '#payments';
import { giftCard, voucher, type GiftCardCommand, type VoucherCommand } from '#vouchers';
import { instruments } from './instruments.process.js';
import { CRASH_MOMENTS, ProcessHarness, type CrashPoint } from '../processes.fixture.js';

/** What a channel or another process says before the processes run. */
type Said = GiftCardCommand | VoucherCommand | PaymentCommand;

const card = (amount: number): Said => ({ type: 'IssueGiftCard', data: { giftCardId: 'g', amount, currency: 'EUR' } });
const issued = (uses: number): Said => ({
  type: 'IssueVoucher',
  data: { voucherId: 'v', amount: 2000, uses, currency: 'EUR' },
});
const pays = (kind: TenderKind, instrumentId?: string, paymentId = 'p'): Said => ({
  type: 'RequestPayment',
  data: {
    ...{ paymentId, orderId: 'o', kind, amount: 2000, currency: 'EUR' },
    ...(instrumentId !== undefined && { instrumentId }),
  },
});
const capture = (amount: number): Said => ({
  type: 'CapturePayment',
  data: { paymentId: 'p', operationId: 'c', amount },
});
const voidAll: Said = { type: 'VoidPayment', data: { paymentId: 'p', operationId: 'v' } };
const refund = (amount: number): Said => ({
  type: 'RefundPayment',
  data: { paymentId: 'p', operationId: 'r', amount, reason: 'returned' },
});

const say = async (h: ProcessHarness, command: Said) => {
  const { data } = command;
  const web = { channel: 'web' };
  if ('paymentId' in data) await h.run(payment, data.paymentId, command, web);
  else if ('voucherId' in data) await h.run(voucher, data.voucherId, command, web);
  else await h.run(giftCard, data.giftCardId, command, web);
};

const stories: Readonly<Record<string, readonly Said[]>> = {
  'a gift card that pays, in part, and is refunded': [
    card(5000),
    pays('gift-card', 'g'),
    capture(1200),
    voidAll,
    refund(500),
  ],
  'a gift card with too little': [card(1999), pays('gift-card', 'g'), capture(1200)],
  'a code that nobody has issued': [pays('gift-card', 'g'), voidAll],
  'a voucher that pays and is refunded': [issued(1), pays('voucher', 'v'), capture(1200), voidAll, refund(1200)],
  'a voucher that is given up': [issued(1), pays('voucher', 'v'), voidAll],
};

const run = async (story: readonly Said[], crash?: CrashPoint, batchSize = 500) => {
  const h = new ProcessHarness([instruments], batchSize);
  for (const said of story) await say(h, said);
  await h.settle(crash);
  return h;
};

const runStory = async (name: string) => {
  const h = await run(stories[name] ?? []);
  expect([...h.memory.parked.values(), ...h.memory.running]).toEqual([]);
  return h;
};

const types = async (h: ProcessHarness, stream: string) => (await h.log(stream)).map(({ event }) => event.type);
const failure = async (h: ProcessHarness) =>
  (await h.log('payment-p')).map(({ event }) => event as PaymentEvent).find(({ type }) => type === 'PaymentFailed')
    ?.data;

describe('a payment by gift card or voucher', () => {
  it('holds, redeems, releases and credits the balance of a gift card', async () => {
    const h = await runStory('a gift card that pays, in part, and is refunded');
    const done = ['BalanceHeld', 'HoldRedeemed', 'HoldReleased', 'BalanceCredited'];
    expect(await types(h, 'giftcard-g')).toEqual(['GiftCardIssued', ...done]);
    expect(
      (await types(h, 'payment-p')).filter((type) => /ed$/.test(type) && !/(Queued|Requested)$/.test(type)),
    ).toEqual(['PaymentInitiated', 'PaymentAuthorized', 'PaymentCaptured', 'PaymentVoided', 'PaymentRefunded']);
  });

  it.each([
    ['a gift card with too little', 'insufficient'],
    ['a code that nobody has issued', 'unknown'],
  ])('fails: %s', async (name, code) => {
    const h = await runStory(name);
    expect(await failure(h)).toMatchObject({ operation: 'authorize', code });
    expect((await types(h, 'giftcard-g')).at(-1)).toBe('BalanceHoldDeclined');
  });

  it('redeems a voucher in the same way', async () => {
    const h = await runStory('a voucher that pays and is refunded');
    const done = ['VoucherHeld', 'VoucherRedeemed', 'VoucherReleased', 'VoucherRefunded'];
    expect(await types(h, 'voucher-v')).toEqual(['VoucherIssued', ...done]);
  });

  it('fails without an instrument', async () => {
    const h = await run([pays('store-credit')]);
    expect(await failure(h)).toMatchObject({ code: 'no-instrument' });
  });

  it('fails when the instrument refuses', async () => {
    const h = new ProcessHarness([instruments], 500);
    for (const said of [card(5000), pays('gift-card', 'g'), capture(2000), refund(500)]) await say(h, said);
    h.refused = ({ type }) => type === 'CreditBalance';
    await h.settle();
    expect(await failure(h)).toMatchObject({ operation: 'refund', code: 'location-not-found' });
  });

  it('is ignored if a provider carries it out', async () => {
    const h = await run([pays('card')]);
    expect([h.dispatches, await types(h, 'payment-p')]).toEqual([0, ['PaymentInitiated', 'PaymentRequested']]);
  });

  it('is granted once if two payments request the last use', async () => {
    const h = await run([issued(1), pays('voucher', 'v'), pays('voucher', 'v', 'q')]);
    const ends = [...(await types(h, 'payment-p')), ...(await types(h, 'payment-q'))];
    expect(ends.filter((type) => /Authorized|Failed/.test(type)).toSorted()).toEqual([
      'PaymentAuthorized',
      'PaymentFailed',
    ]);
  });

  for (const [name, story] of Object.entries(stories)) {
    it(`ends the same after a crash at any point: ${name}`, async () => {
      const calm = await run(story);
      const finish = async (h: ProcessHarness) => ({
        log: (await h.log('payment-p', 'giftcard-g', 'voucher-v')).map(({ event }) => event),
        running: h.memory.running,
      });
      const expected = await finish(calm);
      expect(calm.dispatches).toBeGreaterThan(1);
      for (const batchSize of [1, 500]) {
        for (let at = 0; at < calm.dispatches; at++) {
          for (const moment of CRASH_MOMENTS) {
            expect(await finish(await run(story, { at, moment }, batchSize))).toEqual(expected);
          }
        }
      }
    });
  }
});

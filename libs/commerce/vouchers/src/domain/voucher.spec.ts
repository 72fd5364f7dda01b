import { describe, it } from '@jest/globals';
import { specification } from '#testing';
import { type DeclineCode, type VoucherEvent } from './instrument-messages.js';
import { voucher } from './voucher.js';

const given = specification(voucher.decider);

const LATER = '2026-06-01T00:00:00.000Z';
const voucherId = 'v';
const currency = 'JPY';

const issued = (uses: number, expiresAt?: string): VoucherEvent => ({
  type: 'VoucherIssued',
  data: { amount: 1000, currency, uses, ...(expiresAt !== undefined && { expiresAt }) },
});
const holdOf = (amount: number, holdId = 'p', operationId = 'a') => ({ holdId, operationId, orderId: 'o', amount });
const held = (amount: number, holdId = 'p'): VoucherEvent => ({ type: 'VoucherHeld', data: holdOf(amount, holdId) });
const redeemed = (amount: number, left: number): VoucherEvent => ({
  type: 'VoucherRedeemed',
  data: { ...holdOf(amount, 'p', 'c'), left },
});
const released = (amount: number, left: number, givenBack: boolean): VoucherEvent => ({
  type: 'VoucherReleased',
  data: { ...holdOf(amount, 'p', 'v'), left, givenBack },
});
const refunded = (amount: number, givenBack: boolean, operationId = 'r'): VoucherEvent => ({
  type: 'VoucherRefunded',
  data: { ...holdOf(amount, 'p', operationId), reason: 'returned', givenBack },
});
const declined = (amount: number, available: number, code: DeclineCode): VoucherEvent => ({
  type: 'VoucherHoldDeclined',
  data: { ...holdOf(amount), available, code },
});

const hold = (amount: number, holdId = 'p') =>
  ({ type: 'HoldVoucher', data: { voucherId, currency, ...holdOf(amount, holdId) } }) as const;
const redeem = (amount: number) =>
  ({ type: 'RedeemVoucher', data: { voucherId, holdId: 'p', operationId: 'c', amount } }) as const;
const release = { type: 'ReleaseVoucher', data: { voucherId, holdId: 'p', operationId: 'v' } } as const;
const refund = (amount: number, operationId = 'r') =>
  ({ type: 'RefundVoucher', data: { voucherId, holdId: 'p', operationId, amount, reason: 'returned' } }) as const;

describe('issuing a voucher', () => {
  const issue = { type: 'IssueVoucher', data: { voucherId, amount: 1000, currency, uses: 2 } } as const;

  it('records its amount and uses', () => given().when(issue).then(issued(2)));
  it('is refused for a code that is taken', () => given(issued(1)).when(issue).thenFails('voucher-exists'));
  it('is refused when all its uses could not be added up exactly', () =>
    given()
      .when({ ...issue, data: { ...issue.data, amount: 1_000_000_000_000, uses: 9_008 } })
      .thenFails('amount-out-of-range', { most: Number.MAX_SAFE_INTEGER }));
  it('is refused when the expiry is past', () =>
    given()
      .when({ ...issue, data: { ...issue.data, expiresAt: LATER } }, { decidedAt: LATER })
      .thenFails('expiry-passed'));
});

describe('a hold on a voucher', () => {
  it('takes one use for any amount up to that of the voucher', () =>
    given(issued(1)).when(hold(1000)).then(held(1000)));
  it('is declined above the amount of the voucher', () =>
    given(issued(1))
      .when(hold(1001))
      .then(declined(1001, 1000, 'exceeds-worth')));
  it('is declined when all uses are taken, however small their amounts', () =>
    given(issued(1), held(1, 'q'))
      .when(hold(1))
      .then(declined(1, 0, 'used-up')));
  it('is declined for an order that it pays already, however many uses are left', () =>
    given(issued(5), held(1, 'q'))
      .when(hold(1))
      .then(declined(1, 0, 'used-up')));
  it('is made again for an order that had it and gave it back', () =>
    given(issued(2), held(500), released(500, 0, true))
      .when(hold(500, 'q'))
      .then(held(500, 'q')));
  it('is made once', () => given(issued(2), held(500)).when(hold(500)).thenNothing());
  it('is declined for a voucher that was never issued', () =>
    given()
      .when(hold(1))
      .then(declined(1, 0, 'unknown')));
  it('is declined in another currency', () =>
    given(issued(1))
      .when({ ...hold(1), data: { ...hold(1).data, currency: 'KWD' } })
      .then(declined(1, 0, 'other-currency')));
  it('is declined after the expiry', () => {
    given(issued(1, LATER))
      .when(hold(1), { occurredAt: LATER })
      .then(declined(1, 0, 'expired'));
    given(issued(1, LATER), { type: 'VoucherExpired', data: {} })
      .when(hold(1))
      .then(declined(1, 0, 'expired'));
  });
});

describe('a use', () => {
  const start = [issued(1), held(900)];

  it('is free again when it is released and nothing was redeemed', () => {
    given(...start)
      .when(release)
      .then(released(900, 0, true));
    given(...start, released(900, 0, true))
      .when(hold(5, 'q'))
      .then(held(5, 'q'));
  });
  it('is spent once the smallest part is redeemed', () => {
    const partlyRedeemed = [...start, redeemed(1, 899)];
    given(...start)
      .when(redeem(1))
      .then(redeemed(1, 899));
    given(...partlyRedeemed)
      .when(release)
      .then(released(899, 0, false));
    given(...partlyRedeemed, released(899, 0, false))
      .when({ ...hold(5), data: { ...hold(5).data, holdId: 'q' } })
      .then({ type: 'VoucherHoldDeclined', data: { ...holdOf(5, 'q'), available: 0, code: 'used-up' } });
  });
  it('is not free again after a refund of a part', () =>
    given(...start, redeemed(900, 0))
      .when(refund(899))
      .then(refunded(899, false)));
  it('is free again once everything that was redeemed is refunded', () =>
    given(...start, redeemed(900, 0), refunded(899, false))
      .when(refund(1, 's'))
      .then(refunded(1, true, 's')));
  it('is free again at its release when everything that was redeemed is refunded', () => {
    const refundedInFull = [...start, redeemed(100, 800), refunded(100, false)];
    given(...start, redeemed(100, 800))
      .when(refund(100))
      .then(refunded(100, false));
    given(...refundedInFull)
      .when(release)
      .then(released(800, 0, true));
  });
  it('is redeemed, released and refunded once', () => {
    given(...start, redeemed(900, 0))
      .when(redeem(900))
      .thenNothing();
    given(...start, released(900, 0, true))
      .when(release)
      .thenNothing();
    given(...start, redeemed(900, 0), refunded(5, false))
      .when(refund(5))
      .thenNothing();
  });
  it('redeems no more than was held, and refunds no more than was redeemed', () => {
    given(...start)
      .when(redeem(901))
      .thenFails('hold-exceeded', { left: 900 });
    given(...start, redeemed(5, 895))
      .when(refund(6))
      .thenFails('hold-exceeded', { left: 5 });
  });
});

describe('the expiry of a voucher', () => {
  const expire = { type: 'ExpireVoucher', data: { voucherId } } as const;

  it('happens once, at its time', () => {
    given(issued(1, LATER)).when(expire, { occurredAt: LATER }).then({ type: 'VoucherExpired', data: {} });
    given(issued(1, LATER)).when(expire).thenNothing();
    given(issued(1, LATER), { type: 'VoucherExpired', data: {} }).when(expire, { occurredAt: LATER }).thenNothing();
  });
  it('leaves a payment the use that it holds', () =>
    given(issued(1, LATER), held(900), { type: 'VoucherExpired', data: {} })
      .when(redeem(900), { occurredAt: LATER })
      .then(redeemed(900, 0)));
});

import { describe, expect, it } from '@jest/globals';
import { aRecorded } from '#testing';
import { type GiftCardEvent, type VoucherEvent } from '#vouchers';
import { NoOverspentInstruments } from './no-overspent-instruments.js';

const violationsOf = (stream: string, ...events: (GiftCardEvent | VoucherEvent)[]) => {
  const checker = new NoOverspentInstruments();
  for (const event of events) checker.check(aRecorded(stream, event));
  return checker.violations.map(({ sentence }) => sentence);
};
const violationsOfCard = (...events: GiftCardEvent[]) => violationsOf('giftcard-g', card, ...events);
const violationsOfVoucher = (...events: VoucherEvent[]) => violationsOf('voucher-v', issued, ...events);

const hold = (holdId: string, amount: number) => ({ holdId, operationId: 'x', orderId: 'o', amount });
const card: GiftCardEvent = { type: 'GiftCardIssued', data: { amount: 10, currency: 'EUR' } };
const issued: VoucherEvent = { type: 'VoucherIssued', data: { amount: 10, currency: 'EUR', uses: 1 } };
const held = (holdId: string, amount: number): GiftCardEvent => ({ type: 'BalanceHeld', data: hold(holdId, amount) });
const voucherHeld = (holdId: string, amount: number): VoucherEvent => ({
  type: 'VoucherHeld',
  data: hold(holdId, amount),
});
const redeemed = (holdId: string, amount: number): GiftCardEvent => ({
  type: 'HoldRedeemed',
  data: { ...hold(holdId, amount), left: 0 },
});
const released = (holdId: string, amount: number): GiftCardEvent => ({
  type: 'HoldReleased',
  data: { ...hold(holdId, amount), left: 0 },
});
const refundReason = { reason: 'returned', givenBack: true };

describe('the check for overspent gift cards and vouchers', () => {
  it('finds no violation in what the rules allow', () => {
    const refunded: GiftCardEvent = { type: 'BalanceCredited', data: { ...hold('a', 4), ...refundReason } };
    const declined: GiftCardEvent = {
      type: 'BalanceHoldDeclined',
      data: { ...hold('c', 9), available: 0, code: 'insufficient' },
    };
    const adjusted: GiftCardEvent = { type: 'BalanceAdjusted', data: { operationId: 'k', delta: -4, reason: 'typo' } };
    const creditIssued: GiftCardEvent = {
      type: 'StoreCreditIssued',
      data: { operationId: 's', amount: 3, reason: 'goodwill' },
    };
    const expired: GiftCardEvent = { type: 'GiftCardExpired', data: { forfeited: 3 } };
    expect(
      violationsOfCard(
        held('a', 4),
        held('b', 6),
        declined,
        redeemed('a', 4),
        released('b', 6),
        refunded,
        adjusted,
        creditIssued,
        held('d', 6),
        expired,
      ),
    ).toEqual([]);
    const voucherRedeemed: VoucherEvent = { type: 'VoucherRedeemed', data: { ...hold('a', 5), left: 0 } };
    const refund: VoucherEvent = { type: 'VoucherRefunded', data: { ...hold('a', 5), ...refundReason } };
    expect(
      violationsOfVoucher(voucherHeld('a', 5), voucherRedeemed, refund, voucherHeld('b', 10), {
        type: 'VoucherExpired',
        data: {},
      }),
    ).toEqual([]);
  });

  it.each<[string, () => string[], string]>([
    ['an overdrawn gift card', () => violationsOfCard(held('a', 11)), '11 are held, but the balance is 10'],
    [
      'two holds that together exceed the balance',
      () => violationsOfCard(held('a', 6), held('b', 5)),
      '11 are held, but the balance is 10',
    ],
    [
      'an amount that is held and forfeited as well',
      () => violationsOfCard(held('a', 6), { type: 'GiftCardExpired', data: { forfeited: 10 } }),
      '6 are held, but the balance is 0',
    ],
    ['a hold that starts twice', () => violationsOfCard(held('a', 1), held('a', 1)), 'Hold a starts a second time'],
    [
      'a hold that ends twice',
      () => violationsOfCard(held('a', 1), redeemed('a', 1), released('a', 1)),
      'HoldReleased takes 1 of the 0 of hold a',
    ],
    [
      'the release of a hold that was never made',
      () => violationsOfCard(released('a', 1)),
      'Hold a was never made, but there is a HoldReleased',
    ],
    [
      'a refund of more than was redeemed',
      () =>
        violationsOfCard(held('a', 2), redeemed('a', 2), {
          type: 'BalanceCredited',
          data: { ...hold('a', 3), ...refundReason },
        }),
      'BalanceCredited takes 3 of the 2 of hold a',
    ],
    [
      'a voucher that is used twice',
      () => violationsOfVoucher(voucherHeld('a', 1), voucherHeld('b', 1)),
      'The voucher is used 2 times, but only 1 are allowed',
    ],
    [
      'a use above the amount of the voucher',
      () => violationsOfVoucher(voucherHeld('a', 11)),
      'Hold a takes 11, but the voucher pays at most 10',
    ],
  ])('finds %s', (_, found, sentence) => expect(found()).toEqual([sentence]));
});

import { describe, expect, it } from '@jest/globals';
import { aRecorded } from '#testing';
import { type GiftCardEvent, type VoucherEvent } from '#vouchers';
import { InstrumentsCovered } from './instruments-covered.js';

const faults = (stream: string, ...events: (GiftCardEvent | VoucherEvent)[]) => {
  const checker = new InstrumentsCovered();
  for (const event of events) checker.see(aRecorded(stream, event));
  return checker.violations.map(({ sentence }) => sentence);
};
const ofCard = (...events: GiftCardEvent[]) => faults('giftcard-g', card, ...events);
const ofVoucher = (...events: VoucherEvent[]) => faults('voucher-v', issued, ...events);

const of = (holdId: string, amount: number) => ({ holdId, operationId: 'x', orderId: 'o', amount });
const card: GiftCardEvent = { type: 'GiftCardIssued', data: { amount: 10, currency: 'EUR' } };
const issued: VoucherEvent = { type: 'VoucherIssued', data: { amount: 10, currency: 'EUR', uses: 1 } };
const held = (holdId: string, amount: number): GiftCardEvent => ({ type: 'BalanceHeld', data: of(holdId, amount) });
const used = (holdId: string, amount: number): VoucherEvent => ({ type: 'VoucherHeld', data: of(holdId, amount) });
const redeemed = (holdId: string, amount: number): GiftCardEvent => ({
  type: 'HoldRedeemed',
  data: { ...of(holdId, amount), left: 0 },
});
const released = (holdId: string, amount: number): GiftCardEvent => ({
  type: 'HoldReleased',
  data: { ...of(holdId, amount), left: 0 },
});
const back = { reason: 'returned', givenBack: true };

describe('the checker of gift cards and vouchers', () => {
  it('finds nothing in what the rules allow', () => {
    const refunded: GiftCardEvent = { type: 'BalanceCredited', data: { ...of('a', 4), ...back } };
    const declined: GiftCardEvent = {
      type: 'BalanceHoldDeclined',
      data: { ...of('c', 9), available: 0, code: 'insufficient' },
    };
    const adjusted: GiftCardEvent = { type: 'BalanceAdjusted', data: { operationId: 'k', delta: -4, reason: 'typo' } };
    const given: GiftCardEvent = {
      type: 'StoreCreditIssued',
      data: { operationId: 's', amount: 3, reason: 'goodwill' },
    };
    const end: GiftCardEvent = { type: 'GiftCardExpired', data: { forfeited: 3 } };
    expect(
      ofCard(
        held('a', 4),
        held('b', 6),
        declined,
        redeemed('a', 4),
        released('b', 6),
        refunded,
        adjusted,
        given,
        held('d', 6),
        end,
      ),
    ).toEqual([]);
    const spent: VoucherEvent = { type: 'VoucherRedeemed', data: { ...of('a', 5), left: 0 } };
    const refund: VoucherEvent = { type: 'VoucherRefunded', data: { ...of('a', 5), ...back } };
    expect(ofVoucher(used('a', 5), spent, refund, used('b', 10), { type: 'VoucherExpired', data: {} })).toEqual([]);
  });

  it.each<[string, () => string[], string]>([
    ['a card that owes more than it has', () => ofCard(held('a', 11)), '11 are held, but the balance is 10'],
    ['two payments that share a unit', () => ofCard(held('a', 6), held('b', 5)), '11 are held, but the balance is 10'],
    [
      'what is held and forfeited as well',
      () => ofCard(held('a', 6), { type: 'GiftCardExpired', data: { forfeited: 10 } }),
      '6 are held, but the balance is 0',
    ],
    ['a hold that starts twice', () => ofCard(held('a', 1), held('a', 1)), 'Hold a starts a second time'],
    [
      'a hold that ends twice',
      () => ofCard(held('a', 1), redeemed('a', 1), released('a', 1)),
      'HoldReleased takes 1 of the 0 of hold a',
    ],
    [
      'the end of a hold that never was',
      () => ofCard(released('a', 1)),
      'Hold a was never made, but there is a HoldReleased',
    ],
    [
      'a refund of more than was redeemed',
      () => ofCard(held('a', 2), redeemed('a', 2), { type: 'BalanceCredited', data: { ...of('a', 3), ...back } }),
      'BalanceCredited takes 3 of the 2 of hold a',
    ],
    ['a voucher that is used twice', () => ofVoucher(used('a', 1), used('b', 1)), '2 uses are taken of 1'],
    ['a use above its worth', () => ofVoucher(used('a', 11)), 'Hold a is above its worth'],
  ])('finds %s', (_, found, sentence) => expect(found()).toEqual([sentence]));
});

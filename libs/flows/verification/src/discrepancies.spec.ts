import { beforeAll, describe, expect, it } from '@jest/globals';
import { type Recorded } from '#event-store';
import { type Message } from '#kernel';
import {
  tradingDay,
  checkDay,
  followedBy,
  linesReturned as returned,
  refundedByPayment as refunded,
  takenBackElsewhere as takenBack,
  unitPrice,
} from './trading-day.fixture.js';

let day: readonly Recorded[];

beforeAll(async () => {
  ({ events: day } = await tradingDay());
});

const dayFollowedBy = (stream: string, ...events: readonly Message[]) => followedBy(day, stream, events);

describe('what people and outside systems did against the invariants is no violation, but is listed with what to do', () => {
  const tillReturn = { lineId: '1', quantity: 2, unitPrice, original: { orderId: 'o-2', lineId: '1' } };
  const again = { currency: 'GBP', lines: [tillReturn], credits: [], total: 3998 };
  const dispute = { orderId: 'o-2', operationId: 'x', operation: 'refund', expected: 0, reported: 500 };

  it.each<[string, string, RegExp, () => readonly Recorded[]]>([
    [
      'a receipt that a till returns twice',
      'returned-more-than-sold',
      /^4 units of line 1 of order o-2 were returned, but 3 were sold/,
      () => dayFollowedBy('return-rt-2', { type: 'ReturnRecorded', data: again }),
    ],
    [
      'a return at a till of units that were returned on request before',
      'returned-more-than-sold',
      /^4 units of line 1 of order o-2 were returned, but 3 were sold/,
      () => dayFollowedBy('order-o-2', returned(2)),
    ],
    [
      'money of two returns at tills beyond the sale',
      'refunded-more-than-captured',
      /^7996 minor units of order o-2 were given back \(7996 at tills\), but 5997 were captured/,
      () => dayFollowedBy('return-rt-2', { type: 'ReturnRecorded', data: again }),
    ],
    [
      'what a till gave beyond the order',
      'refunded-more-than-left',
      /^7997 minor units were given back, 2000 more than were left/,
      () => dayFollowedBy('order-o-2', takenBack({ paidBack: 7997, overpaid: 2000 })),
    ],
    [
      'refunds at tills and by hand together',
      'refunded-more-than-captured',
      /\(3998 at tills, 2500 by hand\), but 5997 were captured/,
      () => dayFollowedBy('payment-p', refunded('sorry', 2500)),
    ],
    [
      'refunds at tills, at the provider and as store credit together',
      'refunded-more-than-captured',
      /\(3998 at tills, 1500 at the provider, 500 as store credit\)/,
      () => [
        ...dayFollowedBy('payment-p', refunded('re_1', 1500, { atProvider: true })),
        ...dayFollowedBy('giftcard-g', {
          type: 'StoreCreditIssued',
          data: { operationId: 'sorry', amount: 500, reason: 'x', orderId: 'o-2' },
        }).slice(day.length),
      ],
    ],
    [
      'cash for a return that the till has paid before',
      'refunded-more-than-captured',
      /\(3998 at tills, 2000 in cash\)/,
      () =>
        dayFollowedBy('return-rt-9', { type: 'ReturnRefunded', data: { orderId: 'o-2', amount: 2000, by: 'cash' } }),
    ],
    [
      'a refund that the provider reports otherwise',
      'refunded-more-than-captured',
      /\(3998 at tills, 2500 by hand\)/,
      () =>
        dayFollowedBy('payment-p', refunded('x', 100), {
          type: 'PaymentDisputed',
          data: { ...dispute, expected: 100, reported: 2500 },
        }),
    ],
    [
      'a refund at the provider',
      'changed-at-provider',
      /^PaymentRefunded of 500 minor units/,
      () => dayFollowedBy('payment-p', refunded('re_1', 500, { atProvider: true })),
    ],
    [
      'a contradiction of the provider',
      'payment-disputed',
      /^The provider says 500 minor units for the refund, not 0/,
      () => dayFollowedBy('payment-p', { type: 'PaymentDisputed', data: dispute }),
    ],
    [
      'a return without a sale',
      'return-without-sale',
      /^Kontor has no order o-7/,
      () =>
        dayFollowedBy('return-rt-2', {
          type: 'ReturnRecorded',
          data: { ...again, lines: [{ ...tillReturn, original: { orderId: 'o-7', lineId: '1' } }] },
        }),
    ],
  ])('%s: %s', (_, name, sentence, events) => {
    const named = checkDay(events())
      .discrepancies()
      .filter((one) => one.name === name);
    expect(named).toMatchObject([{ whatToDo: expect.stringContaining('.'), count: 1 }]);
    expect(named[0]?.cases).toMatchObject([{ sentence: expect.stringMatching(sentence) }]);
  });

  it('a receipt that is returned twice breaks no invariant', () => {
    const { checkers } = checkDay(dayFollowedBy('return-rt-2', { type: 'ReturnRecorded', data: again }));
    expect(checkers.flatMap(({ violations }) => violations)).toEqual([]);
  });
});

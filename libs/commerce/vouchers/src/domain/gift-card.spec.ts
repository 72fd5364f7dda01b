import { describe, expect, it } from '@jest/globals';
import { specification } from '#testing';
import { giftCard } from './gift-card.js';
import { type GiftCardCommand, type GiftCardEvent } from './instrument-messages.js';

const given = specification(giftCard.decider);

const LATER = '2026-06-01T00:00:00.000Z';
const giftCardId = 'g';
const currency = 'EUR';

const issued = (amount: number, expiresAt?: string): GiftCardEvent => ({
  type: 'GiftCardIssued',
  data: { amount, currency, ...(expiresAt !== undefined && { expiresAt }) },
});
const holdOf = (amount: number, holdId = 'p', operationId = 'a') => ({ holdId, operationId, orderId: 'o', amount });
const held = (amount: number, holdId = 'p'): GiftCardEvent => ({ type: 'BalanceHeld', data: holdOf(amount, holdId) });
const redeemed = (amount: number, left: number): GiftCardEvent => ({
  type: 'HoldRedeemed',
  data: { ...holdOf(amount, 'p', 'c'), left },
});
const released = (amount: number, left: number): GiftCardEvent => ({
  type: 'HoldReleased',
  data: { ...holdOf(amount, 'p', 'v'), left },
});
const credited = (amount: number): GiftCardEvent => ({
  type: 'BalanceCredited',
  data: { ...holdOf(amount, 'p', 'r'), reason: 'returned' },
});

const hold = (amount: number, holdId = 'p') =>
  ({ type: 'HoldBalance', data: { giftCardId, currency, ...holdOf(amount, holdId) } }) as const;
const redeem = (amount: number) =>
  ({ type: 'RedeemHold', data: { giftCardId, holdId: 'p', operationId: 'c', amount } }) as const;
const release = (amount?: number) =>
  ({
    type: 'ReleaseHold',
    data: { giftCardId, holdId: 'p', operationId: 'v', ...(amount !== undefined && { amount }) },
  }) as const;
const refund = (amount: number) =>
  ({ type: 'CreditBalance', data: { giftCardId, holdId: 'p', operationId: 'r', amount, reason: 'returned' } }) as const;
const declined = (amount: number, available: number, code: 'insufficient' | 'unknown' | 'other-currency' | 'expired') =>
  ({ type: 'BalanceHoldDeclined', data: { ...holdOf(amount), available, code } }) as const;

describe('issuing a gift card', () => {
  const issue = { type: 'IssueGiftCard', data: { giftCardId, amount: 500, currency } } as const;

  it('records the amount', () => given().when(issue).then(issued(500)));
  it('is refused for a code that is taken', () => given(issued(1)).when(issue).thenFails('gift-card-exists'));
  it('is possible for a code that was tried before', () =>
    given(declined(1, 0, 'unknown'))
      .when(issue)
      .then(issued(500)));
  it('is refused when the expiry is past', () =>
    given()
      .when({ ...issue, data: { ...issue.data, expiresAt: '2026-01-01T11:59:59.000Z' } })
      .thenFails('expiry-passed'));
});

describe('store credit', () => {
  const data = { operationId: 'x', amount: 700, reason: 'goodwill' };
  const issue = {
    type: 'IssueStoreCredit',
    data: { giftCardId, currency, customerId: 'c-1', ...data, orderId: 'o' },
  } as const;
  const credit: GiftCardEvent = { type: 'StoreCreditIssued', data: { ...data, orderId: 'o' } };

  it('opens the account of a customer', () =>
    given()
      .when(issue)
      .then({ type: 'GiftCardIssued', data: { amount: 0, currency, customerId: 'c-1' } }, credit));
  it('is added to an existing account', () => given(issued(0)).when(issue).then(credit));
  it('is given once for an operation id', () => given(issued(0), credit).when(issue).thenNothing());
  it('is refused when all that was ever given could not be added up exactly', () => {
    const most = issued(Number.MAX_SAFE_INTEGER - 699);
    given(most).when(issue).thenFails('amount-out-of-range');
    given(most, held(600), redeemed(600, 0)).when(issue).thenFails('amount-out-of-range');
    given(issued(Number.MAX_SAFE_INTEGER - 700))
      .when(issue)
      .then(credit);
  });
  it('is kept in one currency', () =>
    given({ type: 'GiftCardIssued', data: { amount: 0, currency: 'GBP' } })
      .when(issue)
      .thenFails('other-currency', { currency: 'GBP' }));
});

describe('a hold', () => {
  const topUp: GiftCardEvent = { type: 'BalanceAdjusted', data: { operationId: 'k', delta: 9, reason: 'typo' } };

  it('may take the whole balance', () => given(issued(500)).when(hold(500)).then(held(500)));
  it('is declined for more than the other holds leave', () =>
    given(issued(500), held(300, 'q'))
      .when(hold(201))
      .then(declined(201, 200, 'insufficient')));
  it('is made once', () => given(issued(500), held(500)).when(hold(500)).thenNothing());
  it('that was declined stays declined when the balance has increased', () =>
    given(issued(5), declined(6, 5, 'insufficient'), topUp)
      .when(hold(6))
      .thenNothing());
  it('cannot be made twice for one payment', () =>
    given(issued(500), held(100))
      .when({ ...hold(100), data: { ...hold(100).data, operationId: 'another' } })
      .thenFails('hold-exists'));
  it('is declined for a card that was never issued', () =>
    given()
      .when(hold(1))
      .then(declined(1, 0, 'unknown')));
  it('is declined in another currency', () =>
    given(issued(500))
      .when({ ...hold(1), data: { ...hold(1).data, currency: 'JPY' } })
      .then(declined(1, 0, 'other-currency')));
  it('is declined after the expiry, even before that is recorded', () =>
    given(issued(500, LATER))
      .when(hold(1), { occurredAt: LATER })
      .then(declined(1, 0, 'expired')));
});

describe('a held amount', () => {
  const start = [issued(500), held(400)];

  it('is redeemed in parts', () =>
    given(...start)
      .when(redeem(300))
      .then(redeemed(300, 100)));
  it('is not redeemed beyond the hold', () =>
    given(...start)
      .when(redeem(401))
      .thenFails('hold-exceeded', { left: 400 }));
  it('is redeemed once', () =>
    given(...start, redeemed(300, 100))
      .when(redeem(300))
      .thenNothing());
  it('is released with all that remains of it', () =>
    given(...start, redeemed(300, 100))
      .when(release())
      .then(released(100, 0)));
  it('can be held by another payment after its release', () =>
    given(...start, released(400, 0))
      .when(hold(500, 'q'))
      .then(held(500, 'q')));
  it('ends once', () => {
    const ended = [...start, released(400, 0)];
    given(...ended)
      .when(release())
      .thenNothing();
    given(...ended)
      .when(redeem(1))
      .thenFails('hold-exceeded', { left: 0 });
  });
  it('must exist to be redeemed', () => given(issued(500)).when(redeem(1)).thenFails('hold-not-found'));
  it('is refunded up to the redeemed amount', () => {
    const partlyRedeemed = [...start, redeemed(300, 100)];
    given(...partlyRedeemed)
      .when(refund(300))
      .then(credited(300));
    given(...partlyRedeemed)
      .when(refund(301))
      .thenFails('hold-exceeded', { left: 300 });
    given(...partlyRedeemed, credited(300))
      .when(refund(300))
      .thenNothing();
  });
});

describe('a correction', () => {
  const adjust = (delta: number) =>
    ({ type: 'AdjustBalance', data: { giftCardId, operationId: 'k', delta, reason: 'typo' } }) as const;
  const adjusted: GiftCardEvent = { type: 'BalanceAdjusted', data: { operationId: 'k', delta: -100, reason: 'typo' } };

  it('may take the amount that is not held', () => given(issued(500), held(400)).when(adjust(-100)).then(adjusted));
  it('may not take more than that', () =>
    given(issued(500), held(400)).when(adjust(-101)).thenFails('balance-too-low', { available: 100 }));
  it('is made once', () => given(issued(500), adjusted).when(adjust(-100)).thenNothing());
  it('needs a card', () => given().when(adjust(1)).thenFails('gift-card-not-found'));
});

describe('the expiry of a gift card', () => {
  const expire = { type: 'ExpireGiftCard', data: { giftCardId } } as const;
  const expired: GiftCardEvent = { type: 'GiftCardExpired', data: { forfeited: 100 } };

  it('forfeits the amount that is not held', () =>
    given(issued(500, LATER), held(400)).when(expire, { occurredAt: LATER }).then(expired));
  it('happens at its time', () => given(issued(500, LATER)).when(expire).thenNothing());
  it('happens once', () =>
    given(issued(500, LATER), held(400), expired).when(expire, { occurredAt: LATER }).thenNothing());
  it('leaves a payment the amount that it holds', () =>
    given(issued(500, LATER), held(400), expired).when(redeem(400), { occurredAt: LATER }).then(redeemed(400, 0)));
  it('does not apply to amounts that come back after it, although nobody has recorded it yet', () => {
    const late = { occurredAt: LATER };
    const adjust = (delta: number): GiftCardCommand => ({
      type: 'AdjustBalance',
      data: { giftCardId, operationId: 'k', delta, reason: 'goodwill' },
    });
    const adjusted = (delta: number): GiftCardEvent => ({
      type: 'BalanceAdjusted',
      data: { operationId: 'k', delta, reason: 'goodwill' },
    });
    const start = [issued(500, LATER), held(400)];
    given(...start)
      .when(release(), late)
      .then(expired, released(400, 0));
    given(...start, redeemed(400, 0))
      .when(refund(400), late)
      .then(expired, credited(400));
    given(...start)
      .when(adjust(50), late)
      .then(expired, adjusted(50));
    given(...start)
      .when(adjust(-50), late)
      .then(adjusted(-50));
    given(...start)
      .when(release())
      .then(released(400, 0));
  });
  it('does not apply to amounts that are released afterwards', () => {
    const after = [issued(500, LATER), held(400), expired, released(400, 0)];
    given(...after)
      .when(hold(400, 'q'), { occurredAt: LATER })
      .then(held(400, 'q'));
    expect(given(...after).state().balance).toBe(400);
  });
});

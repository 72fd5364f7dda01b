import { describe, expect, it } from '@jest/globals';
import { type Message } from '#kernel';
import { type FoldedProjection, type RecordedAs } from '#projections';
import { aRecorded } from '#testing';
import { type GiftCardEvent, type VoucherEvent } from '../domain/instrument-messages.js';
import { giftCards, type GiftCardRow } from './gift-card.projection.js';
import { vouchers, type VoucherRow } from './voucher.projection.js';

const rowAfter = <Row extends object, Key extends keyof Row, Event extends Message>(
  projection: FoldedProjection<Row, Key, Event>,
  stream: string,
  events: readonly Event[],
): Row | undefined => {
  let row: Row | undefined;
  for (const event of events) {
    const recorded = aRecorded(stream, event) as RecordedAs<Event>;
    for (const key of projection.keysOf(recorded)) row = projection.project(row, recorded, key);
  }
  return row;
};

const card = (...events: GiftCardEvent[]) =>
  rowAfter<GiftCardRow, 'giftCardId', GiftCardEvent>(giftCards, 'giftcard-g', events);
const status = (...events: VoucherEvent[]) =>
  rowAfter<VoucherRow, 'voucherId', VoucherEvent>(vouchers, 'voucher-v', events);

const expiresAt = '2026-06-01T00:00:00.000Z';
const holdOf = (amount: number) => ({ holdId: 'p', operationId: 'x', orderId: 'o', amount });
const refundReason = { reason: 'returned', givenBack: true };

describe('the balance of a gift card', () => {
  const issued: GiftCardEvent = { type: 'GiftCardIssued', data: { amount: 500, currency: 'EUR', expiresAt } };
  const held: GiftCardEvent = { type: 'BalanceHeld', data: holdOf(300) };
  const redeemed: GiftCardEvent = { type: 'HoldRedeemed', data: { ...holdOf(200), left: 100 } };

  it('begins with the issued amount', () =>
    expect(card(issued)).toEqual({
      giftCardId: 'g',
      channel: 'web',
      customerId: null,
      currency: 'EUR',
      balance: 500,
      held: 0,
      issued: 500,
      redeemed: 0,
      forfeited: 0,
      expiresAt,
      issuedAt: '2026-01-01T12:00:00.000Z',
    }));

  it('goes down when a hold is redeemed, not when it is made', () => {
    expect(card(issued, held)).toMatchObject({ balance: 500, held: 300, redeemed: 0 });
    expect(card(issued, held, redeemed)).toMatchObject({ balance: 300, held: 100, redeemed: 200 });
  });

  it('goes up by released and refunded amounts', () => {
    const released: GiftCardEvent = { type: 'HoldReleased', data: { ...holdOf(100), left: 0 } };
    const credited: GiftCardEvent = { type: 'BalanceCredited', data: { ...holdOf(50), ...refundReason } };
    expect(card(issued, held, redeemed, released, credited)).toMatchObject({ balance: 350, held: 0, redeemed: 150 });
  });

  it('includes store credit and corrections', () => {
    const credit: GiftCardEvent = { type: 'StoreCreditIssued', data: { operationId: 's', amount: 70, reason: 'late' } };
    const adjusted: GiftCardEvent = { type: 'BalanceAdjusted', data: { operationId: 'k', delta: -20, reason: 'typo' } };
    expect(card(issued, credit, adjusted)).toMatchObject({ balance: 550, issued: 570 });
  });

  it('is forfeited at expiry, except for the held amount', () => {
    const expired: GiftCardEvent = { type: 'GiftCardExpired', data: { forfeited: 200 } };
    expect(card(issued, held, expired)).toMatchObject({ balance: 300, held: 300, forfeited: 200, expiresAt: null });
  });

  it('does not exist before the card is issued, even if its code was tried', () => {
    const declined: GiftCardEvent = {
      type: 'BalanceHoldDeclined',
      data: { ...holdOf(1), available: 0, code: 'unknown' },
    };
    expect(card(declined)).toBeUndefined();
    expect(card(declined, issued, declined)).toMatchObject({ balance: 500 });
  });
});

describe('the uses of a voucher', () => {
  const issued: VoucherEvent = { type: 'VoucherIssued', data: { amount: 500, currency: 'JPY', uses: 2, expiresAt } };
  const held: VoucherEvent = { type: 'VoucherHeld', data: holdOf(400) };
  const redeemed: VoucherEvent = { type: 'VoucherRedeemed', data: { ...holdOf(300), left: 100 } };
  const released = (givenBack: boolean): VoucherEvent => ({
    type: 'VoucherReleased',
    data: { ...holdOf(100), left: 0, givenBack },
  });

  it('are taken while they are held, and free again after the release', () => {
    expect(status(issued)).toMatchObject({ uses: 2, taken: 0, redeemed: 0, expired: false, expiresAt });
    expect(status(issued, held)).toMatchObject({ taken: 1 });
    expect(status(issued, held, released(true))).toMatchObject({ taken: 0 });
  });

  it('stay taken once redeemed, until everything is refunded', () => {
    const refund = (amount: number, givenBack: boolean): VoucherEvent => ({
      type: 'VoucherRefunded',
      data: { ...holdOf(amount), reason: 'returned', givenBack },
    });
    const partlyRedeemed = [issued, held, redeemed, released(false)];
    expect(status(...partlyRedeemed)).toMatchObject({ taken: 1, redeemed: 300 });
    expect(status(...partlyRedeemed, refund(100, false))).toMatchObject({ taken: 1, redeemed: 200 });
    expect(status(...partlyRedeemed, refund(300, true))).toMatchObject({ taken: 0, redeemed: 0 });
  });

  it('cannot be held after the expiry', () => {
    const declined: VoucherEvent = {
      type: 'VoucherHoldDeclined',
      data: { ...holdOf(1), available: 0, code: 'expired' },
    };
    expect(status(issued, { type: 'VoucherExpired', data: {} }, declined)).toMatchObject({ expired: true, taken: 0 });
  });
});

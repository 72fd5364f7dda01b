import { describe, expect, it } from '@jest/globals';
import { type Message } from '#kernel';
import { type FoldedProjection, type RecordedAs } from '#projections';
import { aRecorded } from '#testing';
import { type GiftCardEvent, type VoucherEvent } from '../domain/instrument-messages.js';
import { giftCardBalance, type GiftCardBalance } from './gift-card.projection.js';
import { voucherStatus, type VoucherStatus } from './voucher.projection.js';

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
  rowAfter<GiftCardBalance, 'giftCardId', GiftCardEvent>(giftCardBalance, 'giftcard-g', events);
const status = (...events: VoucherEvent[]) =>
  rowAfter<VoucherStatus, 'voucherId', VoucherEvent>(voucherStatus, 'voucher-v', events);

const expiresAt = '2026-06-01T00:00:00.000Z';
const of = (amount: number) => ({ holdId: 'p', operationId: 'x', orderId: 'o', amount });
const back = { reason: 'returned', givenBack: true };

describe('the balance of a gift card', () => {
  const issued: GiftCardEvent = { type: 'GiftCardIssued', data: { amount: 500, currency: 'EUR', expiresAt } };
  const held: GiftCardEvent = { type: 'BalanceHeld', data: of(300) };
  const redeemed: GiftCardEvent = { type: 'HoldRedeemed', data: { ...of(200), left: 100 } };

  it('begins with what it was issued for', () =>
    expect(card(issued)).toEqual({
      ...{ giftCardId: 'g', channel: 'web', customerId: null, currency: 'EUR', balance: 500, held: 0, issued: 500 },
      ...{ redeemed: 0, forfeited: 0, expiresAt, issuedAt: '2026-01-01T12:00:00.000Z' },
    }));

  it('goes down when a hold is redeemed, not when it is made', () => {
    expect(card(issued, held)).toMatchObject({ balance: 500, held: 300, redeemed: 0 });
    expect(card(issued, held, redeemed)).toMatchObject({ balance: 300, held: 100, redeemed: 200 });
  });

  it('gets back what is released and refunded', () => {
    const released: GiftCardEvent = { type: 'HoldReleased', data: { ...of(100), left: 0 } };
    const credited: GiftCardEvent = { type: 'BalanceCredited', data: { ...of(50), ...back } };
    expect(card(issued, held, redeemed, released, credited)).toMatchObject({ balance: 350, held: 0, redeemed: 150 });
  });

  it('counts what was added and corrected', () => {
    const credit: GiftCardEvent = { type: 'StoreCreditIssued', data: { operationId: 's', amount: 70, reason: 'late' } };
    const adjusted: GiftCardEvent = { type: 'BalanceAdjusted', data: { operationId: 'k', delta: -20, reason: 'typo' } };
    expect(card(issued, credit, adjusted)).toMatchObject({ balance: 550, issued: 570 });
  });

  it('is forfeited at its end but for what is held', () => {
    const expired: GiftCardEvent = { type: 'GiftCardExpired', data: { forfeited: 200 } };
    expect(card(issued, held, expired)).toMatchObject({ balance: 300, held: 300, forfeited: 200, expiresAt: null });
  });

  it('is none before the card is issued, whoever tries the code', () => {
    const declined: GiftCardEvent = {
      type: 'BalanceHoldDeclined',
      data: { ...of(1), available: 0, code: 'unknown' },
    };
    expect(card(declined)).toBeUndefined();
    expect(card(declined, issued, declined)).toMatchObject({ balance: 500 });
  });
});

describe('the uses of a voucher', () => {
  const issued: VoucherEvent = { type: 'VoucherIssued', data: { amount: 500, currency: 'JPY', uses: 2, expiresAt } };
  const held: VoucherEvent = { type: 'VoucherHeld', data: of(400) };
  const redeemed: VoucherEvent = { type: 'VoucherRedeemed', data: { ...of(300), left: 100 } };
  const released = (givenBack: boolean): VoucherEvent => ({
    type: 'VoucherReleased',
    data: { ...of(100), left: 0, givenBack },
  });

  it('are taken while they are held, and given back with the hold', () => {
    expect(status(issued)).toMatchObject({ uses: 2, taken: 0, redeemed: 0, expired: false, expiresAt });
    expect(status(issued, held)).toMatchObject({ taken: 1 });
    expect(status(issued, held, released(true))).toMatchObject({ taken: 0 });
  });

  it('stay taken once redeemed, until all of it has come back', () => {
    const refund = (amount: number, givenBack: boolean): VoucherEvent => ({
      type: 'VoucherRefunded',
      data: { ...of(amount), reason: 'returned', givenBack },
    });
    const spent = [issued, held, redeemed, released(false)];
    expect(status(...spent)).toMatchObject({ taken: 1, redeemed: 300 });
    expect(status(...spent, refund(100, false))).toMatchObject({ taken: 1, redeemed: 200 });
    expect(status(...spent, refund(300, true))).toMatchObject({ taken: 0, redeemed: 0 });
  });

  it('end', () => {
    const declined: VoucherEvent = { type: 'VoucherHoldDeclined', data: { ...of(1), available: 0, code: 'expired' } };
    expect(status(issued, { type: 'VoucherExpired', data: {} }, declined)).toMatchObject({ expired: true, taken: 0 });
  });
});

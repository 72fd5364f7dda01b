import { describe, expect, it } from '@jest/globals';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { Decide } from '#event-store';
import { storeCreditIdOf } from '#kernel';
import { aCause } from '#testing';
import { voucherCommands, voucherRoutes } from './voucher-commands.js';

const raise = (name: string): never => {
  throw new Error(`No command ${name}`);
};
const findCommand = (name: string) => voucherCommands.find((command) => command.name === name) ?? raise(name);
const digest = (kind: string, value: string) => `[${kind}:${value.length}]`;

const money = { amount: 500, currency: 'EUR' };
const card = { code: 'ABCD-1234-EFGH', ...money };
const credit = { customerId: 'c-1', operationId: 'g-1', reason: 'late parcel', ...money };
const correction = { giftCardId: 'c1', operationId: 'k-1', delta: -5, reason: 'typo' };

describe('a command to a gift card or voucher', () => {
  it.each([
    ['IssueGiftCard', card, []],
    ['IssueGiftCard', { ...card, amount: 0 }, ['amount']],
    ['IssueGiftCard', { ...card, expiresAt: '2030-01-31' }, ['expiresAt']],
    ['IssueVoucher', { ...card, uses: 1 }, []],
    ['IssueVoucher', card, ['uses']],
    ['IssueStoreCredit', credit, []],
    ['IssueStoreCredit', { ...credit, reason: 'card 4111111111111111' }, ['reason']],
    ['AdjustBalance', correction, []],
    ['AdjustBalance', { ...correction, delta: 0 }, ['delta']],
  ])('%s with the body %j has these invalid fields: %j', (name, body, invalid) =>
    expect(validateSync(plainToInstance(findCommand(name).dto, body)).map(({ property }) => property)).toEqual(invalid),
  );

  it('has the id in place of the code, and its expiry in UTC', () => {
    const { tokenizeSecrets, stream, message } = findCommand('IssueVoucher');
    const body = { ...card, uses: 2, expiresAt: '2030-01-31T12:00:00+02:00' };
    const tokenized = tokenizeSecrets?.(body, digest) ?? body;
    const voucherId = 'c[voucher:12]';
    const data = { ...money, uses: 2, expiresAt: '2030-01-31T10:00:00.000Z', voucherId };
    expect([tokenized, stream(tokenized)]).toEqual([data, `voucher-${voucherId}`]);
    const decide = message(tokenized, aCause());
    expect(decide).toBeInstanceOf(Decide);
    expect(decide).toMatchObject({ id: voucherId, command: { type: 'IssueVoucher', data } });
  });

  it('goes to the account of the customer, or to the gift card that a process names', () => {
    const { stream, message } = findCommand('IssueStoreCredit');
    const account = storeCreditIdOf('c-1', 'EUR');
    expect(stream(credit)).toBe(`giftcard-${account}`);
    expect(message(credit, aCause())).toMatchObject({
      id: account,
      command: { data: { giftCardId: account, ...credit, reason: 'other', note: credit.reason } },
    });
    expect(stream({ ...credit, giftCardId: 'c-of-a-code' })).toBe('giftcard-c-of-a-code');
  });
});

it('holds and redemptions go to the stream of their instrument', () => {
  const { HoldBalance, RedeemVoucher } = voucherRoutes;
  const hold = { holdId: 'h', operationId: 'o', amount: 1 };
  const redeem = { type: 'RedeemVoucher', data: { ...hold, voucherId: 'v' } } as const;
  const balance = { ...hold, giftCardId: 'g', orderId: 'o', currency: 'EUR' };
  expect(HoldBalance.stream({ type: 'HoldBalance', data: balance })).toBe('giftcard-g');
  expect(RedeemVoucher.stream(redeem)).toBe('voucher-v');
  expect(RedeemVoucher.message(redeem, aCause())).toMatchObject({ id: 'v', command: redeem });
});

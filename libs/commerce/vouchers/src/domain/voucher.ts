/**
 * A voucher: worth at most `worth` at each of its uses.
 *
 *   uses taken = holds that are open, or redeemed and not given back in full ≤ uses
 */
import { DomainError, type Cause, type Decider, type EventDefinition, type EventDefinitions } from '#kernel';
import { begin, isNewHold, partOf, redeem, refund, refundOf, release, remember, type Holds } from './holds.js';
import { type DeclineCode, type VoucherCommand, type VoucherEvent } from './instrument-messages.js';

type Data<Type extends VoucherCommand['type']> = Extract<VoucherCommand, { type: Type }>['data'];

export interface Voucher extends Holds {
  /** None until it is issued. */
  currency?: string;
  worth: number;
  uses: number;
  taken: number;
  expiresAt?: string | undefined;
  expired: boolean;
}

const initialState = (): Voucher => ({
  worth: 0,
  uses: 0,
  taken: 0,
  expired: false,
  holds: new Map(),
  operations: new Set(),
});

const decide = ({ type, data }: VoucherCommand, voucher: Readonly<Voucher>, cause: Cause): VoucherEvent[] => {
  switch (type) {
    case 'IssueVoucher':
      return issue(data, voucher, cause);
    case 'ExpireVoucher':
      return !voucher.expired && hasRunOut(voucher, cause) ? [{ type: 'VoucherExpired', data: {} }] : [];
    case 'HoldVoucher':
      return hold(data, voucher, cause);
    case 'RedeemVoucher': {
      const part = partOf(voucher, data);
      return part ? [{ type: 'VoucherRedeemed', data: part }] : [];
    }
    case 'ReleaseVoucher': {
      const part = partOf(voucher, data);
      return part ? [{ type: 'VoucherReleased', data: { ...part, givenBack: isUntouched(voucher, part) } }] : [];
    }
    case 'RefundVoucher':
      return refunded(data, voucher);
  }
};

const issue = (data: Data<'IssueVoucher'>, voucher: Readonly<Voucher>, cause: Cause): VoucherEvent[] => {
  const { voucherId, ...issued } = data;
  if (voucher.currency !== undefined) {
    throw new DomainError('voucher-exists', 'There is a voucher of this code: take another', { voucherId });
  }
  if (data.expiresAt !== undefined && data.expiresAt <= cause.occurredAt) {
    throw new DomainError('expiry-passed', 'The voucher would have ended before it began');
  }
  return [{ type: 'VoucherIssued', data: issued }];
};

const hasRunOut = ({ expiresAt, expired }: Readonly<Voucher>, { occurredAt }: Cause) =>
  expired || (expiresAt !== undefined && expiresAt <= occurredAt);

const hold = (data: Data<'HoldVoucher'>, voucher: Readonly<Voucher>, cause: Cause): VoucherEvent[] => {
  if (!isNewHold(voucher, data)) return [];
  const { holdId, operationId, orderId, amount } = data;
  const unfit = unfitness(voucher, data.currency, cause);
  const available = unfit ? 0 : voucher.worth;
  const held = { holdId, operationId, orderId, amount };
  return amount <= available
    ? [{ type: 'VoucherHeld', data: held }]
    : [{ type: 'VoucherHoldDeclined', data: { ...held, available, code: unfit ?? 'exceeds-worth' } }];
};

const unfitness = (voucher: Readonly<Voucher>, currency: string, cause: Cause): DeclineCode | undefined => {
  if (voucher.currency === undefined) return 'unknown';
  if (voucher.currency !== currency) return 'other-currency';
  if (hasRunOut(voucher, cause)) return 'expired';
  return voucher.taken < voucher.uses ? undefined : 'used-up';
};

const isUntouched = ({ holds }: Readonly<Voucher>, { holdId, left }: { holdId: string; left: number }) =>
  left === 0 && holds.get(holdId)?.redeemed === holds.get(holdId)?.refunded;

const refunded = (data: Data<'RefundVoucher'>, voucher: Readonly<Voucher>): VoucherEvent[] => {
  const part = refundOf(voucher, data);
  if (!part) return [];
  const held = voucher.holds.get(data.holdId);
  const givenBack = held?.left === 0 && held.refunded + part.amount === held.redeemed;
  return [{ type: 'VoucherRefunded', data: { ...part, reason: data.reason, givenBack } }];
};

const evolve = (voucher: Voucher, { type, data }: VoucherEvent): Voucher => {
  switch (type) {
    case 'VoucherIssued':
      voucher.currency = data.currency;
      voucher.worth = data.amount;
      voucher.uses = data.uses;
      voucher.expiresAt = data.expiresAt;
      return voucher;
    case 'VoucherExpired':
      voucher.expired = true;
      return voucher;
    case 'VoucherHeld':
      voucher.taken++;
      return begin(voucher, data);
    case 'VoucherHoldDeclined':
      return remember(voucher, data);
    case 'VoucherRedeemed':
      return redeem(voucher, data);
    case 'VoucherReleased':
      if (data.givenBack) voucher.taken--;
      return release(voucher, data);
    case 'VoucherRefunded':
      if (data.givenBack) voucher.taken--;
      return refund(voucher, data);
  }
};

const first: EventDefinition = { version: 1 };

const events: EventDefinitions<VoucherEvent> = {
  VoucherIssued: { version: 1, first: true },
  VoucherExpired: first,
  VoucherHeld: first,
  VoucherHoldDeclined: first,
  VoucherRedeemed: first,
  VoucherReleased: first,
  VoucherRefunded: first,
};

const decider: Decider<Voucher, VoucherCommand, VoucherEvent> = { initialState, decide, evolve };

/** A {@link StreamType} of #event-store; the domain does not import it. */
export const voucher = { category: 'voucher', decider, events, creates: ['IssueVoucher'] as const };

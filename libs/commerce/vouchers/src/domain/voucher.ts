/**
 * A voucher, which pays at most a fixed amount for each of a limited number of orders.
 *
 *   uses taken = holds that are open, or redeemed and not refunded in full ≤ uses
 */
import {
  amountOutOfRange,
  DomainError,
  type Cause,
  type DecisionCause,
  type Decider,
  type EventDefinition,
  type EventDefinitions,
} from '#kernel';
import {
  holdOf,
  startHold,
  isNewHold,
  takePart,
  redeemHold,
  refundHold,
  refundPart,
  releaseHold,
  rememberOperation,
  type Holds,
} from './holds.js';
import { type DeclineCode, type VoucherCommand, type VoucherEvent } from './instrument-messages.js';

type CommandData<Type extends VoucherCommand['type']> = Extract<VoucherCommand, { type: Type }>['data'];

export interface Voucher extends Holds {
  /** Undefined until it is issued. */
  currency?: string;
  /** What one use pays at most, in minor units. */
  amountPerUse: number;
  uses: number;
  usesTaken: number;
  expiresAt?: string | undefined;
  expired: boolean;
}

const initialState = (): Voucher => ({
  amountPerUse: 0,
  uses: 0,
  usesTaken: 0,
  expired: false,
  holds: new Map(),
  operations: new Set(),
});

const decide = ({ type, data }: VoucherCommand, voucher: Readonly<Voucher>, cause: DecisionCause): VoucherEvent[] => {
  switch (type) {
    case 'IssueVoucher':
      return issueVoucher(data, voucher, cause);
    case 'ExpireVoucher':
      return !voucher.expired && hasExpired(voucher, cause) ? [{ type: 'VoucherExpired', data: {} }] : [];
    case 'HoldVoucher':
      return holdVoucher(data, voucher, cause);
    case 'RedeemVoucher': {
      const part = takePart(voucher, data);
      return part ? [{ type: 'VoucherRedeemed', data: part }] : [];
    }
    case 'ReleaseVoucher': {
      const part = takePart(voucher, data);
      return part ? [{ type: 'VoucherReleased', data: { ...part, givenBack: isUnredeemed(voucher, part) } }] : [];
    }
    case 'RefundVoucher':
      return refundVoucher(data, voucher);
  }
};

const issueVoucher = (
  data: CommandData<'IssueVoucher'>,
  voucher: Readonly<Voucher>,
  cause: DecisionCause,
): VoucherEvent[] => {
  const { voucherId, ...issued } = data;
  if (voucher.currency !== undefined) {
    throw new DomainError('voucher-exists', 'There is a voucher with this code already: use another code', {
      voucherId,
    });
  }
  if (data.expiresAt !== undefined && data.expiresAt <= cause.decidedAt) {
    throw new DomainError('expiry-passed', 'The voucher would expire before it is issued');
  }
  if (!Number.isSafeInteger(data.amount * data.uses)) throw amountOutOfRange('All uses of the voucher');
  return [{ type: 'VoucherIssued', data: issued }];
};

const hasExpired = ({ expiresAt, expired }: Readonly<Voucher>, { occurredAt }: Cause) =>
  expired || (expiresAt !== undefined && expiresAt <= occurredAt);

const holdVoucher = (
  data: CommandData<'HoldVoucher'>,
  voucher: Readonly<Voucher>,
  cause: DecisionCause,
): VoucherEvent[] => {
  if (!isNewHold(voucher, data)) return [];
  const { holdId, operationId, orderId, amount } = data;
  const code = declineCode(voucher, data, cause);
  const available = code ? 0 : voucher.amountPerUse;
  const held = { holdId, operationId, orderId, amount };
  return amount <= available
    ? [{ type: 'VoucherHeld', data: held }]
    : [{ type: 'VoucherHoldDeclined', data: { ...held, available, code: code ?? 'exceeds-worth' } }];
};

const declineCode = (
  voucher: Readonly<Voucher>,
  { currency, orderId }: CommandData<'HoldVoucher'>,
  cause: Cause,
): DeclineCode | undefined => {
  if (voucher.currency === undefined) return 'unknown';
  if (voucher.currency !== currency) return 'other-currency';
  if (hasExpired(voucher, cause)) return 'expired';
  return voucher.usesTaken < voucher.uses && !isUsedBy(orderId, voucher) ? undefined : 'used-up';
};

/** An order takes one use, however many tenders it has. */
const isUsedBy = (orderId: string, { holds }: Readonly<Voucher>) =>
  holds.values().some((hold) => hold.orderId === orderId && (hold.remaining > 0 || hold.redeemed > hold.refunded));

const isUnredeemed = (voucher: Readonly<Voucher>, { holdId, left }: { holdId: string; left: number }) => {
  const { redeemed, refunded } = holdOf(voucher, { holdId });
  return left === 0 && redeemed === refunded;
};

const refundVoucher = (data: CommandData<'RefundVoucher'>, voucher: Readonly<Voucher>): VoucherEvent[] => {
  const part = refundPart(voucher, data);
  if (!part) return [];
  const { remaining, redeemed, refunded } = holdOf(voucher, data);
  const givenBack = remaining === 0 && refunded + part.amount === redeemed;
  return [{ type: 'VoucherRefunded', data: { ...part, reason: data.reason, givenBack } }];
};

const evolve = (voucher: Voucher, { type, data }: VoucherEvent): Voucher => {
  switch (type) {
    case 'VoucherIssued':
      voucher.currency = data.currency;
      voucher.amountPerUse = data.amount;
      voucher.uses = data.uses;
      voucher.expiresAt = data.expiresAt;
      return voucher;
    case 'VoucherExpired':
      voucher.expired = true;
      return voucher;
    case 'VoucherHeld':
      voucher.usesTaken++;
      return startHold(voucher, data);
    case 'VoucherHoldDeclined':
      return rememberOperation(voucher, data);
    case 'VoucherRedeemed':
      return redeemHold(voucher, data);
    case 'VoucherReleased':
      if (data.givenBack) voucher.usesTaken--;
      return releaseHold(voucher, data);
    case 'VoucherRefunded':
      if (data.givenBack) voucher.usesTaken--;
      return refundHold(voucher, data);
  }
};

const inVersion1: EventDefinition = { version: 1 };

const events: EventDefinitions<VoucherEvent> = {
  VoucherIssued: { version: 1, first: true },
  VoucherExpired: inVersion1,
  VoucherHeld: inVersion1,
  VoucherHoldDeclined: inVersion1,
  VoucherRedeemed: inVersion1,
  VoucherReleased: inVersion1,
  VoucherRefunded: inVersion1,
};

const decider: Decider<Voucher, VoucherCommand, VoucherEvent> = { initialState, decide, evolve };

/** A {@link StreamType} of #event-store; the domain does not import it. */
export const voucher = { category: 'voucher', decider, events, creates: ['IssueVoucher'] as const };

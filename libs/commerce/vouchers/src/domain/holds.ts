import { DomainError } from '#kernel';

/** An amount of a gift card or voucher that is held for one payment, in minor units. It has ended once nothing remains. */
export interface Hold {
  readonly orderId: string;
  remaining: number;
  redeemed: number;
  refunded: number;
}

/** All holds that were ever made, and every operation on them that was answered. */
export interface Holds {
  readonly holds: Map<string, Hold>;
  readonly operations: Set<string>;
}

interface HoldOperation {
  readonly holdId: string;
  readonly operationId: string;
}

const operationKey = ({ holdId, operationId }: HoldOperation) => `${holdId}/${operationId}`;

/** Returns false for a repeated request. @throws DomainError hold-exists when the payment has another hold already */
export const isNewHold = ({ holds, operations }: Readonly<Holds>, request: HoldOperation): boolean => {
  if (operations.has(operationKey(request))) return false;
  if (holds.has(request.holdId)) throw new DomainError('hold-exists', `There is a hold ${request.holdId} already`);
  return true;
};

type HoldPart = HoldOperation & { readonly amount: number };

/**
 * The part of a hold that is redeemed or released: all of it if no amount is given. Undefined for a repeated operation.
 * @throws DomainError hold-not-found, hold-exceeded
 */
export const takePart = (all: Readonly<Holds>, operation: HoldOperation & { readonly amount?: number }) => {
  const hold = holdOf(all, operation);
  const { amount = hold.remaining } = operation;
  const part = checkedPart(all, { ...operation, amount }, hold.remaining);
  return part && { ...part, left: hold.remaining - amount };
};

/** The part of the redeemed amount that is refunded. Undefined for a repeated operation. @throws DomainError hold-not-found, hold-exceeded */
export const refundPart = (all: Readonly<Holds>, operation: HoldPart) => {
  const { redeemed, refunded } = holdOf(all, operation);
  return checkedPart(all, operation, redeemed - refunded);
};

const checkedPart = (all: Readonly<Holds>, { holdId, operationId, amount }: HoldPart, available: number) => {
  if (all.operations.has(operationKey({ holdId, operationId }))) return undefined;
  if (amount >= 1 && amount <= available) {
    return { holdId, operationId, orderId: holdOf(all, { holdId }).orderId, amount };
  }
  throw new DomainError('hold-exceeded', `Only ${available} is left of the hold`, { left: available });
};

export const holdOf = ({ holds }: Readonly<Holds>, { holdId }: Pick<HoldOperation, 'holdId'>): Hold => {
  const hold = holds.get(holdId);
  if (hold) return hold;
  throw new DomainError('hold-not-found', `There is no hold ${holdId}: hold it first`);
};

export const startHold = <All extends Holds>(all: All, data: HoldPart & { readonly orderId: string }): All => {
  all.holds.set(data.holdId, { orderId: data.orderId, remaining: data.amount, redeemed: 0, refunded: 0 });
  return rememberOperation(all, data);
};

export const redeemHold = <All extends Holds>(all: All, data: HoldPart): All => {
  const hold = holdOf(all, data);
  hold.remaining -= data.amount;
  hold.redeemed += data.amount;
  return rememberOperation(all, data);
};

export const releaseHold = <All extends Holds>(all: All, data: HoldPart): All => {
  holdOf(all, data).remaining -= data.amount;
  return rememberOperation(all, data);
};

export const refundHold = <All extends Holds>(all: All, data: HoldPart): All => {
  holdOf(all, data).refunded += data.amount;
  return rememberOperation(all, data);
};

export const rememberOperation = <All extends Holds>(all: All, operation: HoldOperation): All => {
  all.operations.add(operationKey(operation));
  return all;
};

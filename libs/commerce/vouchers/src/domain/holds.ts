import { DomainError } from '#kernel';

/** What a payment took of a gift card or voucher. It has ended once nothing is left. */
export interface Hold {
  readonly orderId: string;
  left: number;
  redeemed: number;
  refunded: number;
}

/** All holds that there ever were, and every operation that was answered. */
export interface Holds {
  readonly holds: Map<string, Hold>;
  readonly operations: Set<string>;
}

interface Operation {
  readonly holdId: string;
  readonly operationId: string;
}

const keyOf = ({ holdId, operationId }: Operation) => `${holdId}/${operationId}`;

/** @throws DomainError hold-exists, when the payment has another hold already */
export const isNewHold = ({ holds, operations }: Readonly<Holds>, request: Operation): boolean => {
  if (operations.has(keyOf(request))) return false;
  if (holds.has(request.holdId)) throw new DomainError('hold-exists', `There is a hold ${request.holdId} already`);
  return true;
};

type Part = Operation & { readonly amount: number };

/**
 * What to take from a hold, all without an amount; undefined for a repeat.
 * @throws DomainError hold-not-found, hold-exceeded
 */
export const partOf = (all: Readonly<Holds>, operation: Operation & { readonly amount?: number }) => {
  const hold = holdOf(all, operation);
  const { amount = hold.left } = operation;
  const part = sliceOf(all, { ...operation, amount }, hold.left);
  return part && { ...part, left: hold.left - amount };
};

/** What to give back of what was redeemed; undefined for a repeat. @throws DomainError hold-not-found, hold-exceeded */
export const refundOf = (all: Readonly<Holds>, operation: Part) => {
  const { redeemed, refunded } = holdOf(all, operation);
  return sliceOf(all, operation, redeemed - refunded);
};

const sliceOf = (all: Readonly<Holds>, { holdId, operationId, amount }: Part, most: number) => {
  if (all.operations.has(keyOf({ holdId, operationId }))) return undefined;
  if (amount >= 1 && amount <= most) {
    return { holdId, operationId, orderId: holdOf(all, { holdId }).orderId, amount };
  }
  throw new DomainError('hold-exceeded', `Only ${most} is left of the hold`, { left: most });
};

const holdOf = ({ holds }: Readonly<Holds>, { holdId }: Pick<Operation, 'holdId'>): Hold => {
  const hold = holds.get(holdId);
  if (hold) return hold;
  throw new DomainError('hold-not-found', `There is no hold ${holdId}: hold it first`);
};

/** Folds: the start of a hold, what becomes of it, and an answer that changed nothing. */
export const begin = <All extends Holds>(all: All, data: Part & { readonly orderId: string }): All => {
  all.holds.set(data.holdId, { orderId: data.orderId, left: data.amount, redeemed: 0, refunded: 0 });
  return remember(all, data);
};

export const redeem = <All extends Holds>(all: All, data: Part): All => {
  const hold = holdOf(all, data);
  hold.left -= data.amount;
  hold.redeemed += data.amount;
  return remember(all, data);
};

export const release = <All extends Holds>(all: All, data: Part): All => {
  holdOf(all, data).left -= data.amount;
  return remember(all, data);
};

export const refund = <All extends Holds>(all: All, data: Part): All => {
  holdOf(all, data).refunded += data.amount;
  return remember(all, data);
};

export const remember = <All extends Holds>(all: All, operation: Operation): All => {
  all.operations.add(keyOf(operation));
  return all;
};

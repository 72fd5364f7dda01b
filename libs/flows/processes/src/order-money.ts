/**
 * What the money of one order should do: how much is to be captured, given up and refunded, over all its payments. Pure
 * arithmetic on minor units; it names the operations of each payment, so that a repeat asks for the same ones.
 */
import { type CapturePolicy, type LineQuantity } from '#orders';

type Kind = 'capture' | 'void' | 'refund';

export interface Step {
  readonly kind: Kind;
  readonly amount: number;
  readonly state: 'asked' | 'done' | 'failed';
  /** The refund of a return that it is for. */
  readonly refundId?: string;
  /** Somebody else has asked for it. */
  readonly byHand?: true;
}

/** One payment. */
export interface Purse {
  readonly paymentId: string;
  readonly tenderId: string;
  /** Its stream has begun. */
  readonly begun?: true;
  readonly authorized: number;
  /** Declined, or given up altogether. */
  readonly closed?: true;
  readonly steps: Readonly<Record<string, Step>>;
}

interface ReturnRefund {
  readonly refundId: string;
  readonly returnId: string;
  readonly amount: number;
  /** Waits for a person. */
  readonly failed?: true;
}

/** Lines that an edit has added, of which some units have no place yet. */
export interface Unplaced {
  readonly worth: number;
  /** Units without a place, by line. */
  readonly units: Readonly<Record<string, number>>;
}

export interface Money {
  readonly capture: CapturePolicy;
  readonly phase: 'placed' | 'confirmed' | 'rejected';
  /** Nothing of it is ever shipped. */
  readonly onlyCharges: boolean;
  /** The total less what was cancelled, with what edits added. */
  readonly payable: number;
  /** Nobody pays for what may turn out to be sold. */
  readonly unplaced?: readonly Unplaced[];
  /** What the units are worth that have left. */
  readonly left: number;
  /** In the order of the tenders. */
  readonly purses: readonly Purse[];
  readonly refunds: readonly ReturnRefund[];
}

/** One operation to ask for. */
export interface Wanted {
  readonly paymentId: string;
  readonly operationId: string;
  readonly kind: Kind;
  readonly amount: number;
  readonly refundId?: string;
}

const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);

const total = (purse: Purse, wanted: (step: Step) => boolean) =>
  sum(
    Object.values(purse.steps)
      .filter(wanted)
      .map(({ amount }) => amount),
  );

/** What is asked for counts as had. */
const captured = (purse: Purse) => total(purse, ({ kind, state }) => kind === 'capture' && state !== 'failed');

/** Authorised, and neither captured nor given up. Nothing where that has failed before: it is for a person. */
const open = (purse: Purse) => {
  if (purse.closed || Object.values(purse.steps).some(({ kind, state }) => kind !== 'refund' && state === 'failed')) {
    return 0;
  }
  return purse.authorized - captured(purse) - total(purse, ({ kind, state }) => kind === 'void' && state !== 'failed');
};

const refundable = (purse: Purse) =>
  total(purse, ({ kind, state }) => kind === 'capture' && state === 'done') -
  total(purse, ({ kind, state }) => kind === 'refund' && state !== 'failed');

/** What is refunded for one request of a return, or, without one, for what was cancelled. */
export const refundedFor = ({ purses }: Money, refundId: string | undefined, states = ['asked', 'done']) =>
  sum(
    purses.map((purse) =>
      total(purse, (step) => step.kind === 'refund' && step.refundId === refundId && states.includes(step.state)),
    ),
  );

/** Refunded for what was cancelled. */
const isGivenBack = (step: Step) => step.kind === 'refund' && step.state !== 'failed' && !step.refundId && !step.byHand;

/** What pays for the order as it is now. */
const kept = (purses: readonly Purse[]) => sum(purses.map((purse) => captured(purse) - total(purse, isGivenBack)));

/** Cuts an amount into what each purse has, the first first. */
const spread = (
  amount: number,
  purses: readonly Purse[],
  has: (purse: Purse) => number,
  step: Pick<Wanted, 'kind' | 'refundId'>,
): Wanted[] => {
  let rest = amount;
  return purses.flatMap((purse) => {
    const part = Math.min(rest, has(purse));
    if (part <= 0) return [];
    rest -= part;
    const operationId = `settle/${Object.keys(purse.steps).length}`;
    return [{ ...step, paymentId: purse.paymentId, operationId, amount: part }];
  });
};

const toCapture = ({ phase, capture, onlyCharges, payable, unplaced = [], left, purses }: Money): Wanted[] => {
  if (phase !== 'confirmed') return [];
  const placed = payable - sum(unplaced.map(({ worth }) => worth));
  const due = capture === 'now' || onlyCharges ? placed : left;
  return spread(due - kept(purses), purses, open, { kind: 'capture' });
};

const toGiveUp = ({ phase, payable, purses }: Money): Wanted[] => {
  if (phase === 'placed') return [];
  const needed = Math.max(0, payable - kept(purses));
  return spread(sum(purses.map(open)) - needed, purses.toReversed(), open, { kind: 'void' });
};

/** What was captured beyond what is payable. A refund that has failed is for a person. */
const toRefundForCancelled = (money: Money): Wanted[] => {
  const { phase, payable, purses } = money;
  if (phase === 'placed') return [];
  const over = sum(purses.map(captured)) - payable - refundedFor(money, undefined, ['asked', 'done', 'failed']);
  return spread(over, purses.toReversed(), refundable, { kind: 'refund' });
};

const toRefundForReturns = (money: Money): Wanted[] => {
  for (const { refundId, amount, failed } of money.refunds) {
    const missing = failed ? 0 : amount - refundedFor(money, refundId);
    const wanted = spread(missing, money.purses.toReversed(), refundable, { kind: 'refund', refundId });
    if (wanted.length > 0) return wanted;
  }
  return [];
};

/** Everything that should be asked for now, and the money as if it had been. */
export const settled = (money: Money): { readonly money: Money; readonly wanted: readonly Wanted[] } => {
  let current = money;
  const all: Wanted[] = [];
  for (;;) {
    const wanted = [toCapture, toGiveUp, toRefundForCancelled, toRefundForReturns]
      .values()
      .map((next) => next(current))
      .find((found) => found.length > 0);
    if (!wanted) return { money: current, wanted: all };
    all.push(...wanted);
    for (const { paymentId, operationId, kind, amount, refundId } of wanted) {
      const step: Step = { kind, amount, state: 'asked', ...(refundId !== undefined && { refundId }) };
      current = withStep(current, paymentId, operationId, step);
    }
  }
};

/** Some units have their place now, or are cancelled. */
export const placedNow = (unplaced: readonly Unplaced[], answered: readonly LineQuantity[]): Unplaced[] =>
  unplaced
    .map(({ worth, units }) => ({ worth, units: lessUnits(units, answered) }))
    .filter(({ units }) => Object.values(units).some((quantity) => quantity > 0));

const lessUnits = (units: Unplaced['units'], answered: readonly LineQuantity[]) =>
  Object.fromEntries(
    Object.entries(units).map(([lineId, quantity]) => [
      lineId,
      quantity - sum(answered.filter((one) => one.lineId === lineId).map((one) => one.quantity)),
    ]),
  );

export const withPurse = (money: Money, paymentId: string, change: (purse: Purse) => Purse): Money => ({
  ...money,
  purses: money.purses.map((purse) => (purse.paymentId === paymentId ? change(purse) : purse)),
});

/** A step that was asked for keeps what it is for. */
export const withStep = (money: Money, paymentId: string, operationId: string, step: Step): Money =>
  withPurse(money, paymentId, (purse) => {
    const known = purse.steps[operationId];
    const { refundId } = known ?? step;
    const kept = { ...step, ...(refundId !== undefined && { refundId }) };
    return { ...purse, steps: { ...purse.steps, [operationId]: kept } };
  });

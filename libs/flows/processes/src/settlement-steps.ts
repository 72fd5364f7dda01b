/** How the settlement of an order answers what happens to its payments. */
import { type Intent, type Reaction } from '#kernel';
import { paymentIdOf, type Tender } from '#orders';
import { type PaymentEvent } from '#payments';
import { type ReturnEvent } from '#returns';
import { type CommandRefused } from './command-refused.js';
import {
  refundedFor,
  settled,
  withPurse,
  withStep,
  type Money,
  type Purse,
  type Step,
  type Wanted,
} from './order-money.js';

type PaymentData<Type extends PaymentEvent['type']> = Extract<PaymentEvent, { type: Type }>['data'];
export type PaymentStep = Extract<PaymentEvent, { type: 'PaymentCaptured' | 'PaymentVoided' | 'PaymentRefunded' }>;

export interface Settlement extends Money {
  readonly orderId: string;
  readonly currency: string;
}

export const purseOf = (orderId: string, { tenderId }: Tender): Purse => ({
  paymentId: paymentIdOf(orderId, tenderId),
  tenderId,
  authorized: 0,
  steps: {},
});

export const requestPayment = (orderId: string, currency: string, { tenderId, ...terms }: Tender): Intent => ({
  type: 'RequestPayment',
  data: { paymentId: paymentIdOf(orderId, tenderId), orderId, currency, ...terms },
});

const COMMANDS = { capture: 'CapturePayment', void: 'VoidPayment', refund: 'RefundPayment' } as const;

const ask = ({ kind, refundId, ...data }: Wanted): Intent => ({
  type: COMMANDS[kind],
  data: { ...data, ...(kind === 'refund' && { reason: refundId ?? 'cancelled' }) },
});

export const nothing = (state: Settlement): Reaction<Settlement> => ({ state, intents: [] });

/** Goes on to where the money should be. */
export const settle = (state: Settlement, before: readonly Intent[] = []): Reaction<Settlement> => {
  const { money, wanted } = settled(state);
  return { state: { ...state, ...money }, intents: [...before, ...wanted.map(ask)] };
};

const close = <M extends Money>(money: M, paymentId: string): M => ({
  ...money,
  ...withPurse(money, paymentId, (purse) => ({ ...purse, closed: true as const })),
});

const giveUpAll = (paymentId: string, operationId: string): Intent => ({
  type: 'VoidPayment',
  data: { paymentId, operationId },
});

/** A rejected order gives everything up, also what is authorised only now. */
export const giveUp = (state: Settlement): Reaction<Settlement> => {
  const given = state.purses.filter((purse) => purse.begun && !purse.closed).map(({ paymentId }) => paymentId);
  return settle(
    given.reduce(close, state),
    given.map((paymentId) => giveUpAll(paymentId, 'rejected')),
  );
};

export const begun = (state: Settlement, paymentId: string): Reaction<Settlement> => {
  const next = { ...state, ...withPurse(state, paymentId, (purse) => ({ ...purse, begun: true as const })) };
  return next.phase === 'rejected' ? giveUp(next) : nothing(next);
};

/** A tender after the checkout is taken whole or not at all. */
export const authorized = (
  state: Settlement,
  paymentId: string,
  { amount, requested }: PaymentData<'PaymentAuthorized'>,
): Reaction<Settlement> => {
  const purse = state.purses.find((one) => one.paymentId === paymentId);
  if (!purse || purse.closed) return nothing(state);
  if (amount < requested && state.phase === 'confirmed') {
    const { state: next = state, intents } = declined(state, purse, 'partly-authorized');
    return { state: next, intents: [...intents, giveUpAll(paymentId, 'partly-authorized')] };
  }
  return settle({ ...state, ...withPurse(state, paymentId, (one) => ({ ...one, authorized: amount })) });
};

const KINDS = { PaymentCaptured: 'capture', PaymentVoided: 'void', PaymentRefunded: 'refund' } as const;

export const done = (state: Settlement, paymentId: string, { type, data }: PaymentStep): Reaction<Settlement> => {
  const { operationId, amount } = data;
  const before = state.purses.find((purse) => purse.paymentId === paymentId)?.steps[operationId];
  if (before?.state === 'done') return nothing(state);
  const step: Step = { kind: KINDS[type], amount, state: 'done', ...(!before && { byHand: true }) };
  const next: Settlement = { ...state, ...withStep(state, paymentId, operationId, step) };
  const refund = next.refunds.find(({ refundId }) => refundId === before?.refundId);
  if (!refund) return settle(next);
  const told: Intent = { type: 'RecordReturnRefund', data: { returnId: refund.returnId, amount } };
  return settle(next, [told, ...failureOf(next, refund.refundId, 'refund-failed')]);
};

/** The return hears of it once nothing of the refund is under way. */
const failureOf = (state: Settlement, refundId: string, code: string): Intent[] => {
  const refund = state.refunds.find((one) => one.refundId === refundId);
  if (!refund?.failed || refundedFor(state, refundId, ['asked']) > 0) return [];
  return [{ type: 'RecordReturnRefundFailure', data: { returnId: refund.returnId, code } }];
};

export const failed = (
  state: Settlement,
  paymentId: string,
  { operation, operationId, amount, code }: PaymentData<'PaymentFailed'>,
): Reaction<Settlement> => {
  const purse = state.purses.find((one) => one.paymentId === paymentId);
  if (!purse || purse.closed || purse.steps[operationId]?.state === 'failed') return nothing(state);
  if (operation === 'authorize') return declined(state, purse, code);
  const refundId = purse.steps[operationId]?.refundId;
  const step: Step = { kind: operation, amount, state: 'failed' };
  const next: Settlement = { ...state, ...withStep(state, paymentId, operationId, step) };
  if (refundId !== undefined) return refundFailed(next, refundId, code);
  const holdId = `payment-${operation}-failed`;
  const reason = `${paymentId}: ${code}`;
  return settle(next, [{ type: 'HoldOrder', data: { orderId: state.orderId, holdId, reason } }]);
};

const OPERATIONS: Readonly<Record<string, Step['kind']>> = {
  CapturePayment: 'capture',
  VoidPayment: 'void',
  RefundPayment: 'refund',
};

/** Somebody else has moved the money of a payment: what we asked for there is not possible any more. */
export const refused = (
  state: Settlement,
  { command, code, paymentId = '', operationId = '' }: CommandRefused['data'],
): Reaction<Settlement> => {
  const step = state.purses.find((purse) => purse.paymentId === paymentId)?.steps[operationId];
  const operation = OPERATIONS[command];
  if (!operation || step?.state !== 'asked') return nothing(state);
  return failed(state, paymentId, { orderId: state.orderId, operation, operationId, amount: step.amount, code });
};

/** At the checkout the checkout rejects the order; a later tender is due again. */
const declined = (state: Settlement, { paymentId, tenderId }: Purse, reason: string): Reaction<Settlement> => {
  const next = close(state, paymentId);
  if (state.phase !== 'confirmed') return nothing(next);
  return { state: next, intents: [{ type: 'DropTender', data: { orderId: state.orderId, tenderId, reason } }] };
};

const refundFailed = (state: Settlement, refundId: string, code: string): Reaction<Settlement> => {
  const refunds = state.refunds.map((one) => (one.refundId === refundId ? { ...one, failed: true as const } : one));
  const next = { ...state, refunds };
  return { state: next, intents: failureOf(next, refundId, code) };
};

/** More than was ever captured cannot be given back by us. */
export const refundReturn = (
  state: Settlement,
  { refundId, returnId, amount }: Extract<ReturnEvent, { type: 'ReturnRefundRequested' }>['data'],
): Reaction<Settlement> => {
  if (state.refunds.some((one) => one.refundId === refundId)) return nothing(state);
  const { state: next = state, intents } = settle({
    ...state,
    refunds: [...state.refunds, { refundId, returnId, amount }],
  });
  if (refundedFor(next, refundId) >= amount) return { state: next, intents };
  const failure = refundFailed(next, refundId, 'exceeds-captured');
  return { ...failure, intents: [...intents, ...failure.intents] };
};

export const tendered = (state: Settlement, tenders: readonly Tender[]): Reaction<Settlement> => {
  const { orderId, currency } = state;
  const fresh = tenders.filter(({ tenderId }) => !state.purses.some((purse) => purse.tenderId === tenderId));
  return {
    state: { ...state, purses: [...state.purses, ...fresh.map((tender) => purseOf(orderId, tender))] },
    intents: fresh.map((tender) => requestPayment(orderId, currency, tender)),
  };
};

/** Operations one after the other: which may begin, what they are once they are done. */
import { DomainError } from '#kernel';
import {
  type Asked,
  type Operation,
  type PaymentEvent,
  type PaymentTerms,
  type Posting,
  type TenderKind,
} from './payment-messages.js';
import { movementOf, add, openOf, refundableOf, type Payment, type Step, type Totals } from './payment-state.js';

export type Wanted = Pick<Asked, 'operationId' | 'operation' | 'amount' | 'reason'> & { readonly rest?: true };

/** What a till has taken and gives back itself: nobody is asked. */
const OUTSIDE: ReadonlySet<TenderKind> = new Set(['cash', 'terminal']);

export const isTakenOutside = (kind: TenderKind) => OUTSIDE.has(kind);

const INSTRUMENTS: ReadonlySet<TenderKind> = new Set(['gift-card', 'store-credit', 'voucher']);

/** Whether a payment provider carries it out: neither a till nor an instrument of ours. */
export const isProviderKind = (kind: TenderKind) => !isTakenOutside(kind) && !INSTRUMENTS.has(kind);

/** From and to. */
const ACCOUNTS = {
  authorize: ['payer', 'authorized'],
  capture: ['authorized', 'captured'],
  void: ['authorized', 'payer'],
  refund: ['captured', 'payer'],
} as const satisfies Record<Operation, readonly [Posting['account'], Posting['account']]>;

const postingsOf = (operation: Operation, amount: number): readonly Posting[] => {
  const [from, to] = ACCOUNTS[operation];
  return [
    { account: from, amount: 0 - amount },
    { account: to, amount },
  ];
};

/** The event that says what was done. */
export const doneOf = (
  { orderId, currency }: PaymentTerms,
  { operationId, operation, amount: asked, reason = '' }: Wanted,
  { amount, reference }: { readonly amount: number; readonly reference?: string },
): PaymentEvent => {
  const postings = postingsOf(operation, amount);
  const data = { orderId, operationId, amount, currency, ...(reference !== undefined && { reference }), postings };
  switch (operation) {
    case 'authorize':
      return { type: 'PaymentAuthorized', data: { ...data, requested: asked } };
    case 'capture':
      return { type: 'PaymentCaptured', data };
    case 'void':
      return { type: 'PaymentVoided', data };
    case 'refund':
      return { type: 'PaymentRefunded', data: { ...data, reason } };
  }
};

export const failedOf = (
  { orderId }: PaymentTerms,
  { operationId, operation, amount }: Wanted,
  code: string,
): PaymentEvent => ({ type: 'PaymentFailed', data: { orderId, operationId, operation, amount, code } });

const askedOf = ({ orderId, kind, currency, instrumentId }: PaymentTerms, wanted: Wanted) => {
  const instrument = instrumentId !== undefined && { instrumentId };
  return { orderId, ...wanted, kind, currency, ...instrument };
};

/** The events that begin an operation: at once, or in the queue. */
export const begin = (payment: Readonly<Payment>, terms: PaymentTerms, wanted: Wanted): PaymentEvent[] => {
  if (payment.current !== undefined) return [{ type: 'PaymentQueued', data: askedOf(terms, wanted) }];
  return [start(payment.totals, terms, wanted)];
};

/** What an operation can still come to when its turn comes. */
const possible = (totals: Totals, { operation, amount, rest }: Wanted): number => {
  if (operation === 'authorize') return amount;
  if (operation === 'void') return rest ? openOf(totals) : Math.min(amount, openOf(totals));
  const most = operation === 'capture' ? openOf(totals) : refundableOf(totals);
  return amount <= most ? amount : 0;
};

const start = (totals: Totals, terms: PaymentTerms, { rest, ...wanted }: Wanted): PaymentEvent => {
  const amount = possible(totals, { ...wanted, ...(rest && { rest }) });
  if (amount === 0 && wanted.operation !== 'void') return failedOf(terms, wanted, EXCEEDS[wanted.operation]);
  const now = { ...wanted, amount };
  if (amount === 0 || isTakenOutside(terms.kind)) return doneOf(terms, now, { amount });
  return { type: 'PaymentRequested', data: askedOf(terms, now) };
};

const EXCEEDS = {
  authorize: 'nothing-asked',
  capture: 'exceeds-authorized',
  void: 'exceeds-authorized',
  refund: 'exceeds-captured',
} as const satisfies Record<Operation, string>;

/** After `ended`, those that wait have their turn until one of them is under way. */
export const goOn = (payment: Readonly<Payment>, terms: PaymentTerms, ended: readonly PaymentEvent[]) => {
  const events = [...ended];
  let totals = ended.reduce(follow, payment.totals);
  for (const [operationId, step] of payment.steps) {
    if (step.status !== 'waiting') continue;
    const next = start(totals, terms, wantedOf(operationId, step));
    events.push(next);
    if (next.type === 'PaymentRequested') break;
    totals = follow(totals, next);
  }
  return events;
};

const follow = (totals: Totals, event: PaymentEvent): Totals => {
  const movement = movementOf(event);
  return movement ? add(totals, movement.operation, movement.amount) : totals;
};

export const wantedOf = (operationId: string, { operation, amount, reason, rest }: Step): Wanted => ({
  ...{ operationId, operation, amount },
  ...(reason !== undefined && { reason }),
  ...(rest && { rest }),
});

/** Minor units under way or waiting, of one operation. */
const pending = ({ steps }: Readonly<Payment>, wanted: Operation) =>
  steps
    .values()
    .filter(({ operation, status }) => operation === wanted && status !== 'done' && status !== 'failed')
    .reduce((sum, { amount }) => sum + amount, 0);

/** What may be asked for now, if all goes well that is under way. */
export const available = (payment: Readonly<Payment>, operation: Operation): number => {
  const { totals } = payment;
  if (operation === 'refund') {
    return totals.captured + pending(payment, 'capture') - totals.refunded - pending(payment, 'refund');
  }
  const authorized = totals.authorized + pending(payment, 'authorize');
  return authorized - totals.captured - totals.voided - pending(payment, 'capture') - pending(payment, 'void');
};

/** @throws DomainError when more is asked for than is there, or nothing */
export const checkAvailable = (payment: Readonly<Payment>, { operation, amount }: Wanted) => {
  const most = Math.max(0, available(payment, operation));
  if (amount > 0 && amount <= most) return;
  throw new DomainError(EXCEEDS[operation], `${amount} is not between 1 and the ${most} that is left`, {
    available: most,
  });
};

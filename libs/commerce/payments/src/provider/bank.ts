import { type Operation, type PaymentResult } from '../domain/payment-messages.js';
import { idempotencyKeyOf, type ProviderOrder } from './payment-provider.js';

/** What a bank really did, or declined to do, under one idempotency key. */
export interface Entry extends ProviderOrder {
  readonly key: string;
  readonly result: Exclude<PaymentResult, { outcome: 'unknown' }>;
}

/** What the money of one payment has come to. */
interface Account {
  readonly token: string;
  readonly currency: string;
  readonly totals: Record<Operation, number>;
}

/**
 * A payment provider's own book: each key once, never more captured than authorised, never more refunded than captured.
 * A token says how its bearer pays: `tok_decline…` never, `tok_partial…` only half, `tok_wrong…` captures a unit less.
 */
export class Bank {
  /** In the order in which it happened. */
  readonly journal: Entry[] = [];
  private readonly byKey = new Map<string, Entry>();
  private readonly accounts = new Map<string, Account>();

  /** @param keep hears of every entry before it counts */
  constructor(private readonly keep: (entry: Entry) => void = () => undefined) {}

  /** What was done under this key before. */
  find(key: string): Entry | undefined {
    return this.byKey.get(key);
  }

  tokenOf(paymentId: string): string | undefined {
    return this.accounts.get(paymentId)?.token;
  }

  /** Once per key. @throws Error when the key was used for another order */
  execute(order: ProviderOrder, key = idempotencyKeyOf(order)): Entry {
    const known = this.byKey.get(key);
    if (known && (known.amount !== order.amount || known.operation !== order.operation)) {
      throw new RangeError(`The key ${key} was used for another order`);
    }
    if (known) return known;
    const entry = { ...order, key, result: this.judge(order) };
    this.keep(entry);
    this.restore(entry);
    return entry;
  }

  /** Counts what was done before a restart. */
  restore(entry: Entry): void {
    const { paymentId, operation, token = '', currency, result } = entry;
    this.journal.push(entry);
    this.byKey.set(entry.key, entry);
    if (result.outcome !== 'done') return;
    const totals = { authorize: 0, capture: 0, void: 0, refund: 0 };
    const account = this.accounts.get(paymentId) ?? { token, currency, totals };
    account.totals[operation] += result.amount;
    this.accounts.set(paymentId, account);
  }

  private judge(order: ProviderOrder): Entry['result'] {
    const account = this.accounts.get(order.paymentId);
    if (order.operation === 'authorize') return account ? declined('already-authorized') : authorize(order);
    if (account?.currency !== order.currency) return declined('not-authorized');
    if (order.amount > leftOf(account, order.operation)) return declined('not-enough');
    const short = order.operation === 'capture' && account.token.startsWith('tok_wrong') ? 1 : 0;
    return done(order, order.amount - short);
  }
}

const leftOf = ({ totals }: Account, operation: 'capture' | 'void' | 'refund') =>
  operation === 'refund' ? totals.capture - totals.refund : totals.authorize - totals.capture - totals.void;

const declined = (code: string) => ({ outcome: 'declined', code }) as const;

const done = (order: ProviderOrder, amount: number) =>
  ({ outcome: 'done', amount, reference: `${order.operation}-${idempotencyKeyOf(order).slice(0, 8)}` }) as const;

const authorize = (order: ProviderOrder) => {
  const token = order.token ?? '';
  if (token.startsWith('tok_decline')) return declined('card-declined');
  return done(order, token.startsWith('tok_partial') ? Math.floor(order.amount / 2) : order.amount);
};

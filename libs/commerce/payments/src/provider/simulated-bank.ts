import { type PaymentOperation, type PaymentResult } from '../domain/payment-messages.js';
import { providerIdempotencyKey, type ProviderRequest } from './payment-provider.js';

/** The result of one idempotency key. */
export interface BankEntry extends ProviderRequest {
  readonly key: string;
  readonly result: Exclude<PaymentResult, { outcome: 'unknown' }>;
}

interface PaymentAccount {
  readonly token: string;
  readonly currency: string;
  /** Minor units moved by each operation. */
  readonly totals: Record<PaymentOperation, number>;
}

/**
 * The journal of a simulated payment provider. Each idempotency key takes effect once; no more is captured than authorized
 * and no more refunded than captured. The token decides how a payment behaves: `tok_decline…` is declined, `tok_partial…`
 * authorizes half of the amount, `tok_wrong…` captures one minor unit less than requested.
 */
export class SimulatedBank {
  /** In the order of execution. */
  readonly journal: BankEntry[] = [];
  private readonly byKey = new Map<string, BankEntry>();
  private readonly accounts = new Map<string, PaymentAccount>();

  /** @param onEntry is called with every new entry before it takes effect, so that it can be stored */
  constructor(private readonly onEntry: (entry: BankEntry) => void = () => undefined) {}

  entryOf(key: string): BankEntry | undefined {
    return this.byKey.get(key);
  }

  tokenOf(paymentId: string): string | undefined {
    return this.accounts.get(paymentId)?.token;
  }

  /** Executes a request, once per key. @throws RangeError when the key was used for another request */
  execute(request: ProviderRequest, key = providerIdempotencyKey(request)): BankEntry {
    const known = this.byKey.get(key);
    if (known && (known.amount !== request.amount || known.operation !== request.operation)) {
      throw new RangeError(`The key ${key} was used for another request`);
    }
    if (known) return known;
    const entry = { ...request, key, result: this.decideResult(request) };
    this.onEntry(entry);
    this.restore(entry);
    return entry;
  }

  /** Applies an entry that was stored before a restart. */
  restore(entry: BankEntry): void {
    const { paymentId, operation, token = '', currency, result } = entry;
    this.journal.push(entry);
    this.byKey.set(entry.key, entry);
    if (result.outcome !== 'done') return;
    const totals = { authorize: 0, capture: 0, void: 0, refund: 0 };
    const account = this.accounts.get(paymentId) ?? { token, currency, totals };
    account.totals[operation] += result.amount;
    this.accounts.set(paymentId, account);
  }

  private decideResult(request: ProviderRequest): BankEntry['result'] {
    const account = this.accounts.get(request.paymentId);
    if (request.operation === 'authorize') return account ? declined('already-authorized') : authorize(request);
    if (account?.currency !== request.currency) return declined('not-authorized');
    if (request.amount > remainingAmount(account, request.operation)) return declined('not-enough');
    const shortfall = request.operation === 'capture' && account.token.startsWith('tok_wrong') ? 1 : 0;
    return done(request, request.amount - shortfall);
  }
}

const remainingAmount = ({ totals }: PaymentAccount, operation: 'capture' | 'void' | 'refund') =>
  operation === 'refund' ? totals.capture - totals.refund : totals.authorize - totals.capture - totals.void;

const declined = (code: string) => ({ outcome: 'declined', code }) as const;

const done = (request: ProviderRequest, amount: number) =>
  ({
    outcome: 'done',
    amount,
    reference: `${request.operation}-${providerIdempotencyKey(request).slice(0, 8)}`,
  }) as const;

const authorize = (request: ProviderRequest) => {
  const token = request.token ?? '';
  if (token.startsWith('tok_decline')) return declined('card-declined');
  return done(request, token.startsWith('tok_partial') ? Math.floor(request.amount / 2) : request.amount);
};

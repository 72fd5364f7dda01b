import { type PaymentResult } from '../domain/payment-messages.js';
import { Bank } from './bank.js';
import { idempotencyKeyOf, PaymentProvider, type ProviderOrder } from './payment-provider.js';

/** What becomes of one call: `lost` on the way there, `cut` on the way back. */
export type CallFault = 'none' | 'lost' | 'cut';

/** For tests: a provider in this process, whose answers get lost as the test likes. */
export class InMemoryPaymentProvider extends PaymentProvider {
  readonly bank = new Bank();

  constructor(private readonly fault: (call: 'execute' | 'query', order: ProviderOrder) => CallFault = () => 'none') {
    super();
  }

  override execute(order: ProviderOrder): Promise<PaymentResult> {
    const fault = this.fault('execute', order);
    if (fault === 'lost') return silence();
    const { result } = this.bank.execute(order);
    return fault === 'cut' ? silence() : Promise.resolve(result);
  }

  override query(order: ProviderOrder): Promise<PaymentResult | undefined> {
    if (this.fault('query', order) !== 'none') return silence();
    return Promise.resolve(this.bank.find(idempotencyKeyOf(order))?.result);
  }
}

const silence = () => Promise.resolve<PaymentResult>({ outcome: 'unknown', reason: 'no answer' });

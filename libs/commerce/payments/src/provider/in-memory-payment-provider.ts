import { type PaymentResult } from '../domain/payment-messages.js';
import { SimulatedBank } from './simulated-bank.js';
import { providerIdempotencyKey, PaymentProvider, type ProviderRequest } from './payment-provider.js';

/** `lost`: the call does not reach the provider. `cut`: its answer does not come back. */
export type ProviderCallFault = 'none' | 'lost' | 'cut';

/** For tests: a payment provider in this process, whose calls fail as the test decides. */
export class InMemoryPaymentProvider extends PaymentProvider {
  readonly bank = new SimulatedBank();

  constructor(
    private readonly fault: (call: 'execute' | 'query', request: ProviderRequest) => ProviderCallFault = () => 'none',
  ) {
    super();
  }

  override execute(request: ProviderRequest): Promise<PaymentResult> {
    const fault = this.fault('execute', request);
    if (fault === 'lost') return noAnswer();
    const { result } = this.bank.execute(request);
    return fault === 'cut' ? noAnswer() : Promise.resolve(result);
  }

  override query(request: ProviderRequest): Promise<PaymentResult | undefined> {
    if (this.fault('query', request) !== 'none') return noAnswer();
    return Promise.resolve(this.bank.entryOf(providerIdempotencyKey(request))?.result);
  }
}

const noAnswer = () => Promise.resolve<PaymentResult>({ outcome: 'unknown', reason: 'no answer' });

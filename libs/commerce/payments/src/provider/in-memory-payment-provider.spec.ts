import { paymentProviderContract } from '#testing';
import { type ProviderCallFault, InMemoryPaymentProvider } from './in-memory-payment-provider.js';

paymentProviderContract('InMemoryPaymentProvider', () => {
  let next: ProviderCallFault = 'none';
  const provider = new InMemoryPaymentProvider(() => {
    const fault = next;
    next = 'none';
    return fault;
  });
  const failNext = (fault: ProviderCallFault) => {
    next = fault;
  };
  return Promise.resolve({ provider, bank: provider.bank, failNext, close: () => Promise.resolve() });
});

import { paymentProviderContract } from '#testing';
import { type CallFault, InMemoryPaymentProvider } from './in-memory-payment-provider.js';

paymentProviderContract('InMemoryPaymentProvider', () => {
  let next: CallFault = 'none';
  const provider = new InMemoryPaymentProvider(() => {
    const fault = next;
    next = 'none';
    return fault;
  });
  const failNext = (fault: CallFault) => {
    next = fault;
  };
  return Promise.resolve({ provider, bank: provider.bank, failNext, close: () => Promise.resolve() });
});

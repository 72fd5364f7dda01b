import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type SimulatedBank, providerIdempotencyKey, type PaymentProvider, type ProviderRequest } from '#payments';

export interface ProviderSetup {
  readonly provider: PaymentProvider;
  readonly bank: SimulatedBank;
  /** The next call gets lost on its way there, or its answer on the way back. */
  readonly failNext: (fault: 'lost' | 'cut') => void;
  readonly close: () => Promise<unknown>;
}

const paymentId = 'o-1.card';
const authorize: ProviderRequest = {
  paymentId,
  operationId: 'authorize',
  operation: 'authorize',
  amount: 100,
  currency: 'EUR',
  token: 'tok_visa',
};
const order = (operation: ProviderRequest['operation'], operationId: string, amount: number): ProviderRequest => ({
  paymentId,
  operationId,
  operation,
  amount,
  currency: 'EUR',
});
const capture = order('capture', 'c-1', 60);
const done = (amount: number) => ({ outcome: 'done', amount });
const refused = { outcome: 'declined' };

/** What every adapter of {@link PaymentProvider} must do. */
export const paymentProviderContract = (name: string, setup: () => Promise<ProviderSetup>) =>
  describe(`${name} as a payment provider`, () => {
    let made: ProviderSetup;
    beforeEach(async () => {
      made = await setup();
    });
    afterEach(() => made.close());

    it('authorizes, captures, voids and refunds', async () => {
      const { provider } = made;
      expect(await provider.execute(authorize)).toMatchObject(done(100));
      expect(await provider.execute(capture)).toMatchObject(done(60));
      expect(await provider.execute(order('void', 'v-1', 40))).toMatchObject(done(40));
      expect(await provider.execute(order('refund', 'r-1', 60))).toMatchObject(done(60));
    });

    it('refuses what is beyond the authorization or the captured amount', async () => {
      const { provider } = made;
      expect(await provider.execute(capture)).toMatchObject(refused);
      await provider.execute(authorize);
      expect(await provider.execute(order('capture', 'c-2', 101))).toMatchObject(refused);
      expect(await provider.execute(order('refund', 'r-2', 1))).toMatchObject(refused);
    });

    it('says how a token pays', async () => {
      const { provider } = made;
      expect(await provider.execute({ ...authorize, paymentId: 'p-1', token: 'tok_decline' })).toMatchObject(refused);
      expect(await provider.execute({ ...authorize, paymentId: 'p-2', token: 'tok_partial' })).toMatchObject(done(50));
    });

    it('does the same once, and answers a repeat as the first time', async () => {
      const { provider, bank } = made;
      await provider.execute(authorize);
      const first = await provider.execute(capture);
      expect(await provider.execute(capture)).toEqual(first);
      expect(await Promise.all([1, 2, 3].map(() => provider.execute(capture)))).toEqual([first, first, first]);
      expect(bank.journal).toHaveLength(2);
    });

    it('does not know the outcome when the answer is cut, and learns it by asking', async () => {
      const { provider, bank } = made;
      made.failNext('cut');
      expect(await provider.execute(authorize)).toMatchObject({ outcome: 'unknown' });
      expect(bank.entryOf(providerIdempotencyKey(authorize))?.result).toMatchObject(done(100));
      expect(await provider.query(authorize)).toMatchObject(done(100));
      expect(bank.journal).toHaveLength(1);
    });

    it('does not know of an operation whose request was lost', async () => {
      const { provider } = made;
      made.failNext('lost');
      expect(await provider.execute(authorize)).toMatchObject({ outcome: 'unknown' });
      expect(await provider.query(authorize)).toBeUndefined();
    });

    it('does not know the outcome when nobody answers the question', async () => {
      const { provider } = made;
      await provider.execute(authorize);
      made.failNext('lost');
      expect(await provider.query(authorize)).toMatchObject({ outcome: 'unknown' });
    });
  });

import { mkdtempSync, rmSync, truncateSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { HttpPaymentProvider, type ProviderRequest } from '#payments';
import { paymentProviderContract } from '#testing';
import { Simulator } from './simulator.js';

const secret = 'secret';

paymentProviderContract('HttpPaymentProvider', async () => {
  const simulator = new Simulator({ secret });
  const provider = new HttpPaymentProvider(await simulator.start(), secret, 2_000);
  const failNext = (fault: 'lost' | 'cut') => {
    simulator.faults.next = fault;
  };
  return { provider, bank: simulator.bank, failNext, close: () => simulator.close() };
});

const order = (token: string): ProviderRequest => ({
  ...{ paymentId: `o.${token}`, operationId: 'authorize', operation: 'authorize', amount: 100, currency: 'EUR', token },
});

describe('the simulator', () => {
  it.each(['tok_slow', 'tok_error', 'tok_cut', 'tok_lost'])('gives no outcome by %s, and then does', async (token) => {
    const simulator = new Simulator({ secret, slowMs: 400 });
    const provider = new HttpPaymentProvider(await simulator.start(), secret, 200);
    expect(await provider.execute(order(token))).toMatchObject({ outcome: 'unknown' });
    expect(await provider.execute(order(token))).toMatchObject({ outcome: 'done', amount: 100 });
    expect(simulator.bank.journal).toHaveLength(1);
    await simulator.close();
  });

  it('lets nobody in without the secret, which proves nothing about the order', async () => {
    const simulator = new Simulator({ secret });
    const stranger = new HttpPaymentProvider(await simulator.start(), 'guess');
    expect(await stranger.execute(order('tok_visa'))).toEqual({ outcome: 'unknown', reason: 'status 401' });
    expect(simulator.bank.journal).toEqual([]);
    await simulator.close();
  });

  it('takes a key that was used for another order for a mistake', async () => {
    const simulator = new Simulator({ secret });
    const provider = new HttpPaymentProvider(await simulator.start(), secret);
    await provider.execute(order('tok_visa'));
    expect(await provider.execute({ ...order('tok_visa'), amount: 99 })).toMatchObject({ outcome: 'unknown' });
    expect(simulator.bank.journal).toHaveLength(1);
    await simulator.close();
  });

  it('remembers what it has done after its end, but for a line that was never finished', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'simulator-'));
    const journalFile = join(folder, 'journal.jsonl');
    const run = async (...tokens: string[]) => {
      const simulator = new Simulator({ secret, journalFile });
      const provider = new HttpPaymentProvider(await simulator.start(), secret);
      for (const token of tokens) await provider.execute(order(token));
      await simulator.close();
      return simulator.bank.journal.map(({ token }) => token);
    };
    await run('tok_a', 'tok_b');
    truncateSync(journalFile, statSync(journalFile).size - 3);
    expect(await run('tok_a', 'tok_c')).toEqual(['tok_a', 'tok_c']);
    expect(await run()).toEqual(['tok_a', 'tok_c']);
    rmSync(folder, { recursive: true });
  });
});

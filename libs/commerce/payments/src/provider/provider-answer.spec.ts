import { describe, expect, it } from '@jest/globals';
import { parseProviderAnswer } from './provider-answer.js';

const done = { status: 'done', amount: 100, currency: 'EUR', reference: 'ch_1' };

describe('the answer of a provider', () => {
  it('states the amount that was moved', () =>
    expect(parseProviderAnswer(done, 'EUR')).toEqual({
      outcome: 'done',
      amount: 100,
      currency: 'EUR',
      reference: 'ch_1',
    }));

  it('states why an operation was declined', () =>
    expect(parseProviderAnswer({ status: 'declined', code: 'no-funds' })).toEqual({
      outcome: 'declined',
      code: 'no-funds',
    }));

  it.each([
    ['of another currency', { ...done, currency: 'USD' }],
    ['without a currency', { ...done, currency: undefined }],
    ['with part of a cent', { ...done, amount: 1.5 }],
    ['with a negative amount', { ...done, amount: -1 }],
    ['with an amount in words', { ...done, amount: '100' }],
    ['of an unknown status', { ...done, status: 'perhaps' }],
    ['that is null', null],
    ['that is a text', 'done'],
  ])('%s leaves the outcome unknown', (_, answer) =>
    expect(parseProviderAnswer(answer, 'EUR').outcome).toBe('unknown'),
  );

  it.each(['', 'XYZ', 'EU\u0000', 7])('in the currency %j leaves it unknown, whatever is expected', (currency) =>
    expect(parseProviderAnswer({ ...done, currency }).outcome).toBe('unknown'),
  );

  it('brings no card number and no long text into the log', () => {
    expect(parseProviderAnswer({ ...done, reference: '4111111111111111' })).toEqual({
      outcome: 'done',
      amount: 100,
      currency: 'EUR',
    });
    expect(parseProviderAnswer({ status: 'declined', code: 'x'.repeat(200) })).toEqual({
      outcome: 'declined',
      code: 'declined',
    });
  });
});

import { describe, expect, it } from '@jest/globals';
import { resultOf } from './provider-answer.js';

const done = { status: 'done', amount: 100, currency: 'EUR', reference: 'ch_1' };

describe('the answer of a provider', () => {
  it('says what was done', () =>
    expect(resultOf(done, 'EUR')).toEqual({ outcome: 'done', amount: 100, currency: 'EUR', reference: 'ch_1' }));

  it('says why it was declined', () =>
    expect(resultOf({ status: 'declined', code: 'no-funds' })).toEqual({ outcome: 'declined', code: 'no-funds' }));

  it.each([
    ['of another currency', { ...done, currency: 'USD' }],
    ['without a currency', { ...done, currency: undefined }],
    ['with part of a cent', { ...done, amount: 1.5 }],
    ['with a negative amount', { ...done, amount: -1 }],
    ['with an amount in words', { ...done, amount: '100' }],
    ['of a status that nobody knows', { ...done, status: 'perhaps' }],
    ['that says nothing', null],
    ['that is a text', 'done'],
  ])('%s is no outcome', (_, answer) => expect(resultOf(answer, 'EUR').outcome).toBe('unknown'));

  it('brings no card number and no essay into the log', () => {
    expect(resultOf({ ...done, reference: '4111111111111111' })).toEqual({
      outcome: 'done',
      amount: 100,
      currency: 'EUR',
    });
    expect(resultOf({ status: 'declined', code: 'x'.repeat(200) })).toEqual({ outcome: 'declined', code: 'declined' });
  });
});

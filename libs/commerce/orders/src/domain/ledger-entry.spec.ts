import { describe, it } from '@jest/globals';
import { specification } from '#testing';
import { ledgerEntry, type LedgerCommand } from './ledger-entry.js';

const given = specification(ledgerEntry.decider);

describe('a ledger entry', () => {
  const content = { title: 'Adjust bad debt', currency: 'GBP', quantity: 1, unitPrice: { amount: -1106206, scale: 2 } };
  const adjust = (over: object = {}) =>
    ({ type: 'AdjustLedger', data: { entryId: 'A563185', ...content, ...over } }) satisfies LedgerCommand;

  it('is recorded', () => given().when(adjust()).then({ type: 'LedgerAdjusted', data: content }));
  it('is recorded once', () =>
    given({ type: 'LedgerAdjusted', data: content }).when(adjust()).thenFails('ledger-entry-exists'));
  it('is refused when it cannot be exact', () =>
    given()
      .when(adjust({ quantity: 2, unitPrice: { amount: Number.MAX_SAFE_INTEGER, scale: 0 } }))
      .thenFails('amount-out-of-range'));
});

import { describe, it } from '@jest/globals';
import { specification } from '#testing';
import { ledgerEntry, type LedgerCommand } from './ledger-entry.js';
import { recordedReturn, type ReturnCommand, type ReturnLine } from './recorded-return.js';
import { aCharge } from './samples.js';

const givenReturn = specification(recordedReturn.decider);
const givenLedger = specification(ledgerEntry.decider);

describe('a return', () => {
  const goods: ReturnLine = {
    lineId: '1',
    sku: 'TEA',
    quantity: 2,
    unitPrice: { amount: 1000, scale: 2 },
    locationId: 'leeds',
    disposition: 'restock',
  };
  const content = { currency: 'GBP', lines: [goods], credits: [aCharge('post', -495), aCharge('fee', 200)] };
  const record = (over: object = {}) =>
    ({ type: 'RecordReturn', data: { returnId: 'ret-1', ...content, ...over } }) satisfies ReturnCommand;

  it('is recorded with the money given back: goods and postage less the fee', () =>
    givenReturn()
      .when(record())
      .then({ type: 'ReturnRecorded', data: { ...content, total: 2295 } }));
  it('is recorded once', () =>
    givenReturn({ type: 'ReturnRecorded', data: { ...content, total: 2295 } })
      .when(record())
      .thenFails('return-exists'));
  it.each([
    ['nothing', { lines: [], credits: [] }],
    ['a line twice', { lines: [goods, goods] }],
    ['a credit twice', { credits: [aCharge('post', 1), aCharge('post', 1)] }],
  ])('is refused with %s', (_, over) => givenReturn().when(record(over)).thenFails('invalid-lines'));
  it('is refused when its total cannot be exact', () => {
    const most = { amount: Number.MAX_SAFE_INTEGER, scale: 2 };
    const lines = [{ ...goods, quantity: 1, unitPrice: most }];
    givenReturn()
      .when(record({ lines, credits: [aCharge('post', -495)] }))
      .thenFails('amount-out-of-range');
  });
});

describe('an entry of the books', () => {
  const content = { title: 'Adjust bad debt', currency: 'GBP', quantity: 1, unitPrice: { amount: -1106206, scale: 2 } };
  const adjust = (over: object = {}) =>
    ({ type: 'AdjustLedger', data: { entryId: 'A563185', ...content, ...over } }) satisfies LedgerCommand;

  it('is recorded', () => givenLedger().when(adjust()).then({ type: 'LedgerAdjusted', data: content }));
  it('is recorded once', () =>
    givenLedger({ type: 'LedgerAdjusted', data: content }).when(adjust()).thenFails('ledger-entry-exists'));
  it('is refused when it cannot be exact', () =>
    givenLedger()
      .when(adjust({ quantity: 2, unitPrice: { amount: Number.MAX_SAFE_INTEGER, scale: 0 } }))
      .thenFails('amount-out-of-range'));
});

import { expect, it } from '@jest/globals';
import { aRecorded } from '#testing';
import { PersonalDataSealed } from './personal-data-sealed.js';

const sealed = { k: 'k', v: 1, iv: 'iv', ct: 'ct', tag: 'tag' };

const violations = (data: object, version: number) => {
  const checker = new PersonalDataSealed({
    Held: {
      version: 2,
      personal: { account: ['note'], contract: ['tenders.token'] },
      sealedSince: { 'tenders.token': 2 },
    },
  });
  checker.check(aRecorded('order-o', { type: 'Held', data }), version);
  return checker.violations.map(({ sentence }) => sentence);
};

it('I15 finds fields that are not encrypted', () => {
  expect(violations({ note: sealed, tenders: [{ token: sealed }] }, 2)).toEqual([]);
  expect(violations({ note: 'words', tenders: [{ token: 't' }] }, 2)).toEqual([
    'The field note of Held is not encrypted',
    'The field tenders.token of Held is not encrypted',
  ]);
});

it('I15 finds e-mail addresses in what every event carries', () => {
  const checker = new PersonalDataSealed({});
  checker.check(aRecorded('order-o', { type: 'Held', data: {} }, { cause: { actor: 'ada@example.com' } }), 1);
  expect(checker.violations).toMatchObject([{ sentence: 'Held contains an e-mail address' }]);
});

it('I15 asks of an old event only what its version encrypts', () => {
  expect(violations({ note: 'words', tenders: [{ token: 't' }] }, 1)).toEqual([
    'The field note of Held is not encrypted',
  ]);
});

it('I15 finds e-mail addresses in clear, in values and names', () => {
  const found = ['Held contains an e-mail address'];
  expect(violations({ lines: [{ title: 'for ada@example.com' }] }, 2)).toEqual(found);
  expect(violations({ attributes: { 'ada@example.com': 'yes' } }, 2)).toEqual(found);
  expect(violations({ title: 'tea @ 4', other: 'no\n.com' }, 2)).toEqual([]);
});

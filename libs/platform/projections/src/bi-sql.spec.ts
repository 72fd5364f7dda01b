import { expect, it } from '@jest/globals';
import { CURRENCIES, exponentOf } from '#kernel';
import { major } from './bi-sql.js';

it('knows the decimals of every currency whose minor unit is not a hundredth', () => {
  const sql = major('amount');
  const others = CURRENCIES.filter((code) => exponentOf(code) !== 2);
  expect(others).toEqual(expect.arrayContaining(['JPY', 'KWD', 'CLF', 'UYI', 'UYW']));
  for (const code of others) expect(sql).toContain(`WHEN '${code}' THEN 1e-${exponentOf(code)} `);
});

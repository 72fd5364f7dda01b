import { CURRENCIES, exponentOf } from '#kernel';

/** Minor units as an exact decimal of the major unit. */
export const major = (amount: string, currency = 'currency') => {
  const odd = CURRENCIES.filter((code) => exponentOf(code) !== 2);
  const cases = odd.map((code) => `WHEN '${code}' THEN ${exponentOf(code)}`).join(' ');
  return `((${amount})::text || 'e-' || CASE ${currency} ${cases} ELSE 2 END)::numeric`;
};

/** A unit price as an exact decimal, with as many places as it was given. */
export const price = (json: string) => `((${json} ->> 'amount') || 'e-' || (${json} ->> 'scale'))::numeric`;

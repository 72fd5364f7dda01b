import { CURRENCIES, exponentOf } from '#kernel';

/** SQL for minor units as an exact decimal of the major unit. */
export const major = (amount: string, currency = 'currency') => {
  const exceptions = CURRENCIES.filter((code) => exponentOf(code) !== 2);
  const cases = exceptions.map((code) => `WHEN '${code}' THEN 1e-${exponentOf(code)}`).join(' ');
  return `((${amount}) * CASE ${currency} ${cases} ELSE 1e-2 END)`;
};

/** SQL for a unit price as an exact decimal with the decimals of its scale. */
export const price = (json: string) => `((${json} ->> 'amount') || 'e-' || (${json} ->> 'scale'))::numeric`;

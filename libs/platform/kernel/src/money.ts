import { DomainError } from './message.js';
import { exponentOf } from './currencies.js';

/** An amount in the minor unit of its currency (pence, cents, yen, fils): a safe integer. */
export interface Money {
  readonly amount: number;
  /** ISO 4217. */
  readonly currency: string;
}

/** A price for one unit, which may be finer than the currency's minor unit: `amount × 10^-scale` of the major unit. */
export interface UnitPrice extends Money {
  /** Decimals of `amount`, 0 to 6; at least the currency's own. */
  readonly scale: number;
}

/** `quantity × price`, rounded half away from zero to the minor unit. @throws RangeError beyond safe integers */
export const lineTotal = (price: UnitPrice, quantity: number): Money => {
  const exact = BigInt(price.amount) * BigInt(quantity);
  const shift = price.scale - exponentOf(price.currency);
  if (shift <= 0) return { amount: safe(exact * 10n ** BigInt(-shift)), currency: price.currency };
  const divisor = 10n ** BigInt(shift);
  const magnitude = exact < 0n ? -exact : exact;
  const rounded = (magnitude + divisor / 2n) / divisor;
  return { amount: safe(exact < 0n ? -rounded : rounded), currency: price.currency };
};

/**
 * The sum of amounts of one currency. The sum of their absolute values must be a safe integer, so that the sum of any of them
 * is exact too.
 * @throws RangeError if they come to more, or if an amount has another currency
 */
export const sum = (parts: readonly Money[], currency: string): Money => {
  let [amount, magnitude] = [0, 0n];
  for (const part of parts) {
    if (part.currency !== currency)
      throw new RangeError(`Cannot add an amount in ${part.currency} to a sum in ${currency}`);
    magnitude += BigInt(Math.abs(part.amount));
    safe(magnitude);
    amount += part.amount;
  }
  return { amount, currency };
};

/** The exact total of priced quantities in minor units. @throws DomainError `amount-out-of-range` if {@link sum} refuses them */
export const totalOf = (
  items: readonly { readonly unitPrice: Omit<UnitPrice, 'currency'>; readonly quantity: number }[],
  currency: string,
): number => {
  try {
    const parts = items.map(({ unitPrice, quantity }) => lineTotal({ ...unitPrice, currency }, quantity));
    return sum(parts, currency).amount;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw amountOutOfRange('The sum of the absolute amounts of the lines and charges');
  }
};

/** @param what the amounts that are too large together, in the plural */
export const amountOutOfRange = (what: string) =>
  new DomainError(
    'amount-out-of-range',
    `${what} would exceed ${Number.MAX_SAFE_INTEGER} minor units, the largest amount that is exact`,
    { most: Number.MAX_SAFE_INTEGER },
  );

/** Adds amounts of facts that are recorded whatever their size. A sum beyond the largest safe integer stays at that integer. */
export const saturatingAdd = (one: number, other: number): number => Math.min(one + other, Number.MAX_SAFE_INTEGER);

/** The exact sum of any number of amounts, even beyond the safe integers. */
export const exactSum = (amounts: Iterable<number>): bigint => {
  let all = 0n;
  for (const amount of amounts) all += BigInt(amount);
  return all;
};

/** Splits an amount in proportion to `weights`, by largest remainder: the parts add up to the amount exactly. */
export const split = ({ amount, currency }: Money, weights: readonly number[]): readonly Money[] => {
  const total = weights.reduce((all, weight) => all + BigInt(weight), 0n);
  if (weights.some((weight) => weight < 0) || total === 0n)
    throw new RangeError('Weights must not be negative, and one of them must be greater than 0');
  const shares = weights.map((weight, index) => {
    const exact = BigInt(Math.abs(amount)) * BigInt(weight);
    return { index, whole: exact / total, rest: exact % total };
  });
  let left = BigInt(Math.abs(amount)) - shares.reduce((all, { whole }) => all + whole, 0n);
  for (const share of shares.toSorted((a, b) => (a.rest === b.rest ? a.index - b.index : a.rest > b.rest ? -1 : 1))) {
    if (left-- <= 0n) break;
    share.whole++;
  }
  return shares.map(({ whole }) => ({ amount: Number(amount < 0 ? -whole : whole), currency }));
};

/** `amount × 10^-scale` as exact decimal text with `scale` decimals: 850 of scale 2 is `8.50`. */
export const decimalText = (amount: number | bigint, scale: number): string => {
  const exact = BigInt(amount);
  const digits = String(exact < 0n ? -exact : exact).padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale);
  return `${exact < 0n ? '-' : ''}${whole}${scale > 0 ? `.${digits.slice(-scale)}` : ''}`;
};

/** Exact decimal text of the major unit, with the currency: `8.50 GBP`. */
export const moneyText = (amount: number, currency: string): string =>
  `${decimalText(amount, exponentOf(currency))} ${currency}`;

const safe = (value: bigint) => {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new RangeError(`The amount ${value.toString()} is beyond the safe integers`);
  return number;
};

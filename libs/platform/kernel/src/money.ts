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

/** @throws RangeError when currencies are mixed or the sum leaves the safe integers */
export const sum = (parts: readonly Money[], currency: string): Money => {
  let amount = 0;
  for (const part of parts) {
    if (part.currency !== currency) throw new RangeError(`Cannot add ${part.currency} to ${currency}`);
    amount = safe(BigInt(amount) + BigInt(part.amount)); // at every step: what was once inexact stays so
  }
  return { amount, currency };
};

/** Splits an amount in proportion to `weights`, by largest remainder: the parts add up to the amount exactly. */
export const split = ({ amount, currency }: Money, weights: readonly number[]): readonly Money[] => {
  const total = weights.reduce((all, weight) => all + BigInt(weight), 0n);
  if (weights.some((weight) => weight < 0) || total === 0n) throw new RangeError('Weights must be positive');
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

const safe = (value: bigint) => {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new RangeError(`Amount out of range: ${value.toString()}`);
  return number;
};

/**
 * What the units of a line are worth, in minor units: `goods` with their share of discounts, and their share of shipping and
 * fees. The shares are cut by largest remainder, so that all lines together are the order's total to the last cent, and all
 * steps in which a line is fulfilled, cancelled or returned are together what the line is worth.
 */
import { lineTotal, split } from '#kernel';
import { type Charge, type OrderDetails } from './order-messages.js';

export interface Worth {
  readonly goods: number;
  readonly charges: number;
}

export const NOTHING: Worth = { goods: 0, charges: 0 };

export const total = ({ goods, charges }: Worth) => goods + charges;

export const plus = (a: Worth, b: Worth): Worth => ({ goods: a.goods + b.goods, charges: a.charges + b.charges });

export const minus = (a: Worth, b: Worth): Worth => ({ goods: a.goods - b.goods, charges: a.charges - b.charges });

/** The share of `units` out of `all` units. */
export const shareOf = ({ goods, charges }: Worth, units: number, all: number): Worth =>
  all === 0 || units === 0 ? NOTHING : { goods: part(goods, units, all), charges: part(charges, units, all) };

const part = (amount: number, units: number, all: number) =>
  split({ amount, currency: '' }, [units, all - units])[0]?.amount ?? 0;

/** In the order of the lines. Charges of an order without lines are worth of none. */
export const worthOfLines = ({
  lines,
  charges,
  currency,
}: Pick<OrderDetails, 'lines' | 'charges' | 'currency'>): Worth[] => {
  const goods = lines.map(({ unitPrice, quantity }) => lineTotal({ ...unitPrice, currency }, quantity).amount);
  if (lines.length === 0 || charges.length === 0) return goods.map((amount) => ({ goods: amount, charges: 0 }));
  const weights = goods.some((amount) => amount > 0) ? goods : lines.map(({ quantity }) => quantity);
  const spread = (amount: number) =>
    amount === 0 ? weights.map(() => 0) : split({ amount, currency }, weights).map((share) => share.amount);
  const added = spread(sumOf(charges.filter(isCharge), currency));
  const taken = spread(
    sumOf(
      charges.filter((charge) => !isCharge(charge)),
      currency,
    ),
  );
  return goods.map((amount, index) => ({ goods: amount + (taken[index] ?? 0), charges: added[index] ?? 0 }));
};

const isCharge = ({ kind }: Charge) => kind === 'shipping' || kind === 'fee';

const sumOf = (charges: readonly Charge[], currency: string) =>
  charges.reduce((all, { unitPrice, quantity }) => all + lineTotal({ ...unitPrice, currency }, quantity).amount, 0);

/**
 * The value of the units of a line, in minor units: `goods` less their share of discounts, and their share of shipping and fees
 * as `charges`. Shares are split by largest remainder, so that the values of all lines add up to the total of the order exactly,
 * and the values of all steps in which a line is fulfilled, cancelled or returned add up to the value of the line.
 */
import { lineTotal, split } from '#kernel';
import { type Charge, type OrderDetails } from './order-messages.js';

export interface LineValue {
  readonly goods: number;
  readonly charges: number;
}

export const NO_VALUE: LineValue = { goods: 0, charges: 0 };

export const totalValue = ({ goods, charges }: LineValue) => goods + charges;

export const addValues = (a: LineValue, b: LineValue): LineValue => ({
  goods: a.goods + b.goods,
  charges: a.charges + b.charges,
});

export const subtractValues = (a: LineValue, b: LineValue): LineValue => ({
  goods: a.goods - b.goods,
  charges: a.charges - b.charges,
});

/** The part of the value that falls to `units` of `all` units. */
export const shareOfValue = ({ goods, charges }: LineValue, units: number, all: number): LineValue =>
  all === 0 || units === 0
    ? NO_VALUE
    : { goods: shareOfAmount(goods, units, all), charges: shareOfAmount(charges, units, all) };

const shareOfAmount = (amount: number, units: number, all: number) =>
  split({ amount, currency: '' }, [units, all - units])[0]?.amount ?? 0;

/** @returns one value for each line, in the same order */
export const valueOfLines = ({
  lines,
  charges,
  currency,
}: Pick<OrderDetails, 'lines' | 'charges' | 'currency'>): LineValue[] => {
  const goods = lines.map(({ unitPrice, quantity }) => lineTotal({ ...unitPrice, currency }, quantity).amount);
  if (lines.length === 0 || charges.length === 0) return goods.map((amount) => ({ goods: amount, charges: 0 }));
  const weights = goods.some((amount) => amount > 0) ? goods : lines.map(({ quantity }) => quantity);
  const splitByWeight = (amount: number) =>
    amount === 0 ? weights.map(() => 0) : split({ amount, currency }, weights).map((share) => share.amount);
  const sumIf = (condition: (charge: Charge) => boolean) => chargesTotal(charges.filter(condition), currency);
  const { onGoods, onCharges } = withinWorth(
    goods.reduce((sum, amount) => sum + amount, 0),
    sumIf((charge) => !isAddedCharge(charge)),
    sumIf(isAddedCharge),
  );
  const added = splitByWeight(onCharges);
  const discounts = splitByWeight(onGoods);
  return goods.map((amount, index) => ({ goods: amount + (discounts[index] ?? 0), charges: added[index] ?? 0 }));
};

/**
 * A discount takes at most what the goods are worth from them, and the rest from shipping and fees; shipping below zero is a
 * discount. So no part of an order of at least 0 is worth less than 0.
 */
const withinWorth = (goods: number, discounts: number, added: number) => {
  const onGoods = Math.max(discounts + Math.min(0, added), -Math.max(0, goods));
  return { onGoods, onCharges: discounts + added - onGoods };
};

const isAddedCharge = ({ kind }: Charge) => kind === 'shipping' || kind === 'fee';

const chargesTotal = (charges: readonly Charge[], currency: string) =>
  charges.reduce((sum, { unitPrice, quantity }) => sum + lineTotal({ ...unitPrice, currency }, quantity).amount, 0);

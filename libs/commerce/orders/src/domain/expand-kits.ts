/**
 * Replaces a line of a kit by lines of its components: `1` becomes `1.a`, `1.b` … The price of the kit line is divided equally
 * among all units by largest remainder, so that the total stays the same to the minor unit.
 */
import { DomainError, exponentOf, split, totalOf } from '#kernel';
import { checkUnique } from './order-lines.js';
import { type OrderLine } from './order-messages.js';

export interface KitComponent {
  readonly sku: string;
  /** Units in one kit. */
  readonly quantity: number;
}

/** @returns undefined for a SKU that is not a kit */
export type ComponentsOf = (sku: string) => readonly KitComponent[] | undefined;

/** The limit of a recorded order. */
const MAX_LINES = 2000;
const MAX_ID_LENGTH = 64;
const MAX_SCALE = 6;

/** A kit never contains kits, so components are not expanded in turn. @throws DomainError `invalid-lines`, `amount-out-of-range` */
export const expandKits = <Line extends OrderLine>(
  lines: readonly Line[],
  componentsOf: ComponentsOf,
  currency: string,
): Line[] => {
  if (lines.every(({ sku }) => !componentsOf(sku))) return [...lines];
  const ids = lines.map(({ lineId }) => lineId);
  checkUnique(ids);
  const taken = new Set(ids);
  const all = lines.flatMap((line) => {
    const components = componentsOf(line.sku);
    return components ? expandLine(line, components, { currency, taken }) : [line];
  });
  if (all.length <= MAX_LINES) return all;
  throw new DomainError(
    'invalid-lines',
    `With its kits expanded into components, the order has ${all.length} lines; the limit is ${MAX_LINES}`,
    {
      most: MAX_LINES,
    },
  );
};

const expandLine = <Line extends OrderLine>(
  line: Line,
  components: readonly KitComponent[],
  { currency, taken }: { readonly currency: string; readonly taken: Set<string> },
): Line[] => {
  const kit = { sku: line.sku, lineId: line.lineId, quantity: line.quantity };
  const amount = totalOf([line], currency);
  const shares = split(
    { amount, currency },
    components.map(({ quantity }) => quantity),
  );
  const parts = components.flatMap(({ sku, quantity }, index) =>
    priceParts(shares[index]?.amount ?? 0, quantity * line.quantity, currency).map((part) => ({ sku, ...part })),
  );
  let next = 0;
  return parts.map((part) => {
    let lineId = componentLineId(line.lineId, next++);
    while (taken.has(lineId)) lineId = componentLineId(line.lineId, next++);
    taken.add(lineId);
    return { ...line, ...part, lineId, kit };
  });
};

interface Part {
  readonly quantity: number;
  readonly unitPrice: OrderLine['unitPrice'];
}

/** One line if a unit price exists that gives the amount exactly, else two whose unit prices differ by one minor unit. */
const priceParts = (amount: number, quantity: number, currency: string): Part[] => {
  const whole = exponentOf(currency);
  for (const scale of [whole, MAX_SCALE]) {
    const unitPrice = { amount: nearestPrice(amount, scale - whole, quantity), scale };
    if (Number.isSafeInteger(unitPrice.amount) && totalOf([{ quantity, unitPrice }], currency) === amount)
      return [{ quantity, unitPrice }];
  }
  const low = Math.floor(amount / quantity);
  const atHigherPrice = amount - low * quantity;
  return [
    { quantity: quantity - atHigherPrice, unitPrice: { amount: low, scale: whole } },
    { quantity: atHigherPrice, unitPrice: { amount: low + 1, scale: whole } },
  ];
};

const nearestPrice = (amount: number, decimals: number, quantity: number) => {
  const [scaled, divisor] = [BigInt(amount) * 10n ** BigInt(decimals), BigInt(quantity)];
  return Number((scaled + divisor / 2n) / divisor);
};

/** `1.a` … `1.z`, `1.aa` …; a long `lineId` is truncated to keep within {@link MAX_ID_LENGTH}. */
const componentLineId = (lineId: string, index: number): string => {
  const suffix = `.${lettersOf(index)}`;
  return lineId.slice(0, MAX_ID_LENGTH - suffix.length) + suffix;
};

const lettersOf = (index: number): string =>
  (index >= 26 ? lettersOf(Math.floor(index / 26) - 1) : '') + String.fromCharCode(97 + (index % 26));

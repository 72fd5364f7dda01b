/**
 * A line of a kit becomes lines of its components: `1` becomes `1.a`, `1.b` … Together they cost what the kit line costs, to
 * the minor unit: each unit an equal share, by largest remainder.
 */
import { DomainError, exponentOf, split } from '#kernel';
import { checkUnique, totalOf } from './order-lines.js';
import { type OrderLine } from './order-messages.js';

export interface KitComponent {
  readonly sku: string;
  /** Units in one kit. */
  readonly quantity: number;
}

/** What a SKU is made of; undefined when it is no kit. */
export type ComponentsOf = (sku: string) => readonly KitComponent[] | undefined;

/** As many as a recorded order may have. */
const MOST_LINES = 2000;
const LONGEST_ID = 64;
const FINEST_SCALE = 6;

/** Components are not looked at again: a kit is never made of kits. @throws DomainError `invalid-lines`, `amount-out-of-range` */
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
    return components ? linesOf(line, components, { currency, taken }) : [line];
  });
  if (all.length <= MOST_LINES) return all;
  throw new DomainError('invalid-lines', `With the components of its kits the order has ${all.length} lines`, {
    most: MOST_LINES,
  });
};

const linesOf = <Line extends OrderLine>(
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
    priced(shares[index]?.amount ?? 0, quantity * line.quantity, currency).map((part) => ({ sku, ...part })),
  );
  let next = 0;
  return parts.map((part) => {
    let lineId = idOf(line.lineId, next++);
    while (taken.has(lineId)) lineId = idOf(line.lineId, next++);
    taken.add(lineId);
    return { ...line, ...part, lineId, kit };
  });
};

interface Part {
  readonly quantity: number;
  readonly unitPrice: OrderLine['unitPrice'];
}

/** One line where a unit price comes out even, else two in whole minor units, a minor unit apart. */
const priced = (amount: number, quantity: number, currency: string): Part[] => {
  const whole = exponentOf(currency);
  for (const scale of [whole, FINEST_SCALE]) {
    const unitPrice = { amount: nearest(amount, scale - whole, quantity), scale };
    if (Number.isSafeInteger(unitPrice.amount) && totalOf([{ quantity, unitPrice }], currency) === amount)
      return [{ quantity, unitPrice }];
  }
  const low = Math.floor(amount / quantity);
  const dearer = amount - low * quantity;
  return [
    { quantity: quantity - dearer, unitPrice: { amount: low, scale: whole } },
    { quantity: dearer, unitPrice: { amount: low + 1, scale: whole } },
  ];
};

const nearest = (amount: number, decimals: number, quantity: number) => {
  const [exact, by] = [BigInt(amount) * 10n ** BigInt(decimals), BigInt(quantity)];
  return Number((exact + by / 2n) / by);
};

/** `1.a` … `1.z`, `1.aa` …, cut to what an id may be long. */
const idOf = (lineId: string, index: number): string => {
  const suffix = `.${letters(index)}`;
  return lineId.slice(0, LONGEST_ID - suffix.length) + suffix;
};

const letters = (index: number): string =>
  (index >= 26 ? letters(Math.floor(index / 26) - 1) : '') + String.fromCharCode(97 + (index % 26));

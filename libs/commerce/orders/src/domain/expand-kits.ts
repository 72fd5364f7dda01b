/**
 * A line of a kit becomes lines of its components: `1` becomes `1.a`, `1.b` … Together they cost what the kit line costs, to
 * the minor unit: each unit an equal share, by largest remainder.
 */
import { DomainError, exponentOf, split } from '#kernel';
import { checkUnique, orderTotal } from './order-lines.js';
import { type OrderLine } from './order-messages.js';

export interface KitComponent {
  readonly sku: string;
  /** Units in one kit. */
  readonly quantity: number;
}

/** What a SKU is made of; undefined when it is no kit. */
export type ComponentsOf = (sku: string) => readonly KitComponent[] | undefined;

/** As many as a recorded order may have. */
const MAX_LINES = 2000;
const MAX_ID_LENGTH = 64;
const MAX_SCALE = 6;

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
    return components ? expandLine(line, components, { currency, taken }) : [line];
  });
  if (all.length <= MAX_LINES) return all;
  throw new DomainError('invalid-lines', `With the components of its kits the order has ${all.length} lines`, {
    most: MAX_LINES,
  });
};

const expandLine = <Line extends OrderLine>(
  line: Line,
  components: readonly KitComponent[],
  { currency, taken }: { readonly currency: string; readonly taken: Set<string> },
): Line[] => {
  const kit = { sku: line.sku, lineId: line.lineId, quantity: line.quantity };
  const amount = orderTotal([line], currency);
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

/** One line where a unit price comes out even, else two in whole minor units, a minor unit apart. */
const priceParts = (amount: number, quantity: number, currency: string): Part[] => {
  const whole = exponentOf(currency);
  for (const scale of [whole, MAX_SCALE]) {
    const unitPrice = { amount: nearestPrice(amount, scale - whole, quantity), scale };
    if (Number.isSafeInteger(unitPrice.amount) && orderTotal([{ quantity, unitPrice }], currency) === amount)
      return [{ quantity, unitPrice }];
  }
  const low = Math.floor(amount / quantity);
  const dearer = amount - low * quantity;
  return [
    { quantity: quantity - dearer, unitPrice: { amount: low, scale: whole } },
    { quantity: dearer, unitPrice: { amount: low + 1, scale: whole } },
  ];
};

const nearestPrice = (amount: number, decimals: number, quantity: number) => {
  const [exact, by] = [BigInt(amount) * 10n ** BigInt(decimals), BigInt(quantity)];
  return Number((exact + by / 2n) / by);
};

/** `1.a` … `1.z`, `1.aa` …, cut to what an id may be long. */
const componentLineId = (lineId: string, index: number): string => {
  const suffix = `.${lettersOf(index)}`;
  return lineId.slice(0, MAX_ID_LENGTH - suffix.length) + suffix;
};

const lettersOf = (index: number): string =>
  (index >= 26 ? lettersOf(Math.floor(index / 26) - 1) : '') + String.fromCharCode(97 + (index % 26));

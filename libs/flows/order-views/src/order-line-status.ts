import { type LineQuantity, type Method, type OrderLine } from '#orders';

/** An order line with its units: ordered = open + allocated + fulfilled + cancelled; returned ≤ fulfilled. */
export interface OrderLineStatus {
  readonly lineId: string;
  readonly sku: string;
  readonly title?: string;
  readonly method: Method;
  readonly locationId?: string;
  readonly unitPrice: { readonly amount: number; readonly scale: number };
  readonly attributes?: Readonly<Record<string, string>>;
  readonly kit?: OrderLine['kit'];
  readonly ordered: number;
  readonly open: number;
  readonly allocated: number;
  readonly fulfilled: number;
  readonly cancelled: number;
  /** How many of the fulfilled units came back. */
  readonly returned: number;
}

export type LineQuantityName = 'ordered' | 'open' | 'allocated' | 'fulfilled' | 'cancelled' | 'returned';

export const newLineStatus = ({ quantity, ...line }: OrderLine, fulfilled: boolean): OrderLineStatus => ({
  ...line,
  ordered: quantity,
  open: fulfilled ? 0 : quantity,
  allocated: 0,
  fulfilled: fulfilled ? quantity : 0,
  cancelled: 0,
  returned: 0,
});

export const sumOfLines = (lines: readonly OrderLineStatus[], quantity: LineQuantityName) =>
  lines.reduce((sum, line) => sum + line[quantity], 0);

/**
 * Moves units of each named line from one quantity to another; without `from`, adds them.
 *
 * @throws Error for a line that is not among `lines`
 */
export const moveUnits = (
  lines: readonly OrderLineStatus[],
  moves: readonly LineQuantity[],
  to: LineQuantityName,
  from?: LineQuantityName,
): OrderLineStatus[] => {
  const units = new Map<string, number>();
  for (const { lineId, quantity } of moves) units.set(lineId, (units.get(lineId) ?? 0) + quantity);
  const known = new Set(lines.map(({ lineId }) => lineId));
  for (const lineId of units.keys()) if (!known.has(lineId)) throw new Error(`The order has no line ${lineId}`);
  return lines.map((line) => {
    const quantity = units.get(line.lineId);
    if (quantity === undefined) return line;
    return { ...line, [to]: line[to] + quantity, ...(from && { [from]: line[from] - quantity }) };
  });
};

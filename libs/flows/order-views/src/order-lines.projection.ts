import { type LineQuantity, type Method, type OrderLine } from '#orders';

/** Where the units of an order line are: ordered = open + allocated + fulfilled + cancelled. */
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
  /** Of the fulfilled ones, came back. */
  readonly returned: number;
}

export type Share = 'ordered' | 'open' | 'allocated' | 'fulfilled' | 'cancelled' | 'returned';

export const lineStatus = ({ quantity, ...line }: OrderLine, fulfilled: boolean): OrderLineStatus => ({
  ...line,
  ordered: quantity,
  open: fulfilled ? 0 : quantity,
  allocated: 0,
  fulfilled: fulfilled ? quantity : 0,
  cancelled: 0,
  returned: 0,
});

export const unitsOf = (lines: readonly OrderLineStatus[], share: Share) =>
  lines.reduce((all, line) => all + line[share], 0);

/** Moves units of each named line from one share to another; without `from`, adds them. Unknown lines are left out. */
export const moveUnits = (
  lines: readonly OrderLineStatus[],
  moves: readonly LineQuantity[],
  to: Share,
  from?: Share,
): OrderLineStatus[] => {
  const units = new Map<string, number>();
  for (const { lineId, quantity } of moves) units.set(lineId, (units.get(lineId) ?? 0) + quantity);
  return lines.map((line) => {
    const quantity = units.get(line.lineId);
    if (quantity === undefined) return line;
    return { ...line, [to]: line[to] + quantity, ...(from && { [from]: line[from] - quantity }) };
  });
};

/** Where the units of an order's lines are. For each line, always: ordered = open + allocated + fulfilled + cancelled. */
import { type UnitPrice } from '#kernel';
import { type Allocation, type OrderDetails, type Release } from './order-messages.js';

export interface Line {
  readonly price: UnitPrice;
  readonly ordered: number;
  open: number;
  allocated: number;
  fulfilled: number;
  cancelled: number;
}

export type Lines = ReadonlyMap<string, Line>;

/** What a reservation still holds, by line. */
export interface Holding {
  readonly reservationId: string;
  readonly sku: string;
  readonly locationId: string;
  readonly units: Map<string, number>;
}

type Share = 'open' | 'allocated' | 'cancelled';

export const linesOf = ({ lines, currency }: OrderDetails, start: 'open' | 'fulfilled'): Map<string, Line> =>
  new Map(
    lines.map(({ lineId, quantity, unitPrice }) => {
      const none = { open: 0, allocated: 0, fulfilled: 0, cancelled: 0 };
      return [lineId, { price: { ...unitPrice, currency }, ordered: quantity, ...none, [start]: quantity }];
    }),
  );

export const move = (line: Line | undefined, from: Share, to: Share, quantity: number) => {
  if (!line) return; // cannot be: an event names only lines that its decision has seen
  line[from] -= quantity;
  line[to] += quantity;
};

export const allocate = ({ reservationId, sku, locationId, lines: parts }: Allocation, lines: Lines): Holding => {
  for (const { lineId, quantity } of parts) move(lines.get(lineId), 'open', 'allocated', quantity);
  return { reservationId, sku, locationId, units: new Map(parts.map(({ lineId, quantity }) => [lineId, quantity])) };
};

export const giveBack = ({ reservationId, lines: parts }: Release, lines: Lines, holdings: readonly Holding[]) => {
  const units = holdings.find((holding) => holding.reservationId === reservationId)?.units;
  for (const { lineId, quantity } of parts) {
    units?.set(lineId, (units.get(lineId) ?? 0) - quantity);
    move(lines.get(lineId), 'allocated', 'open', quantity);
  }
};

export const isCancelled = ({ ordered, cancelled }: Line) => cancelled === ordered;

/** Where the units of an order's lines are. For each line, always: ordered = open + allocated + fulfilled + cancelled. */
import { type Allocation, type FulfilledReservation, type LineQuantity, type Release } from './order-messages.js';
import { type Worth } from './worth.js';

export interface Line {
  readonly ordered: number;
  open: number;
  allocated: number;
  fulfilled: number;
  cancelled: number;
  /** Of the fulfilled ones. */
  returned: number;
  /** What the open and allocated units are worth. */
  worth: Worth;
  /** What the units are worth that are fulfilled and not returned. */
  sold: Worth;
}

export type Lines = ReadonlyMap<string, Line>;

/** What a reservation still holds, by line. */
export interface Holding {
  readonly reservationId: string;
  readonly sku: string;
  readonly locationId: string;
  readonly units: Map<string, number>;
}

type Share = 'open' | 'allocated' | 'fulfilled' | 'cancelled';

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
  drop(reservationId, parts, holdings);
  for (const { lineId, quantity } of parts) move(lines.get(lineId), 'allocated', 'open', quantity);
};

export const leave = ({ reservationId, lines: parts }: FulfilledReservation, holdings: readonly Holding[]) => {
  drop(reservationId, parts, holdings);
};

const drop = (reservationId: string, parts: readonly LineQuantity[], holdings: readonly Holding[]) => {
  const units = holdings.find((holding) => holding.reservationId === reservationId)?.units;
  for (const { lineId, quantity } of parts) units?.set(lineId, (units.get(lineId) ?? 0) - quantity);
};

/** Units that can still be cancelled. */
export const remaining = ({ open, allocated }: Line) => open + allocated;

/** Units with the buyer. */
export const kept = ({ fulfilled, returned }: Line) => fulfilled - returned;

export const isCancelled = ({ ordered, cancelled }: Line) => cancelled === ordered;

/** Quantities by line, each line once. */
export const perLine = (parts: readonly LineQuantity[]): Map<string, number> => {
  const quantities = new Map<string, number>();
  for (const { lineId, quantity } of parts) quantities.set(lineId, (quantities.get(lineId) ?? 0) + quantity);
  return quantities;
};

export const listed = (quantities: ReadonlyMap<string, number>): LineQuantity[] =>
  [...quantities].filter(([, quantity]) => quantity > 0).map(([lineId, quantity]) => ({ lineId, quantity }));

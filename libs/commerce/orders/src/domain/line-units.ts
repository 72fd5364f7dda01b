/** The units of an order's lines. For each line: ordered = open + allocated + fulfilled + cancelled. */
import { type LineValue } from './line-value.js';
import { type Allocation, type FulfilledReservation, type LineQuantity, type Release } from './order-messages.js';

export interface LineUnits {
  readonly ordered: number;
  open: number;
  allocated: number;
  fulfilled: number;
  cancelled: number;
  /** The fulfilled units that came back. */
  returned: number;
  /** Value of the open and allocated units. */
  openValue: LineValue;
  /** Value of the units that are fulfilled and not returned. */
  valueWithBuyer: LineValue;
}

export type LinesById = ReadonlyMap<string, LineUnits>;

/** A reservation of the order with the units that are still reserved, by line. */
export interface OrderReservation {
  readonly reservationId: string;
  readonly sku: string;
  readonly locationId: string;
  readonly units: Map<string, number>;
}

type UnitState = 'open' | 'allocated' | 'fulfilled' | 'cancelled';

/** @throws Error for a line that the order does not have; no event names one */
export const requireLine = (lines: LinesById, lineId: string): LineUnits => {
  const line = lines.get(lineId);
  if (!line) throw new Error(`The order has no line ${lineId}`);
  return line;
};

export const moveUnits = (line: LineUnits, from: UnitState, to: UnitState, quantity: number) => {
  line[from] -= quantity;
  line[to] += quantity;
};

export const allocateUnits = (
  { reservationId, sku, locationId, lines: parts }: Allocation,
  lines: LinesById,
): OrderReservation => {
  for (const { lineId, quantity } of parts) moveUnits(requireLine(lines, lineId), 'open', 'allocated', quantity);
  return { reservationId, sku, locationId, units: new Map(parts.map(({ lineId, quantity }) => [lineId, quantity])) };
};

export const releaseUnits = (
  { reservationId, lines: parts }: Release,
  lines: LinesById,
  reservations: readonly OrderReservation[],
) => {
  removeFromReservation(reservationId, parts, reservations);
  for (const { lineId, quantity } of parts) moveUnits(requireLine(lines, lineId), 'allocated', 'open', quantity);
};

export const consumeUnits = (
  { reservationId, lines: parts }: FulfilledReservation,
  reservations: readonly OrderReservation[],
) => {
  removeFromReservation(reservationId, parts, reservations);
};

/**
 * Ignores a reservation without units, because a fulfillment may report one that the order has replaced in the meantime.
 *
 * @throws Error for units of a reservation that the order does not have; no event names one
 */
const removeFromReservation = (
  reservationId: string,
  parts: readonly LineQuantity[],
  reservations: readonly OrderReservation[],
) => {
  if (parts.length === 0) return;
  const reservation = reservations.find((candidate) => candidate.reservationId === reservationId);
  if (!reservation) throw new Error(`The order has no reservation ${reservationId}`);
  const { units } = reservation;
  for (const { lineId, quantity } of parts) units.set(lineId, (units.get(lineId) ?? 0) - quantity);
};

/** Units that can still be cancelled. */
export const cancellableUnits = ({ open, allocated }: LineUnits) => open + allocated;

export const unitsWithBuyer = ({ fulfilled, returned }: LineUnits) => fulfilled - returned;

export const isFullyCancelled = ({ ordered, cancelled }: LineUnits) => cancelled === ordered;

/** The sum of the quantities of each line. */
export const unitsByLine = (parts: readonly LineQuantity[]): Map<string, number> => {
  const quantities = new Map<string, number>();
  for (const { lineId, quantity } of parts) quantities.set(lineId, (quantities.get(lineId) ?? 0) + quantity);
  return quantities;
};

/** Lines without units are left out. */
export const lineQuantities = (quantities: ReadonlyMap<string, number>): LineQuantity[] =>
  [...quantities].filter(([, quantity]) => quantity > 0).map(([lineId, quantity]) => ({ lineId, quantity }));

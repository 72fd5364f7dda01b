/**
 * The rules of an order's lines and money.
 * Line total = quantity × unit price, rounded half up to the minor unit; order total = Σ lines + Σ charges.
 */
import { checkSize, DomainError } from '#kernel';
import {
  type Allocation,
  type CancelledUnits,
  type LineQuantity,
  type OrderDetails,
  type OrderLine,
  type Release,
} from './order-messages.js';
import { lineQuantities, unitsByLine, cancellableUnits, type OrderReservation, type LinesById } from './line-units.js';
import { shareOfValue, totalValue } from './line-value.js';

/** A cart may take a little less, so that each can become an order. */
const MAX_LINES_BYTES = 512 * 1024;

/** @throws DomainError `invalid-lines`, `too-large` */
export const checkLines = (
  { lines, charges }: Pick<OrderDetails, 'lines' | 'charges'>,
  needsLocation: (line: OrderLine) => boolean,
) => {
  if (lines.length + charges.length === 0)
    throw new DomainError('invalid-lines', 'The order has neither a line nor a charge');
  checkUnique(lines.map(({ lineId }) => lineId));
  checkUnique(charges.map(({ chargeId }) => chargeId));
  checkSize('The lines of an order', lines, MAX_LINES_BYTES);
  const unlocated = lines.find((line) => line.locationId === undefined && needsLocation(line));
  if (unlocated) {
    const { lineId, method } = unlocated;
    throw new DomainError('invalid-lines', `Line ${lineId} (${method}) needs a location`, { lineId });
  }
};

/** @throws DomainError `invalid-lines` */
export const checkUnique = (ids: readonly string[]) => {
  const seen = new Set<string>();
  for (const id of ids) {
    if (seen.has(id)) throw new DomainError('invalid-lines', `The id ${id} is used twice`, { lineId: id });
    seen.add(id);
  }
};

/** @throws DomainError `plan-incomplete` unless the allocations are exactly the open units of each line */
export const checkAllocations = (allocations: readonly Allocation[], lines: LinesById) => {
  const missing = new Map([...lines].map(([lineId, { open }]) => [lineId, open]));
  const incomplete = (lineId: string) =>
    new DomainError('plan-incomplete', `The allocations are not exactly the open units of ${lineId}`, { lineId });
  for (const { quantity, lines: parts, reservationId } of allocations) {
    for (const { lineId, quantity: part } of parts) missing.set(lineId, (missing.get(lineId) ?? 0) - part);
    if (parts.reduce((sum, part) => sum + part.quantity, 0) !== quantity) throw incomplete(reservationId);
  }
  for (const [lineId, quantity] of missing) if (quantity !== 0) throw incomplete(lineId);
};

/**
 * Open units are cancelled first, then reserved ones: from the reservations that `requested` names, then from the latest
 * reservation back.
 *
 * @throws DomainError `line-not-found`, `line-already-fulfilled`
 */
export const planCancellation = (
  requested: readonly CancelledUnits[],
  lines: LinesById,
  reservations: readonly OrderReservation[],
) => {
  const units = unitsByLine(requested);
  const toRelease = new Map<string, number>();
  let refund = 0;
  for (const [lineId, quantity] of units) {
    const line = checkCancellable(lineId, quantity, lines);
    refund += totalValue(shareOfValue(line.openValue, quantity, cancellableUnits(line)));
    toRelease.set(lineId, Math.max(0, quantity - line.open));
  }
  return {
    lines: lineQuantities(units),
    releases: planReleases(toRelease, withNamedLast(reservations, requested)),
    refund,
  };
};

/** Units are released from the last reservation first, so those that the request names go last. */
const withNamedLast = (reservations: readonly OrderReservation[], requested: readonly CancelledUnits[]) => {
  const named = new Set(requested.map(({ reservationId }) => reservationId));
  const isNamed = ({ reservationId }: OrderReservation) => named.has(reservationId);
  return [...reservations.filter((one) => !isNamed(one)), ...reservations.filter(isNamed)];
};

const checkCancellable = (lineId: string, quantity: number, lines: LinesById) => {
  const line = lines.get(lineId);
  if (!line) throw new DomainError('line-not-found', `There is no line ${lineId}`, { lineId });
  const cancellable = cancellableUnits(line);
  if (quantity <= cancellable) return line;
  const message = `Of line ${lineId} only ${cancellable} units can still be cancelled`;
  throw new DomainError('line-already-fulfilled', message, { lineId, requested: quantity, cancellable });
};

const planReleases = (toRelease: Map<string, number>, reservations: readonly OrderReservation[]): Release[] =>
  reservations.toReversed().flatMap(({ units, ...reservation }) => {
    const lines: LineQuantity[] = [];
    let [by, left] = [0, 0];
    for (const [lineId, reserved] of units) {
      const remaining = toRelease.get(lineId) ?? 0;
      const quantity = Math.min(reserved, remaining);
      toRelease.set(lineId, remaining - quantity);
      by += quantity;
      left += reserved - quantity;
      if (quantity > 0) lines.push({ lineId, quantity });
    }
    return by > 0 ? [{ ...reservation, by, left, lines }] : [];
  });

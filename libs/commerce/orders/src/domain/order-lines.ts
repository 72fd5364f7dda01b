/**
 * The rules of an order's lines and money.
 * Line total = quantity × unit price, rounded half up to the minor unit; order total = Σ lines + Σ charges.
 */
import { DomainError, lineTotal, sum } from '#kernel';
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

export interface PricedQuantity {
  readonly quantity: number;
  readonly unitPrice: { readonly amount: number; readonly scale: number };
}

/** @throws DomainError `invalid-lines` */
export const checkLines = (
  { lines, charges }: Pick<OrderDetails, 'lines' | 'charges'>,
  needsLocation: (line: OrderLine) => boolean,
) => {
  if (lines.length + charges.length === 0) throw new DomainError('invalid-lines', 'There is no line and no charge');
  checkUnique(lines.map(({ lineId }) => lineId));
  checkUnique(charges.map(({ chargeId }) => chargeId));
  const astray = lines.find((line) => line.locationId === undefined && needsLocation(line));
  if (astray) {
    const { lineId, method } = astray;
    throw new DomainError('invalid-lines', `Line ${lineId} (${method}) needs a location`, { lineId });
  }
};

/** @throws DomainError `invalid-lines` */
export const checkUnique = (ids: readonly string[]) => {
  const seen = new Set<string>();
  for (const id of ids) {
    if (seen.has(id)) throw new DomainError('invalid-lines', `The id ${id} is there twice`, { lineId: id });
    seen.add(id);
  }
};

/** Exact total in minor units. @throws DomainError `amount-out-of-range` */
export const orderTotal = (items: readonly PricedQuantity[], currency: string): number => {
  try {
    const parts = items.map(({ unitPrice, quantity }) => lineTotal({ ...unitPrice, currency }, quantity));
    return sum(parts, currency).amount;
  } catch (error) {
    if (error instanceof RangeError) throw new DomainError('amount-out-of-range', 'The total is too large to be exact');
    throw error;
  }
};

/** @throws DomainError `plan-incomplete` unless the allocations are exactly the open units of every line */
export const checkAllocations = (allocations: readonly Allocation[], lines: LinesById) => {
  const missing = new Map([...lines].map(([lineId, { open }]) => [lineId, open]));
  const wrong = (lineId: string) =>
    new DomainError('plan-incomplete', `The reservations are not what line ${lineId} ordered`, { lineId });
  for (const { quantity, lines: parts, reservationId } of allocations) {
    for (const { lineId, quantity: part } of parts) missing.set(lineId, (missing.get(lineId) ?? 0) - part);
    if (parts.reduce((all, part) => all + part.quantity, 0) !== quantity) throw wrong(reservationId);
  }
  for (const [lineId, quantity] of missing) if (quantity !== 0) throw wrong(lineId);
};

/**
 * What cancelling some units means: open units go first, then reserved ones, from the last reservation back unless it is
 * said which.
 *
 * @throws DomainError `line-not-found`, `line-already-fulfilled`
 */
export const planCancellation = (
  wanted: readonly CancelledUnits[],
  lines: LinesById,
  holdings: readonly OrderReservation[],
) => {
  const reserved = new Map<string, number>();
  let refund = 0;
  for (const [lineId, quantity] of unitsByLine(wanted)) {
    const line = checkCancellable(lineId, quantity, lines);
    refund += totalValue(shareOfValue(line.openValue, quantity, cancellableUnits(line)));
    reserved.set(lineId, Math.max(0, quantity - line.open));
  }
  return {
    lines: lineQuantities(unitsByLine(wanted)),
    releases: releasesOf(reserved, namedLast(holdings, wanted)),
    refund,
  };
};

/** The holdings to take from, the first last. */
const namedLast = (holdings: readonly OrderReservation[], wanted: readonly CancelledUnits[]) => {
  const named = new Set(wanted.map(({ reservationId }) => reservationId));
  const isNamed = ({ reservationId }: OrderReservation) => named.has(reservationId);
  return [...holdings.filter((one) => !isNamed(one)), ...holdings.filter(isNamed)];
};

const checkCancellable = (lineId: string, quantity: number, lines: LinesById) => {
  const line = lines.get(lineId);
  if (!line) throw new DomainError('line-not-found', `There is no line ${lineId}`, { lineId });
  const left = cancellableUnits(line);
  if (quantity <= left) return line;
  const message = `Of line ${lineId} ${left > 0 ? `only ${left}` : 'nothing'} can still be cancelled`;
  throw new DomainError('line-already-fulfilled', message, {
    lineId,
    requested: quantity,
    cancellable: left,
  });
};

const releasesOf = (wanted: Map<string, number>, holdings: readonly OrderReservation[]): Release[] =>
  holdings.toReversed().flatMap(({ units, ...reservation }) => {
    const lines: LineQuantity[] = [];
    let [by, left] = [0, 0];
    for (const [lineId, held] of units) {
      const quantity = Math.min(held, wanted.get(lineId) ?? 0);
      wanted.set(lineId, (wanted.get(lineId) ?? 0) - quantity);
      by += quantity;
      left += held - quantity;
      if (quantity > 0) lines.push({ lineId, quantity });
    }
    return by > 0 ? [{ ...reservation, by, left, lines }] : [];
  });

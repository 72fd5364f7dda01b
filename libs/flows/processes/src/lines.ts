/** Arithmetic on units of lines. */

interface LineUnits {
  readonly lineId: string;
  readonly quantity: number;
}

export const sumUnits = (lines: readonly { readonly quantity: number }[]) =>
  lines.reduce((all, { quantity }) => all + quantity, 0);

/** Subtracts units from lines. Lines without remaining units are left out. */
export const subtractUnits = <Line extends LineUnits>(lines: readonly Line[], taken: readonly LineUnits[]): Line[] => {
  const quantities = new Map<string, number>();
  for (const { lineId, quantity } of taken) quantities.set(lineId, (quantities.get(lineId) ?? 0) + quantity);
  return lines.flatMap((line) => {
    const less = Math.min(line.quantity, quantities.get(line.lineId) ?? 0);
    quantities.set(line.lineId, (quantities.get(line.lineId) ?? 0) - less);
    return less < line.quantity ? [{ ...line, quantity: line.quantity - less }] : [];
  });
};

interface ReservedUnits extends LineUnits {
  readonly sku: string;
  /** Absent for units that are not reserved yet. */
  readonly reservationId?: string;
}

/** Units of one reservation, and so of one SKU. */
export interface UnitsOfReservation {
  readonly reservationId: string;
  readonly sku: string;
  readonly quantity: number;
  readonly lines: readonly LineUnits[];
}

/** Groups reserved units by reservation, in the order of the lines. */
export const unitsByReservation = (lines: readonly ReservedUnits[]): readonly UnitsOfReservation[] => {
  const found = new Map<string, UnitsOfReservation>();
  for (const { reservationId, sku, lineId, quantity } of lines) {
    if (reservationId === undefined) continue;
    const before = found.get(reservationId) ?? { reservationId, sku, quantity: 0, lines: [] };
    const units = { quantity: before.quantity + quantity, lines: [...before.lines, { lineId, quantity }] };
    found.set(reservationId, { ...before, ...units });
  }
  return [...found.values()];
};

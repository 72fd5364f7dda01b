import { uuidv5 } from '#kernel';
import { type AllocatedLine, type Allocation, type OrderLine } from '#orders';

const RESERVATION_ID_NAMESPACE = 'b5f0c7a2-0d0e-5c0b-8a86-5a4f6f3f7f10';

export type LineDemand = Pick<OrderLine, 'lineId' | 'sku' | 'quantity'>;

/** What an allocation records about the units of a line in addition to their number. */
export type AllocationNotes = Omit<AllocatedLine, 'lineId' | 'quantity'>;

export const stockKey = (sku: string, locationId: string) => `${sku}~${locationId}`;

export const keepField = (keep = 0) => (keep > 0 ? { keep } : {});

/** Stock on which one planning attempt rests. Keys are those of {@link stockKey}. */
export interface DraftInput {
  /** Units still available at each location, less safety stock. */
  readonly available: Map<string, number>;
  /** Safety stock of the channel by location. */
  readonly keep: ReadonlyMap<string, number>;
  /** Ids of reservations that the new ones replace. */
  readonly replaces: ReadonlyMap<string, string>;
}

/** The allocations of one attempt, while they are being made. */
export class PlanDraft {
  private readonly byStockKey = new Map<
    string,
    { sku: string; locationId: string; lines: Map<string, AllocatedLine> }
  >();

  constructor(private readonly input: DraftInput) {}

  available(sku: string, locationId: string) {
    return Math.max(0, this.input.available.get(stockKey(sku, locationId)) ?? 0);
  }

  has({ sku, quantity }: Omit<LineDemand, 'lineId'>, locationId: string) {
    return this.available(sku, locationId) >= quantity;
  }

  /** Takes the available units, at most the quantity of the line. @returns how many are missing */
  takeAvailable(line: LineDemand, locationId: string, notes: AllocationNotes = {}): number {
    const quantity = Math.min(this.available(line.sku, locationId), line.quantity);
    if (quantity > 0) this.take({ ...line, quantity }, locationId, notes);
    return line.quantity - quantity;
  }

  /** Takes units even if none are known to be available. */
  take({ lineId, sku, quantity }: LineDemand, locationId: string, notes: AllocationNotes = {}) {
    const key = stockKey(sku, locationId);
    this.input.available.set(key, (this.input.available.get(key) ?? 0) - quantity);
    const { lines } = this.byStockKey.get(key) ?? this.addAllocation(key, { sku, locationId });
    const units = quantity + (lines.get(lineId)?.quantity ?? 0);
    lines.set(lineId, { lineId, quantity: units, ...notes });
  }

  private addAllocation(key: string, of: { sku: string; locationId: string }) {
    const allocation = { ...of, lines: new Map<string, AllocatedLine>() };
    this.byStockKey.set(key, allocation);
    return allocation;
  }

  allocations(orderId: string, attempt: number): Allocation[] {
    const { keep, replaces } = this.input;
    return [...this.byStockKey].map(([key, { sku, locationId, lines }]) => ({
      reservationId: uuidv5(RESERVATION_ID_NAMESPACE, `${orderId}/${attempt}/${sku}/${locationId}`),
      sku,
      locationId,
      quantity: lines.values().reduce((sum, { quantity }) => sum + quantity, 0),
      lines: [...lines.values()],
      ...keepField(keep.get(locationId)),
      ...replacesField(replaces.get(key)),
    }));
  }
}

const replacesField = (replaces?: string) => (replaces === undefined ? {} : { replaces });

import { uuidv5 } from '#kernel';
import { type AllocatedLine, type Allocation, type OrderLine } from '#orders';

const RESERVATIONS = 'b5f0c7a2-0d0e-5c0b-8a86-5a4f6f3f7f10';

export type Demand = Pick<OrderLine, 'lineId' | 'sku' | 'quantity'>;

/** What is said of units beside their number. */
export type Mark = Omit<AllocatedLine, 'lineId' | 'quantity'>;

export const placeOf = (sku: string, locationId: string) => `${sku}~${locationId}`;

export const keeping = (keep = 0) => (keep > 0 ? { keep } : {});

/** What each attempt must know of the places. */
export interface Shelves {
  /** Units left at each place, without those to keep. */
  readonly left: Map<string, number>;
  /** Units that the channel leaves alone, by location. */
  readonly keep: ReadonlyMap<string, number>;
  /** Reservations to take over, by place. */
  readonly replaces: ReadonlyMap<string, string>;
}

/** The allocations of one attempt, while they are found. */
export class Draft {
  private readonly found = new Map<string, { sku: string; locationId: string; lines: Map<string, AllocatedLine> }>();

  constructor(private readonly shelves: Shelves) {}

  left(sku: string, locationId: string) {
    return Math.max(0, this.shelves.left.get(placeOf(sku, locationId)) ?? 0);
  }

  has({ sku, quantity }: Omit<Demand, 'lineId'>, locationId: string) {
    return this.left(sku, locationId) >= quantity;
  }

  /** Takes what is there of the wanted quantity; answers how much is still wanted. */
  takeAvailable(line: Demand, locationId: string, mark: Mark = {}): number {
    const quantity = Math.min(this.left(line.sku, locationId), line.quantity);
    if (quantity > 0) this.take({ ...line, quantity }, locationId, mark);
    return line.quantity - quantity;
  }

  /** Takes units even where none are known to be. */
  take({ lineId, sku, quantity }: Demand, locationId: string, mark: Mark = {}) {
    const place = placeOf(sku, locationId);
    this.shelves.left.set(place, (this.shelves.left.get(place) ?? 0) - quantity);
    const { lines } = this.found.get(place) ?? this.begin(place, { sku, locationId });
    const units = quantity + (lines.get(lineId)?.quantity ?? 0);
    lines.set(lineId, { lineId, quantity: units, ...mark });
  }

  private begin(place: string, at: { sku: string; locationId: string }) {
    const begun = { ...at, lines: new Map<string, AllocatedLine>() };
    this.found.set(place, begun);
    return begun;
  }

  allocations(orderId: string, attempt: number): Allocation[] {
    const { keep, replaces } = this.shelves;
    return [...this.found].map(([place, { sku, locationId, lines }]) => ({
      reservationId: uuidv5(RESERVATIONS, `${orderId}/${attempt}/${sku}/${locationId}`),
      sku,
      locationId,
      quantity: lines.values().reduce((all, { quantity }) => all + quantity, 0),
      lines: [...lines.values()],
      ...keeping(keep.get(locationId)),
      ...takeover(replaces.get(place)),
    }));
  }
}

const takeover = (replaces?: string) => (replaces === undefined ? {} : { replaces });

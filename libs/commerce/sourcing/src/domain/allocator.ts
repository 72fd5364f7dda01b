import { type Held, type LineToPlan, type OfferedLocation } from '#orders';
import { type Draft, type Mark } from './draft.js';
import { bestPlaces, heldFirst, type Guide, type Wanted } from './guide.js';
import { type Group, type PlanRequest } from './plan-request.js';

interface Places {
  /** Neither paused nor excluded. */
  readonly open: readonly OfferedLocation[];
  /** Those of them that ship, in the channel's order. */
  readonly shipping: readonly string[];
}

/** Takes units from places, group by group; answers whether each had an eligible place. */
export class Allocator {
  /** Guides that had too little to offer. */
  readonly fellBack = new Set<Guide>();
  /** Only what is known to be there is taken. */
  private readonly strict: boolean;
  private readonly held: Map<string, readonly Held[]>;

  constructor(
    private readonly draft: Draft,
    private readonly request: PlanRequest,
    private readonly places: Places,
  ) {
    this.strict = request.exclude.length > 0 && request.known !== undefined;
    this.held = Map.groupBy(request.held, ({ sku }) => sku);
  }

  /** Lines that were ordered from a place. */
  fixed(lines: readonly LineToPlan[]): boolean {
    for (const line of lines) {
      const { locationId = '' } = line;
      if (this.isOpen(locationId)) this.draft.take(line, locationId, { fixed: true });
    }
    return lines.every(({ locationId = '' }) => this.isOpen(locationId));
  }

  group({ lines, guide, pickupAt }: Group): boolean {
    const mark: Mark = pickupAt === undefined ? {} : { pickupAt };
    const rest = pickupAt !== undefined && this.isOpen(pickupAt) ? this.atHome(lines, pickupAt) : lines;
    if (rest.length === 0) return true;
    if (guide) return this.guided(rest, guide, mark);
    return this.inOrder(this.fromHeld(rest), this.places.shipping, mark);
  }

  private isOpen(place: string) {
    return this.places.open.some(({ locationId }) => locationId === place);
  }

  /** What the store of a pickup has itself, which is all where nothing is known. */
  private atHome(lines: readonly LineToPlan[], pickupAt: string): LineToPlan[] {
    return lines.flatMap((line) => {
      const mark = { pickupAt };
      if (this.request.known === undefined) this.draft.take(line, pickupAt, mark);
      const quantity = this.request.known === undefined ? 0 : this.draft.takeAvailable(line, pickupAt, mark);
      return quantity > 0 ? [{ ...line, quantity }] : [];
    });
  }

  private guided(lines: readonly LineToPlan[], guide: Guide, mark: Mark): boolean {
    const places = guide.places.map(({ locationId }) => locationId);
    const stock = {
      left: (sku: string, locationId: string) => this.draft.left(sku, locationId),
      isHeld: (sku: string, locationId: string) => this.isHeld(sku, locationId),
    };
    const best = this.request.known === undefined ? places.slice(0, 1) : bestPlaces(wantedOf(lines), guide, stock);
    if (best && best.length > 0) return this.take(lines, best, mark);
    this.fellBack.add(guide);
    return this.fallBack(lines, guide, mark);
  }

  private fallBack(lines: readonly LineToPlan[], { judgement, places, others }: Guide, mark: Mark): boolean {
    const ranked = places.map(({ locationId }) => locationId);
    switch (judgement.fallback) {
      case 'any-location':
        return this.inOrder(lines, [...ranked, ...others], mark);
      case 'backorder':
        return this.take(lines, ranked.slice(0, judgement.maxSplit), mark);
      case 'reject':
        return false;
    }
  }

  /** From the one place that has everything, else from one after the other. */
  private inOrder(lines: readonly LineToPlan[], places: readonly string[], mark: Mark): boolean {
    const wanted = wantedOf(lines);
    const whole = places.find((locationId) => wanted.every((demand) => this.draft.has(demand, locationId)));
    return this.take(lines, whole === undefined ? places : [whole], mark);
  }

  /** What is known to be there, in order; what is not is asked of the first. */
  private take(lines: readonly LineToPlan[], places: readonly string[], mark: Mark): boolean {
    const [first] = places;
    if (first === undefined) return lines.length === 0;
    for (const line of lines) {
      let { quantity } = line;
      for (const place of heldFirst(places, (locationId) => this.isHeld(line.sku, locationId))) {
        if (quantity > 0) quantity = this.draft.takeAvailable({ ...line, quantity }, place, mark);
      }
      if (quantity > 0 && !this.strict) this.draft.take({ ...line, quantity }, first, mark);
    }
    return true;
  }

  /** From places where the buyer's cart holds goods of the SKU; answers what is still wanted. */
  private fromHeld(lines: readonly LineToPlan[]): readonly LineToPlan[] {
    if (this.held.size === 0) return lines;
    return lines.flatMap((line) => {
      let { quantity } = line;
      for (const { locationId } of this.held.get(line.sku) ?? []) {
        if (quantity === 0 || !this.places.shipping.includes(locationId)) continue;
        quantity = this.draft.takeAvailable({ ...line, quantity }, locationId);
      }
      return quantity > 0 ? [{ ...line, quantity }] : [];
    });
  }

  private isHeld(sku: string, place: string) {
    return this.held.get(sku)?.some(({ locationId }) => locationId === place) ?? false;
  }
}

const wantedOf = (lines: readonly LineToPlan[]): Wanted[] => {
  const demand = new Map<string, number>();
  for (const { sku, quantity } of lines) demand.set(sku, (demand.get(sku) ?? 0) + quantity);
  return [...demand].map(([sku, quantity]) => ({ sku, quantity }));
};

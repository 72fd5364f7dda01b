import { type ReservedCandidate, type LineToPlan, type OfferedLocation } from '#orders';
import { type PlanDraft, type AllocationNotes } from './plan-draft.js';
import { bestCombination, cartLocationsFirst, type LocationRanking, type Demand } from './location-ranking.js';
import { type SourcingGroup, type PlanRequest } from './plan-request.js';

interface EligibleLocations {
  /** Neither paused nor excluded by the request. */
  readonly open: readonly OfferedLocation[];
  /** The open locations that ship, in the channel's order of preference. */
  readonly shipping: readonly string[];
}

/** Allocates lines to locations. Each method returns whether the lines had an eligible location. */
export class Allocator {
  /** Rankings whose locations had too little, so that the fallback was applied. */
  readonly fellBack = new Set<LocationRanking>();
  /** Whether to allocate only units that are known to be available. */
  private readonly onlyKnownStock: boolean;
  private readonly cartReservationsBySku: Map<string, readonly ReservedCandidate[]>;

  constructor(
    private readonly draft: PlanDraft,
    private readonly request: PlanRequest,
    private readonly locations: EligibleLocations,
  ) {
    this.onlyKnownStock = request.exclude.length > 0 && request.knownStock !== undefined;
    this.cartReservationsBySku = Map.groupBy(request.cartReservations, ({ sku }) => sku);
  }

  /** Allocates lines that name their location. */
  allocateFixed(lines: readonly LineToPlan[]): boolean {
    for (const line of lines) {
      const { locationId = '' } = line;
      if (this.isOpen(locationId)) this.draft.take(line, locationId, { fixed: true });
    }
    return lines.every(({ locationId = '' }) => this.isOpen(locationId));
  }

  allocateGroup({ lines, ranking, pickupAt }: SourcingGroup): boolean {
    const notes: AllocationNotes = pickupAt === undefined ? {} : { pickupAt };
    const rest = pickupAt !== undefined && this.isOpen(pickupAt) ? this.takeFromPickupStore(lines, pickupAt) : lines;
    if (rest.length === 0) return true;
    if (ranking) return this.takeByRanking(rest, ranking, notes);
    return this.takeInOrder(this.takeFromCart(rest), this.locations.shipping, notes);
  }

  private isOpen(id: string) {
    return this.locations.open.some(({ locationId }) => locationId === id);
  }

  /** Takes what the pickup store has itself, or everything if the stock is unknown. @returns what is missing */
  private takeFromPickupStore(lines: readonly LineToPlan[], pickupAt: string): LineToPlan[] {
    return lines.flatMap((line) => {
      const notes = { pickupAt };
      if (this.request.knownStock === undefined) this.draft.take(line, pickupAt, notes);
      const quantity = this.request.knownStock === undefined ? 0 : this.draft.takeAvailable(line, pickupAt, notes);
      return quantity > 0 ? [{ ...line, quantity }] : [];
    });
  }

  private takeByRanking(lines: readonly LineToPlan[], ranking: LocationRanking, notes: AllocationNotes): boolean {
    const locations = ranking.ranked.map(({ locationId }) => locationId);
    const stock = {
      available: (sku: string, locationId: string) => this.draft.available(sku, locationId),
      isInCart: (sku: string, locationId: string) => this.isInCart(sku, locationId),
    };
    const best =
      this.request.knownStock === undefined
        ? locations.slice(0, 1)
        : bestCombination(demandBySku(lines), ranking, stock);
    if (best && best.length > 0) return this.take(lines, best, notes);
    this.fellBack.add(ranking);
    return this.applyFallback(lines, ranking, notes);
  }

  private applyFallback(
    lines: readonly LineToPlan[],
    { judgement, ranked, otherLocations }: LocationRanking,
    notes: AllocationNotes,
  ): boolean {
    const locations = ranked.map(({ locationId }) => locationId);
    switch (judgement.fallback) {
      case 'any-location':
        return this.takeInOrder(lines, [...locations, ...otherLocations], notes);
      case 'backorder':
        return this.take(lines, locations.slice(0, judgement.maxSplit), notes);
      case 'reject':
        return false;
    }
  }

  /** Takes everything from the first location that has it all, or else from one location after the other. */
  private takeInOrder(lines: readonly LineToPlan[], locations: readonly string[], notes: AllocationNotes): boolean {
    const demands = demandBySku(lines);
    const single = locations.find((locationId) => demands.every((demand) => this.draft.has(demand, locationId)));
    return this.take(lines, single === undefined ? locations : [single], notes);
  }

  /** Takes the available units in order, and asks the first location for the rest. */
  private take(lines: readonly LineToPlan[], locations: readonly string[], notes: AllocationNotes): boolean {
    const [first] = locations;
    if (first === undefined) return lines.length === 0;
    for (const line of lines) {
      let { quantity } = line;
      for (const locationId of cartLocationsFirst(locations, (id) => this.isInCart(line.sku, id))) {
        if (quantity > 0) quantity = this.draft.takeAvailable({ ...line, quantity }, locationId, notes);
      }
      if (quantity > 0 && !this.onlyKnownStock) this.draft.take({ ...line, quantity }, first, notes);
    }
    return true;
  }

  /** Takes units that the buyer's cart has reserved. @returns what is missing */
  private takeFromCart(lines: readonly LineToPlan[]): readonly LineToPlan[] {
    if (this.cartReservationsBySku.size === 0) return lines;
    return lines.flatMap((line) => {
      let { quantity } = line;
      for (const { locationId } of this.cartReservationsBySku.get(line.sku) ?? []) {
        if (quantity === 0 || !this.locations.shipping.includes(locationId)) continue;
        quantity = this.draft.takeAvailable({ ...line, quantity }, locationId);
      }
      return quantity > 0 ? [{ ...line, quantity }] : [];
    });
  }

  private isInCart(sku: string, id: string) {
    return this.cartReservationsBySku.get(sku)?.some(({ locationId }) => locationId === id) ?? false;
  }
}

const demandBySku = (lines: readonly LineToPlan[]): Demand[] => {
  const units = new Map<string, number>();
  for (const { sku, quantity } of lines) units.set(sku, (units.get(sku) ?? 0) + quantity);
  return [...units].map(([sku, quantity]) => ({ sku, quantity }));
};

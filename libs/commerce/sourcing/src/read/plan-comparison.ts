import { type FulfillmentPlan, type OrderLine } from '#orders';
import { distanceKm, type Coordinates } from '../domain/distance.js';
import { parcelCost } from '../domain/score-locations.js';
import { type Policy } from '../domain/policy.js';

interface PlanFigures {
  /** Orders without any allocation. */
  readonly unserved: number;
  /** One for each pair of location and destination of an order. */
  readonly parcels: number;
  /** Orders that come from more than one location. */
  readonly split: number;
  /** Sum over the parcels whose distance is known. */
  readonly km: number;
  /** By the costs of the new policy, in minor units. */
  readonly cost: number;
}

export interface ChangedOrder {
  readonly orderId: string;
  /** `leeds 2, london 1` */
  readonly before: string;
  readonly after: string;
}

export interface WhatIfReport {
  readonly orders: number;
  readonly changed: number;
  readonly before: PlanFigures;
  readonly after: PlanFigures;
  /** Units from each location. */
  readonly units: readonly { readonly locationId: string; readonly before: number; readonly after: number }[];
  /** The first {@link MAX_CHANGES}. */
  readonly changes: readonly ChangedOrder[];
  /** Number of orders that could not be compared, by reason. */
  readonly notJudged: Readonly<Record<string, number>>;
  /** Orders without a known destination: no kilometers are counted for them. */
  readonly withoutDistance: number;
}

interface ComparedOrder {
  readonly orderId: string;
  readonly before: FulfillmentPlan;
  readonly after: FulfillmentPlan;
  readonly lines: readonly OrderLine[];
  readonly near?: Coordinates;
}

type Locate = (locationId: string) => Partial<Coordinates> | undefined;
type Side = 'before' | 'after';
type Sums = { -readonly [Figure in keyof PlanFigures]: number };

const MAX_CHANGES = 100;
const noFigures = (): Sums => ({ unserved: 0, parcels: 0, split: 0, km: 0, cost: 0 });

/** Adds up the figures of recorded plans and of the plans under another policy. */
export class PlanComparison {
  private orders = 0;
  private changed = 0;
  private withoutDistance = 0;
  private readonly sums = { before: noFigures(), after: noFigures() };
  private readonly units = new Map<string, { before: number; after: number }>();
  private readonly changes: ChangedOrder[] = [];
  private readonly reasons: Record<string, number> = {};

  constructor(private readonly policy: Policy) {}

  notJudged(reason: string): void {
    this.reasons[reason] = (this.reasons[reason] ?? 0) + 1;
  }

  add(compared: ComparedOrder, locate: Locate): void {
    this.orders++;
    if (!compared.near) this.withoutDistance++;
    this.count('before', compared, locate);
    this.count('after', compared, locate);
    const [before, after] = [unitsByLocation(compared.before), unitsByLocation(compared.after)];
    if (before === after) return;
    this.changed++;
    if (this.changes.length < MAX_CHANGES) this.changes.push({ orderId: compared.orderId, before, after });
  }

  report(): WhatIfReport {
    const { orders, changed, withoutDistance, changes } = this;
    const units = [...this.units].map(([locationId, moved]) => ({ locationId, ...moved }));
    const sorted = units.sort((a, b) => (a.locationId < b.locationId ? -1 : 1));
    return { orders, changed, ...this.sums, units: sorted, changes, notJudged: this.reasons, withoutDistance };
  }

  private count(side: Side, { near, lines, ...plans }: ComparedOrder, locate: Locate) {
    const sums = this.sums[side];
    const { allocations } = plans[side];
    for (const { locationId, quantity } of allocations) {
      const units = this.units.get(locationId) ?? { before: 0, after: 0 };
      units[side] += quantity;
      this.units.set(locationId, units);
    }
    for (const { from, pickupAt } of parcelsOf(allocations)) {
      const km = kmBetween(locate(from), pickupAt === undefined ? near : locate(pickupAt));
      sums.parcels++;
      sums.km += km;
      sums.cost += parcelCost(km, this.policy);
    }
    if (new Set(allocations.map(({ locationId }) => locationId)).size > 1) sums.split++;
    if (allocations.length === 0 && lines.length > 0) sums.unserved++;
  }
}

/** Goods that are picked up at the location that holds them need no parcel. */
const parcelsOf = (allocations: FulfillmentPlan['allocations']) => {
  const parcels = new Map<string, { from: string; pickupAt: string | undefined }>();
  for (const { locationId: from, lines } of allocations) {
    for (const { fixed, pickupAt } of lines) {
      if (!fixed && from !== pickupAt) parcels.set(`${from}>${pickupAt ?? ''}`, { from, pickupAt });
    }
  }
  return parcels.values();
};

const kmBetween = (from: Partial<Coordinates> = {}, to: Partial<Coordinates> = {}) =>
  isKnown(from) && isKnown(to) ? distanceKm(from, to) : 0;

const isKnown = (at: Partial<Coordinates>): at is Coordinates =>
  at.latitude !== undefined && at.longitude !== undefined;

const unitsByLocation = ({ allocations }: FulfillmentPlan) => {
  const units = new Map<string, number>();
  for (const { locationId, quantity } of allocations) units.set(locationId, (units.get(locationId) ?? 0) + quantity);
  return [...units]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([locationId, quantity]) => `${locationId} ${quantity}`)
    .join(', ');
};

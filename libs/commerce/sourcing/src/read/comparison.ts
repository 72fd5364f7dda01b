import { type FulfillmentPlan, type OrderLine } from '#orders';
import { kilometers, type Position } from '../domain/distance.js';
import { costOf } from '../domain/judge-places.js';
import { type Policy } from '../domain/policy.js';

/** What plans of one kind come to. */
interface Figures {
  /** Orders without any allocation: nobody would serve them. */
  readonly unserved: number;
  /** Places that orders come from. */
  readonly parcels: number;
  /** Orders that come from more than one place. */
  readonly split: number;
  /** Of all parcels whose way is known. */
  readonly km: number;
  /** By the costs of the policy, in minor units. */
  readonly cost: number;
}

export interface Change {
  readonly orderId: string;
  /** `leeds 2, london 1` */
  readonly before: string;
  readonly after: string;
}

export interface WhatIfReport {
  readonly orders: number;
  readonly changed: number;
  readonly before: Figures;
  readonly after: Figures;
  /** Units that would come from each location, more or fewer than they did. */
  readonly units: readonly { readonly locationId: string; readonly before: number; readonly after: number }[];
  /** The first hundred. */
  readonly changes: readonly Change[];
  /** Orders that are left out, by reason. */
  readonly notJudged: Readonly<Record<string, number>>;
  /** Orders whose way is not known: no kilometers are counted for them. */
  readonly withoutDistance: number;
}

interface Compared {
  readonly orderId: string;
  readonly before: FulfillmentPlan;
  readonly after: FulfillmentPlan;
  readonly lines: readonly OrderLine[];
  readonly near?: Position;
}

type Locate = (locationId: string) => Partial<Position> | undefined;
type Side = 'before' | 'after';
type Sums = { -readonly [Figure in keyof Figures]: number };

const MAX_CHANGES = 100;
const none = (): Sums => ({ unserved: 0, parcels: 0, split: 0, km: 0, cost: 0 });

/** Adds up what plans were and what they would have been. */
export class Comparison {
  private orders = 0;
  private changed = 0;
  private withoutDistance = 0;
  private readonly sums = { before: none(), after: none() };
  private readonly units = new Map<string, { before: number; after: number }>();
  private readonly changes: Change[] = [];
  private readonly reasons: Record<string, number> = {};

  constructor(private readonly policy: Policy) {}

  notJudged(reason: string): void {
    this.reasons[reason] = (this.reasons[reason] ?? 0) + 1;
  }

  add(compared: Compared, locate: Locate): void {
    this.orders++;
    if (!compared.near) this.withoutDistance++;
    this.count('before', compared, locate);
    this.count('after', compared, locate);
    const [before, after] = [placesOf(compared.before), placesOf(compared.after)];
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

  private count(side: Side, { near, lines, ...plans }: Compared, locate: Locate) {
    const sums = this.sums[side];
    const { allocations } = plans[side];
    for (const { locationId, quantity } of allocations) {
      const at = this.units.get(locationId) ?? { before: 0, after: 0 };
      at[side] += quantity;
      this.units.set(locationId, at);
    }
    for (const { from, pickupAt } of parcelsOf(allocations)) {
      const km = kmBetween(locate(from), pickupAt === undefined ? near : locate(pickupAt));
      sums.parcels++;
      sums.km += km;
      sums.cost += costOf(km, this.policy);
    }
    if (new Set(allocations.map(({ locationId }) => locationId)).size > 1) sums.split++;
    if (allocations.length === 0 && lines.length > 0) sums.unserved++;
  }
}

/** One for each way that goods go; what is picked up where it lies goes nowhere. */
const parcelsOf = (allocations: FulfillmentPlan['allocations']) => {
  const ways = new Map<string, { from: string; pickupAt: string | undefined }>();
  for (const { locationId: from, lines } of allocations) {
    for (const { fixed, pickupAt } of lines) {
      if (!fixed && from !== pickupAt) ways.set(`${from}>${pickupAt ?? ''}`, { from, pickupAt });
    }
  }
  return ways.values();
};

const kmBetween = (from: Partial<Position> = {}, to: Partial<Position> = {}) =>
  isKnown(from) && isKnown(to) ? kilometers(from, to) : 0;

const isKnown = (at: Partial<Position>): at is Position => at.latitude !== undefined && at.longitude !== undefined;

const placesOf = ({ allocations }: FulfillmentPlan) => {
  const units = new Map<string, number>();
  for (const { locationId, quantity } of allocations) units.set(locationId, (units.get(locationId) ?? 0) + quantity);
  return [...units]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([locationId, quantity]) => `${locationId} ${quantity}`)
    .join(', ');
};

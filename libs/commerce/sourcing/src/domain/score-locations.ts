/** Scores the locations that a channel sells from by the criteria of a strategy. */
import { distanceKm, type Coordinates } from './distance.js';
import { type CriterionKind, type LocationType, type Policy, type Strategy } from './policy.js';

export interface SourcingLocation extends Partial<Coordinates> {
  readonly locationId: string;
  readonly type?: LocationType;
  readonly country?: string;
  /** Why it is not eligible under any policy. */
  readonly blockedBy?: 'paused' | 'refused' | 'does-not-ship';
  /** Available units of the ordered SKUs. */
  readonly units: number;
  /** Fulfillments that were assigned to it today (UTC). */
  readonly load: number;
}

export interface Destination {
  readonly country?: string;
  readonly position?: Coordinates;
}

export interface ScoredLocation {
  readonly locationId: string;
  readonly benefit: number;
  readonly cost: number;
  /** benefit − cost, rounded to three decimals. */
  readonly score: number;
}

export interface ExcludedLocation {
  readonly locationId: string;
  readonly reason: string;
}

/** @returns the eligible locations by descending score, then in the channel's order of preference */
export const scoreLocations = (
  strategy: Strategy,
  policy: Policy,
  locations: readonly SourcingLocation[],
  destination: Destination,
): { readonly scored: readonly ScoredLocation[]; readonly excluded: readonly ExcludedLocation[] } => {
  const reasons = locations.map((location) => exclusionReason(location, strategy, policy));
  const eligible = locations.filter((_, index) => reasons[index] === undefined);
  const scales = scalesOf(eligible, policy, destination);
  const scored = eligible.map((location, index): ScoredLocation => {
    const weightedValue = (by: CriterionKind) => weightOf(strategy, by) * CRITERION_VALUES[by](location, scales, index);
    const benefit = BENEFITS.reduce((sum, by) => sum + weightedValue(by), 0);
    const cost = weightedValue('cost');
    return { locationId: location.locationId, benefit, cost, score: Math.round((benefit - cost) * 1000) / 1000 };
  });
  const excluded = locations.flatMap(({ locationId }, index) => {
    const reason = reasons[index];
    return reason === undefined ? [] : [{ locationId, reason }];
  });
  return { scored: scored.sort((a, b) => b.score - a.score), excluded };
};

export const weightOf = ({ criteria }: Strategy, by: CriterionKind) =>
  criteria.reduce((all, criterion) => (criterion.by === by ? all + criterion.weight : all), 0);

const BENEFITS = ['priority', 'distance', 'stock', 'capacity'] as const;

const exclusionReason = (
  { locationId, type, blockedBy, load }: SourcingLocation,
  strategy: Strategy,
  policy: Policy,
) => {
  if (blockedBy) return blockedBy;
  if (strategy.exclude?.includes(locationId)) return 'excluded';
  if (strategy.locationTypes && (!type || !strategy.locationTypes.includes(type))) return 'type';
  return load >= capacityOf(locationId, policy) ? 'no-capacity' : undefined;
};

const capacityOf = (id: string, { capacities = [] }: Policy) =>
  capacities.find(({ locationId }) => locationId === id)?.perDay ?? Infinity;

/** The maxima that make the values of locations comparable. */
interface Scales {
  readonly policy: Policy;
  readonly destination: Destination;
  readonly locationCount: number;
  readonly maxUnits: number;
  readonly maxKm: number;
  readonly maxCost: number;
}

const scalesOf = (locations: readonly SourcingLocation[], policy: Policy, destination: Destination): Scales => {
  const max = (measure: (location: SourcingLocation) => number) =>
    locations.reduce((highest, location) => Math.max(highest, measure(location)), 0);
  return {
    policy,
    destination,
    locationCount: locations.length,
    maxUnits: max(({ units }) => units),
    maxKm: max((location) => kmToDestination(location, destination) ?? 0),
    maxCost: max((location) => parcelCost(kmToDestination(location, destination), policy)),
  };
};

const kmToDestination = ({ latitude, longitude }: SourcingLocation, { position }: Destination) =>
  position && latitude !== undefined && longitude !== undefined
    ? distanceKm({ latitude, longitude }, position)
    : undefined;

/** Cost of one parcel in minor units. */
export const parcelCost = (km = 0, { costs }: Policy) => (costs ? costs.perParcel + costs.perKm * km : 0);

const ratio = (part: number, whole: number) => (whole === 0 ? 0 : part / whole);

const CRITERION_VALUES: Readonly<
  Record<CriterionKind, (location: SourcingLocation, scales: Scales, index: number) => number>
> = {
  priority: (_, { locationCount }, index) => 1 - index / locationCount,
  distance: (location, { destination, maxKm }) => {
    const km = kmToDestination(location, destination);
    if (km !== undefined) return 1 - ratio(km, maxKm);
    return !destination.position && location.country !== undefined && location.country === destination.country ? 1 : 0;
  },
  stock: ({ units }, { maxUnits }) => ratio(units, maxUnits),
  capacity: ({ locationId, load }, { policy }) => {
    const perDay = capacityOf(locationId, policy);
    return perDay === Infinity ? 1 : (perDay - load) / perDay;
  },
  cost: (location, { destination, policy, maxCost }) =>
    ratio(parcelCost(kmToDestination(location, destination), policy), maxCost),
  splits: () => 0,
};

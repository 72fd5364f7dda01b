/** What a strategy makes of each place. The same facts, the same judgement. */
import { kilometers, type Position } from './distance.js';
import { type CriterionKind, type LocationType, type Policy, type Strategy } from './policy.js';

/** What is known of a place that the channel sells from. */
export interface Place extends Partial<Position> {
  readonly locationId: string;
  readonly type?: LocationType;
  readonly country?: string;
  /** Why it is out of the question, whatever a policy says. */
  readonly barred?: 'paused' | 'refused' | 'does-not-ship';
  /** Wanted units that are there. */
  readonly units: number;
  /** Fulfillments that it was given today. */
  readonly load: number;
}

export interface Destination {
  readonly country?: string;
  readonly position?: Position;
}

export interface Judged {
  readonly locationId: string;
  readonly merit: number;
  readonly burden: number;
  /** merit − burden, to three decimals. */
  readonly score: number;
}

export interface Excluded {
  readonly locationId: string;
  readonly reason: string;
}

/** Best first; of equals, the first in the channel's order. */
export const judgePlaces = (
  strategy: Strategy,
  policy: Policy,
  places: readonly Place[],
  destination: Destination,
): { readonly judged: readonly Judged[]; readonly excluded: readonly Excluded[] } => {
  const reasons = places.map((place) => reasonAgainst(place, strategy, policy));
  const eligible = places.filter((_, index) => reasons[index] === undefined);
  const scales = scalesOf(eligible, policy, destination);
  const judged = eligible.map((place, index): Judged => {
    const worth = (by: CriterionKind) => weightOf(strategy, by) * VALUES[by](place, scales, index);
    const merit = MERITS.reduce((all, by) => all + worth(by), 0);
    const burden = worth('cost');
    return { locationId: place.locationId, merit, burden, score: Math.round((merit - burden) * 1000) / 1000 };
  });
  const excluded = places.flatMap(({ locationId }, index) => {
    const reason = reasons[index];
    return reason === undefined ? [] : [{ locationId, reason }];
  });
  return { judged: judged.sort((a, b) => b.score - a.score), excluded };
};

export const weightOf = ({ criteria }: Strategy, by: CriterionKind) =>
  criteria.reduce((all, criterion) => (criterion.by === by ? all + criterion.weight : all), 0);

const MERITS = ['priority', 'distance', 'stock', 'capacity'] as const;

const reasonAgainst = ({ locationId, type, barred, load }: Place, strategy: Strategy, policy: Policy) => {
  if (barred) return barred;
  if (strategy.exclude?.includes(locationId)) return 'excluded';
  if (strategy.locationTypes && (!type || !strategy.locationTypes.includes(type))) return 'type';
  return load >= capacityOf(locationId, policy) ? 'no-capacity' : undefined;
};

const capacityOf = (place: string, { capacities = [] }: Policy) =>
  capacities.find(({ locationId }) => locationId === place)?.perDay ?? Infinity;

/** What the values of places are measured against. */
interface Scales {
  readonly policy: Policy;
  readonly destination: Destination;
  readonly places: number;
  readonly mostUnits: number;
  readonly mostKm: number;
  readonly mostCost: number;
}

const scalesOf = (places: readonly Place[], policy: Policy, destination: Destination): Scales => {
  const most = (figure: (place: Place) => number) => places.reduce((all, place) => Math.max(all, figure(place)), 0);
  return {
    policy,
    destination,
    places: places.length,
    mostUnits: most(({ units }) => units),
    mostKm: most((place) => kmTo(place, destination) ?? 0),
    mostCost: most((place) => costOf(kmTo(place, destination), policy)),
  };
};

const kmTo = ({ latitude, longitude }: Place, { position }: Destination) =>
  position && latitude !== undefined && longitude !== undefined
    ? kilometers({ latitude, longitude }, position)
    : undefined;

/** Of one parcel over that distance. */
export const costOf = (km = 0, { costs }: Policy) => (costs ? costs.perParcel + costs.perKm * km : 0);

const share = (part: number, whole: number) => (whole === 0 ? 0 : part / whole);

const VALUES: Readonly<Record<CriterionKind, (place: Place, scales: Scales, index: number) => number>> = {
  priority: (_, { places }, index) => 1 - index / places,
  distance: (place, { destination, mostKm }) => {
    const km = kmTo(place, destination);
    if (km !== undefined) return 1 - share(km, mostKm);
    return !destination.position && place.country !== undefined && place.country === destination.country ? 1 : 0;
  },
  stock: ({ units }, { mostUnits }) => share(units, mostUnits),
  capacity: ({ locationId, load }, { policy }) => {
    const perDay = capacityOf(locationId, policy);
    return perDay === Infinity ? 1 : (perDay - load) / perDay;
  },
  cost: (place, { destination, policy, mostCost }) => share(costOf(kmTo(place, destination), policy), mostCost),
  splits: () => 0,
};

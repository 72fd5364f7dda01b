/** The rankings of locations that a policy makes for one order. Pure. */
import { type Candidate, type Fallback, type RankingDecision, type SourcingRequest } from '#orders';
import { chooseStrategy } from '../domain/choose-strategy.js';
import { type Coordinates } from '../domain/distance.js';
import { type LocationRanking } from '../domain/location-ranking.js';
import { scoreLocations, weightOf, type Destination, type SourcingLocation } from '../domain/score-locations.js';
import { type PolicyRankings } from '../domain/plan-request.js';
import { type LocationType, type Policy, type Strategy } from '../domain/policy.js';
import { type PolicyVersion } from '../read/sourcing-policies.js';

/** Limits the size of the event. */
const MAX_LOCATIONS_RECORDED = 50;

export interface LocationFacts {
  readonly location: (
    locationId: string,
  ) => (Partial<Coordinates> & { type: LocationType; country?: string }) | undefined;
  /** Fulfillments assigned to a location today (UTC). */
  readonly assignedToday: (locationId: string) => number;
}

export interface RequestWithStock extends SourcingRequest {
  readonly knownStock: readonly Candidate[] | undefined;
}

export const rankByPolicy = (
  { policyId, version, policy }: PolicyVersion,
  request: RequestWithStock,
  facts: LocationFacts,
): PolicyRankings => {
  const shipped = request.lines.filter(({ locationId }) => locationId === undefined);
  const buyer: Destination = {
    ...(request.country !== undefined && { country: request.country }),
    ...(request.near && { position: request.near }),
  };
  const input = { policy, request: request, facts };
  const rankings = [
    ...shipToStores(policy, request).map((pickupAt) =>
      rankLocations(input, pickupAt, storeDestination(pickupAt, facts)),
    ),
    ...(shipped.length > 0 ? [rankLocations(input, undefined, buyer)] : []),
  ];
  return { policyId, version, rankings: rankings.filter((ranking) => ranking !== undefined) };
};

/** Pickup stores that other locations may supply. */
export const shipToStores = ({ shipToStore = false }: Policy, { lines }: Pick<SourcingRequest, 'lines'>): string[] => {
  const pickups = lines.filter(({ method }) => shipToStore && method === 'pickup');
  return [...new Set(pickups.flatMap(({ locationId = [] }) => locationId))];
};

const storeDestination = (store: string, { location }: LocationFacts): Destination => {
  const { country, latitude, longitude } = location(store) ?? {};
  const isKnown = latitude !== undefined && longitude !== undefined;
  return { ...(country !== undefined && { country }), ...(isKnown && { position: { latitude, longitude } }) };
};

interface RankingInput {
  readonly policy: Policy;
  readonly request: RequestWithStock;
  readonly facts: LocationFacts;
}

const rankLocations = (
  input: RankingInput,
  pickupAt: string | undefined,
  destination: Destination,
): LocationRanking | undefined => {
  const { policy, request } = input;
  const strategy = chooseStrategy(policy, {
    channelId: request.channelId,
    lines: request.lines.length,
    method: pickupAt === undefined ? 'ship' : 'pickup',
    ...(request.country !== undefined && { country: request.country }),
    ...(request.value !== undefined && { value: request.value }),
  });
  if (!strategy) return undefined;
  const locations = locationsFor(input, pickupAt);
  const { scored, excluded } = scoreLocations(strategy, policy, locations, destination);
  const scores = scored.map(({ locationId, score }) => ({ locationId, score })).slice(0, MAX_LOCATIONS_RECORDED);
  const ranked = new Set(scored.map(({ locationId }) => locationId));
  return {
    judgement: judgementOf(strategy, pickupAt, { scores, excluded: excluded.slice(0, MAX_LOCATIONS_RECORDED) }),
    ranked: scored.map(({ locationId, benefit, cost }) => ({ locationId, benefit, cost })),
    splitCost: weightOf(strategy, 'splits'),
    otherLocations: locations
      .filter(({ locationId, blockedBy }) => !blockedBy && !ranked.has(locationId))
      .map((one) => one.locationId),
  };
};

const judgementOf = (
  { name, maxSplit, fallback }: Strategy,
  pickupAt: string | undefined,
  found: Pick<RankingDecision, 'scores' | 'excluded'>,
): RankingDecision => ({
  strategy: name,
  ...(pickupAt !== undefined && { pickupAt }),
  ...found,
  ...(maxSplit !== undefined && { maxSplit }),
  fallback: fallback satisfies Fallback,
});

const locationsFor = ({ request, facts }: RankingInput, pickupAt: string | undefined): SourcingLocation[] => {
  const skus = new Set(request.lines.filter(({ locationId }) => locationId === pickupAt).map(({ sku }) => sku));
  const units = new Map<string, number>();
  for (const { sku, locationId, available } of request.knownStock ?? []) {
    if (skus.has(sku)) units.set(locationId, (units.get(locationId) ?? 0) + available);
  }
  return request.terms.locations
    .filter(({ locationId }) => locationId !== pickupAt)
    .map(({ locationId, methods, paused }): SourcingLocation => {
      const blockedBy = blockReason({
        paused,
        refused: request.exclude.includes(locationId),
        ships: methods.includes('ship'),
      });
      const load = facts.assignedToday(locationId);
      return {
        ...facts.location(locationId),
        locationId,
        units: units.get(locationId) ?? 0,
        load,
        ...(blockedBy && { blockedBy }),
      };
    });
};

const blockReason = ({ paused, refused, ships }: { paused: boolean; refused: boolean; ships: boolean }) => {
  if (paused) return 'paused' as const;
  if (refused) return 'refused' as const;
  return ships ? undefined : ('does-not-ship' as const);
};

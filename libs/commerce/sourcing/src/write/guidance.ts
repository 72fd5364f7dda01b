/** What a policy says about one order, from what is known of the places. Pure. */
import { type Candidate, type Fallback, type Judgement, type SourcingRequest } from '#orders';
import { strategyFor } from '../domain/choose-strategy.js';
import { type Position } from '../domain/distance.js';
import { type Guide } from '../domain/guide.js';
import { judgePlaces, weightOf, type Destination, type Place } from '../domain/judge-places.js';
import { type Guidance } from '../domain/plan-request.js';
import { type LocationType, type Policy, type Strategy } from '../domain/policy.js';
import { type PolicyVersion } from '../read/sourcing-policies.js';

/** An event must stay small. */
const MAX_JUDGED = 50;

export interface Facts {
  readonly location: (locationId: string) => (Partial<Position> & { type: LocationType; country?: string }) | undefined;
  /** Fulfillments given to a location today. */
  readonly load: (locationId: string) => number;
}

export interface Question extends SourcingRequest {
  readonly known: readonly Candidate[] | undefined;
}

export const guidanceFor = (
  { policyId, version, policy }: PolicyVersion,
  question: Question,
  facts: Facts,
): Guidance => {
  const shipped = question.lines.filter(({ locationId }) => locationId === undefined);
  const buyer: Destination = {
    ...(question.country !== undefined && { country: question.country }),
    ...(question.near && { position: question.near }),
  };
  const ask = { policy, question, facts };
  const guides = [
    ...storesOf(policy, question).map((pickupAt) => guideFor(ask, pickupAt, destinationAt(pickupAt, facts))),
    ...(shipped.length > 0 ? [guideFor(ask, undefined, buyer)] : []),
  ];
  return { policyId, version, guides: guides.filter((guide) => guide !== undefined) };
};

/** Stores whose pickups may be filled from elsewhere. */
export const storesOf = ({ shipToStore = false }: Policy, { lines }: Pick<SourcingRequest, 'lines'>): string[] => {
  const pickups = lines.filter(({ method }) => shipToStore && method === 'pickup');
  return [...new Set(pickups.flatMap(({ locationId = [] }) => locationId))];
};

const destinationAt = (store: string, { location }: Facts): Destination => {
  const { country, latitude, longitude } = location(store) ?? {};
  const isKnown = latitude !== undefined && longitude !== undefined;
  return { ...(country !== undefined && { country }), ...(isKnown && { position: { latitude, longitude } }) };
};

interface Ask {
  readonly policy: Policy;
  readonly question: Question;
  readonly facts: Facts;
}

const guideFor = (ask: Ask, pickupAt: string | undefined, destination: Destination): Guide | undefined => {
  const { policy, question } = ask;
  const strategy = strategyFor(policy, {
    channelId: question.channelId,
    lines: question.lines.length,
    method: pickupAt === undefined ? 'ship' : 'pickup',
    ...(question.country !== undefined && { country: question.country }),
    ...(question.value !== undefined && { value: question.value }),
  });
  if (!strategy) return undefined;
  const places = placesFor(ask, pickupAt);
  const { judged, excluded } = judgePlaces(strategy, policy, places, destination);
  const scores = judged.map(({ locationId, score }) => ({ locationId, score })).slice(0, MAX_JUDGED);
  const ranked = new Set(judged.map(({ locationId }) => locationId));
  return {
    judgement: judgementOf(strategy, pickupAt, { scores, excluded: excluded.slice(0, MAX_JUDGED) }),
    places: judged.map(({ locationId, merit, burden }) => ({ locationId, merit, burden })),
    splitBurden: weightOf(strategy, 'splits'),
    others: places.filter(({ locationId, barred }) => !barred && !ranked.has(locationId)).map((one) => one.locationId),
  };
};

const judgementOf = (
  { name, maxSplit, fallback }: Strategy,
  pickupAt: string | undefined,
  found: Pick<Judgement, 'scores' | 'excluded'>,
): Judgement => ({
  strategy: name,
  ...(pickupAt !== undefined && { pickupAt }),
  ...found,
  ...(maxSplit !== undefined && { maxSplit }),
  fallback: fallback satisfies Fallback,
});

const placesFor = ({ question, facts }: Ask, pickupAt: string | undefined): Place[] => {
  const skus = new Set(question.lines.filter(({ locationId }) => locationId === pickupAt).map(({ sku }) => sku));
  const units = new Map<string, number>();
  for (const { sku, locationId, available } of question.known ?? []) {
    if (skus.has(sku)) units.set(locationId, (units.get(locationId) ?? 0) + available);
  }
  return question.terms.locations
    .filter(({ locationId }) => locationId !== pickupAt)
    .map(({ locationId, methods, paused }): Place => {
      const barred = barredBy({
        paused,
        refused: question.exclude.includes(locationId),
        ships: methods.includes('ship'),
      });
      const load = facts.load(locationId);
      const at = facts.location(locationId);
      return { ...at, locationId, units: units.get(locationId) ?? 0, load, ...(barred && { barred }) };
    });
};

const barredBy = ({ paused, refused, ships }: { paused: boolean; refused: boolean; ships: boolean }) => {
  if (paused) return 'paused' as const;
  if (refused) return 'refused' as const;
  return ships ? undefined : ('does-not-ship' as const);
};

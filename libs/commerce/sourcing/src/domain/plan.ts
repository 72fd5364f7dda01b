/**
 * The plan of which location sends which units of an order. The known stock may be stale, so a first plan always covers
 * every line: the stock items decide, and the units that they decline are planned again.
 */
import {
  type Candidate,
  type ChannelTerms,
  type FulfillmentPlan,
  type ReservedCandidate,
  type RankingDecision,
  type LineToPlan,
} from '#orders';
import { Allocator } from './allocator.js';
import { type LineDemand, PlanDraft, keepField, stockKey } from './plan-draft.js';
import { type LocationRanking } from './location-ranking.js';
import { type SourcingGroup, type PolicyRankings, type PlanRequest } from './plan-request.js';

/** Limits the size of the event. The candidates at the preferred locations are kept. */
const MAX_CANDIDATES = 1000;

/**
 * Plans by the channel's order of preference. A line that names its location is allocated only there. The others are
 * allocated to the first location that has everything, or else to one location after the other; the first is asked for
 * units that no location is known to have.
 *
 * @returns a plan without allocations if a line has no eligible location at all
 */
export const planFulfillment = (
  orderId: string,
  lines: readonly LineToPlan[],
  terms: ChannelTerms,
  knownStock?: readonly Candidate[],
): FulfillmentPlan => makePlan({ orderId, attempt: 1, lines, terms, knownStock, cartReservations: [], exclude: [] });

/** Like {@link planFulfillment}, by the rankings of a policy where there are any. */
export const makePlan = (request: PlanRequest, policyRankings?: PolicyRankings): FulfillmentPlan => {
  const { orderId, attempt, lines, terms, exclude } = request;
  const open = terms.locations.filter(({ locationId, paused }) => !paused && !exclude.includes(locationId));
  const shipping = open.filter(({ methods }) => methods.includes('ship')).map(({ locationId }) => locationId);
  const keep = new Map(terms.locations.map(({ locationId, safetyStock }) => [locationId, safetyStock]));
  const sellable = sellableUnits(request, keep);
  const draft = new PlanDraft({
    available: new Map(sellable.map(({ sku, locationId, available }) => [stockKey(sku, locationId), available])),
    keep,
    replaces: new Map(
      request.cartReservations.map(({ sku, locationId, reservationId }) => [stockKey(sku, locationId), reservationId]),
    ),
  });
  const allocator = new Allocator(draft, request, { open, shipping });

  const { fixed, groups } = groupLines(lines, policyRankings?.rankings ?? []);
  const results = [allocator.allocateFixed(fixed), ...groups.map((group) => allocator.allocateGroup(group))];
  const served = exclude.length > 0 || results.every((isServed) => isServed);
  const movable = groups.flatMap((group) => group.lines);
  return {
    attempt,
    allocations: served ? draft.allocations(orderId, attempt) : [],
    candidates: candidatesInOrder(movable, preferredLocations(policyRankings?.rankings, shipping), sellable),
    policyVersion: terms.version,
    ...(policyRankings && { sourcing: sourcingDecision(policyRankings, groups, allocator) }),
  };
};

const groupLines = (lines: readonly LineToPlan[], rankings: readonly LocationRanking[]) => {
  const rankingOf = ({ method, locationId }: LineToPlan) =>
    method === 'pickup' ? rankings.find(({ judgement }) => judgement.pickupAt === locationId) : undefined;
  const fixed = lines.filter((line) => line.locationId !== undefined && !rankingOf(line));
  const free = lines.filter(({ locationId }) => locationId === undefined);
  const shipped = rankings.find(({ judgement }) => judgement.pickupAt === undefined);
  const groups: SourcingGroup[] = rankings.flatMap((ranking) => {
    const { pickupAt } = ranking.judgement;
    return pickupAt === undefined
      ? []
      : [
          {
            ranking,
            pickupAt,
            lines: lines.filter((line) => line.locationId === pickupAt && rankingOf(line) === ranking),
          },
        ];
  });
  if (free.length > 0) groups.push({ lines: free, ...(shipped && { ranking: shipped }) });
  return { fixed, groups };
};

const sellableUnits = (
  { knownStock = [], cartReservations }: PlanRequest,
  keep: ReadonlyMap<string, number>,
): Candidate[] => {
  const units = cartReservations.length === 0 ? knownStock : addCartUnits(knownStock, cartReservations);
  return units.map(({ sku, locationId, available }) => ({
    sku,
    locationId,
    available: Math.max(0, available - (keep.get(locationId) ?? 0)),
    ...keepField(keep.get(locationId)),
  }));
};

/** Units that the buyer's cart has reserved are available to this buyer. */
const addCartUnits = (
  knownStock: readonly Candidate[],
  cartReservations: readonly ReservedCandidate[],
): Candidate[] => {
  const units = new Map(knownStock.map((one) => [stockKey(one.sku, one.locationId), one]));
  for (const { sku, locationId, available } of cartReservations) {
    const key = stockKey(sku, locationId);
    units.set(key, { sku, locationId, available: available + (units.get(key)?.available ?? 0) });
  }
  return [...units.values()];
};

const preferredLocations = (rankings: readonly LocationRanking[] | undefined, shipping: readonly string[]) => {
  if (!rankings || rankings.length === 0) return shipping;
  const preferred = rankings.flatMap(({ ranked, otherLocations, judgement }) => [
    ...ranked.map(({ locationId }) => locationId),
    ...(judgement.fallback === 'any-location' ? otherLocations : []),
  ]);
  return [...new Set(preferred)];
};

const candidatesInOrder = (
  lines: readonly LineDemand[],
  locations: readonly string[],
  sellable: readonly Candidate[],
) => {
  const skus = new Set(lines.map(({ sku }) => sku));
  const rank = new Map(locations.map((locationId, index) => [locationId, index]));
  const rankOf = ({ locationId }: Candidate) => rank.get(locationId) ?? 0;
  return sellable
    .filter(({ sku, locationId, available }) => available > 0 && skus.has(sku) && rank.has(locationId))
    .sort((a, b) => rankOf(a) - rankOf(b))
    .slice(0, MAX_CANDIDATES);
};

const sourcingDecision = (
  { policyId, version }: PolicyRankings,
  groups: readonly SourcingGroup[],
  { fellBack }: Allocator,
) => {
  const judgements = groups.flatMap(({ ranking }): RankingDecision[] =>
    ranking ? [{ ...ranking.judgement, ...(fellBack.has(ranking) && { fellBack: true }) }] : [],
  );
  return { policyId, version, judgements };
};

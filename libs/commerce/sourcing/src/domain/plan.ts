/**
 * Where the goods of an order come from. What is known of the stock may be stale, so a first plan always covers every
 * line: the stock streams decide, and what they decline is planned once more.
 */
import {
  type Candidate,
  type ChannelTerms,
  type FulfillmentPlan,
  type Held,
  type Judgement,
  type LineToPlan,
} from '#orders';
import { Allocator } from './allocator.js';
import { type Demand, Draft, keeping, placeOf } from './draft.js';
import { type Guide } from './guide.js';
import { type Group, type Guidance, type PlanRequest } from './plan-request.js';

/** Most candidates that a plan keeps, the preferred places first: an event must stay small. */
const MAX_CANDIDATES = 1000;

/**
 * Lines with a location use only it. The others come from the one place that has everything, else from as many as are
 * needed, in the channel's order of preference; what no place is known to have is asked of the first.
 *
 * @returns a plan without allocations when a line has no eligible place at all
 */
export const planFulfillment = (
  orderId: string,
  lines: readonly LineToPlan[],
  terms: ChannelTerms,
  known?: readonly Candidate[],
): FulfillmentPlan => makePlan({ orderId, attempt: 1, lines, terms, known, held: [], exclude: [] });

/** As {@link planFulfillment}, with what a policy says about the places. */
export const makePlan = (request: PlanRequest, guidance?: Guidance): FulfillmentPlan => {
  const { orderId, attempt, lines, terms, exclude } = request;
  const open = terms.locations.filter(({ locationId, paused }) => !paused && !exclude.includes(locationId));
  const shipping = open.filter(({ methods }) => methods.includes('ship')).map(({ locationId }) => locationId);
  const keep = new Map(terms.locations.map(({ locationId, safetyStock }) => [locationId, safetyStock]));
  const sellable = sellableUnits(request, keep);
  const draft = new Draft({
    left: new Map(sellable.map(({ sku, locationId, available }) => [placeOf(sku, locationId), available])),
    keep,
    replaces: new Map(
      request.held.map(({ sku, locationId, reservationId }) => [placeOf(sku, locationId), reservationId]),
    ),
  });
  const allocator = new Allocator(draft, request, { open, shipping });

  const { fixed, groups } = grouped(lines, guidance?.guides ?? []);
  const all = [allocator.fixed(fixed), ...groups.map((group) => allocator.group(group))];
  const served = exclude.length > 0 || all.every((done) => done);
  const movable = groups.flatMap((group) => group.lines);
  return {
    attempt,
    allocations: served ? draft.allocations(orderId, attempt) : [],
    candidates: candidatesFor(movable, placesInOrder(guidance?.guides, shipping), sellable),
    policyVersion: terms.version,
    ...(guidance && { sourcing: decision(guidance, groups, allocator) }),
  };
};

const grouped = (lines: readonly LineToPlan[], guides: readonly Guide[]) => {
  const guideOf = ({ method, locationId }: LineToPlan) =>
    method === 'pickup' ? guides.find(({ judgement }) => judgement.pickupAt === locationId) : undefined;
  const fixed = lines.filter((line) => line.locationId !== undefined && !guideOf(line));
  const free = lines.filter(({ locationId }) => locationId === undefined);
  const shipped = guides.find(({ judgement }) => judgement.pickupAt === undefined);
  const groups: Group[] = guides.flatMap((guide) => {
    const { pickupAt } = guide.judgement;
    return pickupAt === undefined
      ? []
      : [{ guide, pickupAt, lines: lines.filter((line) => line.locationId === pickupAt && guideOf(line) === guide) }];
  });
  if (free.length > 0) groups.push({ lines: free, ...(shipped && { guide: shipped }) });
  return { fixed, groups };
};

const sellableUnits = ({ known = [], held }: PlanRequest, keep: ReadonlyMap<string, number>): Candidate[] => {
  const units = held.length === 0 ? known : withHeld(known, held);
  return units.map(({ sku, locationId, available }) => ({
    sku,
    locationId,
    available: Math.max(0, available - (keep.get(locationId) ?? 0)),
    ...keeping(keep.get(locationId)),
  }));
};

/** What the buyer holds already is free for the buyer. */
const withHeld = (known: readonly Candidate[], held: readonly Held[]): Candidate[] => {
  const units = new Map(known.map((one) => [placeOf(one.sku, one.locationId), one]));
  for (const { sku, locationId, available } of held) {
    const place = placeOf(sku, locationId);
    units.set(place, { sku, locationId, available: available + (units.get(place)?.available ?? 0) });
  }
  return [...units.values()];
};

const placesInOrder = (guides: readonly Guide[] | undefined, shipping: readonly string[]) => {
  if (!guides || guides.length === 0) return shipping;
  const preferred = guides.flatMap(({ places, others, judgement }) => [
    ...places.map(({ locationId }) => locationId),
    ...(judgement.fallback === 'any-location' ? others : []),
  ]);
  return [...new Set(preferred)];
};

const candidatesFor = (lines: readonly Demand[], places: readonly string[], sellable: readonly Candidate[]) => {
  const skus = new Set(lines.map(({ sku }) => sku));
  const rank = new Map(places.map((locationId, index) => [locationId, index]));
  const rankOf = ({ locationId }: Candidate) => rank.get(locationId) ?? 0;
  return sellable
    .filter(({ sku, locationId, available }) => available > 0 && skus.has(sku) && rank.has(locationId))
    .sort((a, b) => rankOf(a) - rankOf(b))
    .slice(0, MAX_CANDIDATES);
};

const decision = ({ policyId, version }: Guidance, groups: readonly Group[], { fellBack }: Allocator) => {
  const judgements = groups.flatMap(({ guide }): Judgement[] =>
    guide ? [{ ...guide.judgement, ...(fellBack.has(guide) && { fellBack: true }) }] : [],
  );
  return { policyId, version, judgements };
};

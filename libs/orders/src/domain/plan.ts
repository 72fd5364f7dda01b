/**
 * Where the goods of an order come from. What is known of the stock may be stale, so a first plan always covers every
 * line: the stock streams decide, and what they decline is planned once more.
 */
import { uuidv5 } from '#kernel';
import {
  type AllocatedLine,
  type Allocation,
  type Candidate,
  type ChannelTerms,
  type FulfillmentPlan,
  type OrderLine,
} from './order-messages.js';

const RESERVATIONS = 'b5f0c7a2-0d0e-5c0b-8a86-5a4f6f3f7f10';

/** Most candidates that a plan keeps, the preferred places first: an event must stay small. */
const MOST_CANDIDATES = 1000;

type Demand = Pick<OrderLine, 'lineId' | 'sku' | 'quantity'>;

const keeping = (keep = 0) => (keep > 0 ? { keep } : {});

const placeOf = (sku: string, locationId: string) => `${sku}~${locationId}`;

/** The allocations of one attempt, while they are found. */
class Draft {
  private readonly found = new Map<string, { sku: string; locationId: string; lines: Map<string, AllocatedLine> }>();

  constructor(
    /** Units left at each place, without those to keep. */
    private readonly left: Map<string, number>,
    /** Units that the channel leaves alone, by location. */
    private readonly keep: ReadonlyMap<string, number>,
  ) {}

  has({ sku, quantity }: Omit<Demand, 'lineId'>, locationId: string) {
    return (this.left.get(placeOf(sku, locationId)) ?? 0) >= quantity;
  }

  /** Takes what is there of the wanted quantity; answers how much is still wanted. */
  takeAvailable(line: Demand, locationId: string): number {
    const left = Math.max(0, this.left.get(placeOf(line.sku, locationId)) ?? 0);
    const quantity = Math.min(left, line.quantity);
    if (quantity > 0) this.take({ ...line, quantity }, locationId);
    return line.quantity - quantity;
  }

  /** Takes units even where none are known to be. */
  take({ lineId, sku, quantity }: Demand, locationId: string, fixed = false) {
    const place = placeOf(sku, locationId);
    this.left.set(place, (this.left.get(place) ?? 0) - quantity);
    const { lines } = this.found.get(place) ?? this.begin(place, { sku, locationId });
    const units = quantity + (lines.get(lineId)?.quantity ?? 0);
    lines.set(lineId, { lineId, quantity: units, ...(fixed && { fixed }) });
  }

  private begin(place: string, at: { sku: string; locationId: string }) {
    const begun = { ...at, lines: new Map<string, AllocatedLine>() };
    this.found.set(place, begun);
    return begun;
  }

  allocations(orderId: string, attempt: number): Allocation[] {
    return [...this.found.values()].map(({ sku, locationId, lines }) => ({
      reservationId: uuidv5(RESERVATIONS, `${orderId}/${attempt}/${sku}/${locationId}`),
      sku,
      locationId,
      quantity: lines.values().reduce((all, { quantity }) => all + quantity, 0),
      lines: [...lines.values()],
      ...keeping(this.keep.get(locationId)),
    }));
  }
}

/**
 * Lines with a location use only it. The others come from the one place that has everything, else from as many as are
 * needed, in the channel's order of preference; what no place is known to have is asked of the first.
 *
 * @returns a plan without allocations when a line has no eligible place at all
 */
export const planFulfillment = (
  orderId: string,
  lines: readonly OrderLine[],
  terms: ChannelTerms,
  known: readonly Candidate[],
): FulfillmentPlan => {
  const open = terms.locations.filter(({ paused }) => !paused);
  const shipping = open.filter(({ methods }) => methods.includes('ship')).map(({ locationId }) => locationId);
  const free = lines.filter(({ locationId }) => locationId === undefined);
  const keep = new Map(terms.locations.map(({ locationId, safetyStock }) => [locationId, safetyStock]));
  const sellable = sellableUnits(known, keep);
  const candidates = candidatesFor(free, shipping, sellable);
  const draft = new Draft(
    new Map(sellable.map(({ sku, locationId, available }) => [placeOf(sku, locationId), available])),
    keep,
  );

  for (const line of lines) if (line.locationId !== undefined) draft.take(line, line.locationId, true);
  const whole = shipping.find((locationId) => demandPerSku(free).every((demand) => draft.has(demand, locationId)));
  for (const line of free) allocate(draft, line, whole === undefined ? shipping : [whole]);

  const eligible = ({ locationId }: OrderLine) =>
    locationId === undefined ? shipping.length > 0 : open.some((at) => at.locationId === locationId);
  const allocations = lines.every(eligible) ? draft.allocations(orderId, 1) : [];
  return { attempt: 1, allocations, candidates, policyVersion: terms.version };
};

const sellableUnits = (known: readonly Candidate[], keep: ReadonlyMap<string, number>): Candidate[] =>
  known.map(({ sku, locationId, available }) => ({
    sku,
    locationId,
    available: Math.max(0, available - (keep.get(locationId) ?? 0)),
    ...keeping(keep.get(locationId)),
  }));

const candidatesFor = (free: readonly OrderLine[], shipping: readonly string[], sellable: readonly Candidate[]) => {
  const skus = new Set(free.map(({ sku }) => sku));
  const rank = new Map(shipping.map((locationId, index) => [locationId, index]));
  const rankOf = ({ locationId }: Candidate) => rank.get(locationId) ?? 0;
  return sellable
    .filter(({ sku, locationId, available }) => available > 0 && skus.has(sku) && rank.has(locationId))
    .sort((a, b) => rankOf(a) - rankOf(b))
    .slice(0, MOST_CANDIDATES);
};

const demandPerSku = (lines: readonly OrderLine[]) => {
  const demand = new Map<string, number>();
  for (const { sku, quantity } of lines) demand.set(sku, (demand.get(sku) ?? 0) + quantity);
  return [...demand].map(([sku, quantity]) => ({ sku, quantity }));
};

const allocate = (draft: Draft, line: OrderLine, places: readonly string[]) => {
  let quantity = line.quantity;
  for (const place of places) {
    if (quantity === 0) return;
    quantity = draft.takeAvailable({ ...line, quantity }, place);
  }
  const [first] = places;
  if (quantity > 0 && first !== undefined) draft.take({ ...line, quantity }, first);
};

/** A reservation that its place did not give, and what the place said it has. */
export interface Declined {
  readonly reservationId: string;
  readonly available: number;
}

/**
 * The next attempt, for the missing units only: what the declining place still has, then the other candidates.
 * @returns undefined when that is not enough
 */
export const replan = (
  orderId: string,
  plan: FulfillmentPlan,
  declined: readonly Declined[],
): FulfillmentPlan | undefined => {
  const answers = new Map(declined.map(({ reservationId, available }) => [reservationId, available]));
  const missing = plan.allocations.filter(({ reservationId }) => answers.has(reservationId));
  const left = new Map(plan.candidates.map(({ sku, locationId, available }) => [placeOf(sku, locationId), available]));
  for (const { reservationId, sku, locationId, quantity } of plan.allocations) {
    const place = placeOf(sku, locationId);
    left.set(place, answers.get(reservationId) ?? (left.get(place) ?? 0) - quantity);
  }
  const candidates = plan.candidates.map((one) => {
    const refused = missing.some(({ sku, locationId }) => sku === one.sku && locationId === one.locationId);
    return refused ? { ...one, available: left.get(placeOf(one.sku, one.locationId)) ?? 0 } : one;
  });

  const keep = new Map([...plan.candidates, ...plan.allocations].map((one) => [one.locationId, one.keep ?? 0]));
  const draft = new Draft(left, keep);
  const covered =
    missing.every((allocation) => againFixed(draft, allocation)) &&
    missing.every((allocation) => againFree(draft, allocation, plan.candidates));
  if (!covered) return undefined;
  const attempt = plan.attempt + 1;
  return { attempt, allocations: draft.allocations(orderId, attempt), candidates, policyVersion: plan.policyVersion };
};

const againFixed = (draft: Draft, { sku, locationId, lines }: Allocation) =>
  lines.every(({ lineId, quantity, fixed = false }) => {
    if (fixed && draft.has({ sku, quantity }, locationId)) draft.take({ lineId, sku, quantity }, locationId, true);
    else if (fixed) return false;
    return true;
  });

const againFree = (draft: Draft, { sku, locationId, lines }: Allocation, candidates: readonly Candidate[]) => {
  const others = candidates.filter((one) => one.sku === sku && one.locationId !== locationId);
  const places = [locationId, ...others.map((one) => one.locationId)];
  return lines.every(
    ({ lineId, quantity, fixed }) =>
      fixed ??
      places.reduce((rest, place) => draft.takeAvailable({ lineId, sku, quantity: rest }, place), quantity) === 0,
  );
};

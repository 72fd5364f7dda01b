/** Locations as a policy ranks them, and the combination of them that serves the lines best. */
import { type RankingDecision } from '#orders';

interface RankedLocation {
  readonly locationId: string;
  /** Counts for each unit from this location. */
  readonly benefit: number;
  /** Counts once if any unit comes from this location. */
  readonly cost: number;
}

export interface LocationRanking {
  readonly judgement: RankingDecision;
  /** Best first. */
  readonly ranked: readonly RankedLocation[];
  /** Counts for each location of a combination after the first. */
  readonly splitCost: number;
  /** The channel's unranked locations that are open and ship, in its order of preference. */
  readonly otherLocations: readonly string[];
}

export interface Demand {
  readonly sku: string;
  readonly quantity: number;
}

export interface StockLookup {
  readonly available: (sku: string, locationId: string) => number;
  /** Whether the buyer's cart has reserved the SKU there. Such locations come first for it, whatever their benefit. */
  readonly isInCart: (sku: string, locationId: string) => boolean;
}

const CART_UNIT_BENEFIT = 1000;
/** The best-ranked locations are tried in combinations; the others only alone, or all in order. */
const MAX_LOCATIONS_COMBINED = 8;
const MAX_COMBINATION_SIZE = 3;

/**
 * The combination of the highest value that covers the demand with no more locations than the policy allows:
 *
 *   value = mean benefit of the units − Σ cost of the locations − split cost × (locations − 1)
 *
 * @returns ids of locations, or undefined if no combination covers the demand
 */
export const bestCombination = (
  demands: readonly Demand[],
  ranking: LocationRanking,
  stock: StockLookup,
): readonly string[] | undefined => {
  let best: readonly RankedLocation[] | undefined;
  let highest = -Infinity;
  for (const locations of combinations(ranking)) {
    const value = valueOfCombination(locations, demands, ranking, stock);
    if (value === undefined || value <= highest + 1e-9) continue;
    [best, highest] = [locations, value];
  }
  return best?.map(({ locationId }) => locationId);
};

/** Without costs and limits, the best units are simply the first in the order of the ranking. */
const isOrderOptimal = ({ splitCost, ranked, judgement }: LocationRanking) =>
  splitCost === 0 && judgement.maxSplit === undefined && ranked.every(({ cost }) => cost === 0);

function* combinations(ranking: LocationRanking): Generator<readonly RankedLocation[]> {
  const { ranked, judgement } = ranking;
  yield ranked;
  if (isOrderOptimal(ranking)) return;
  for (const location of ranked) yield [location];
  const combined = ranked.slice(0, MAX_LOCATIONS_COMBINED);
  const maxSize = Math.min(judgement.maxSplit ?? MAX_COMBINATION_SIZE, MAX_COMBINATION_SIZE);
  for (let size = 2; size <= maxSize; size++) yield* subsetsOfSize(combined, size);
}

function* subsetsOfSize<Item>(items: readonly Item[], size: number): Generator<readonly Item[]> {
  if (size === 0) yield [];
  for (const [index, item] of items.entries()) {
    if (size > 0) for (const rest of subsetsOfSize(items.slice(index + 1), size - 1)) yield [item, ...rest];
  }
}

const valueOfCombination = (
  locations: readonly RankedLocation[],
  demands: readonly Demand[],
  ranking: LocationRanking,
  stock: StockLookup,
) => {
  const used = new Set<RankedLocation>();
  let [benefit, units] = [0, 0];
  for (const { sku, quantity } of demands) {
    let missing = quantity;
    for (const location of cartLocationsFirst(locations, ({ locationId }) => stock.isInCart(sku, locationId))) {
      const taken = Math.min(missing, stock.available(sku, location.locationId));
      if (taken === 0) continue;
      used.add(location);
      benefit += taken * (location.benefit + (stock.isInCart(sku, location.locationId) ? CART_UNIT_BENEFIT : 0));
      missing -= taken;
    }
    if (missing > 0) return undefined;
    units += quantity;
  }
  if (used.size > (ranking.judgement.maxSplit ?? Infinity)) return undefined;
  const cost = used.values().reduce((sum, location) => sum + location.cost, 0);
  return benefit / Math.max(1, units) - cost - ranking.splitCost * (used.size - 1);
};

export const cartLocationsFirst = <Item>(items: readonly Item[], isInCart: (item: Item) => boolean): readonly Item[] =>
  items.some(isInCart) ? [...items.filter(isInCart), ...items.filter((item) => !isInCart(item))] : items;

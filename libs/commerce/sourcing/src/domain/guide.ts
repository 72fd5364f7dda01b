/** Which of the places that a policy has ranked serve the lines best together. */
import { type Judgement } from '#orders';

/** What a policy thinks of a place: `merit` for each unit from there, `burden` once, as soon as it takes part. */
interface RankedPlace {
  readonly locationId: string;
  readonly merit: number;
  readonly burden: number;
}

export interface Guide {
  readonly judgement: Judgement;
  /** Best first. */
  readonly places: readonly RankedPlace[];
  /** What each place after the first takes off. */
  readonly splitBurden: number;
  /** The channel's other places that are open and ship, in its order. */
  readonly others: readonly string[];
}

export interface Wanted {
  readonly sku: string;
  readonly quantity: number;
}

export interface Stock {
  readonly left: (sku: string, locationId: string) => number;
  /** The buyer's cart holds goods there: such places come first for their SKU, whatever they are worth. */
  readonly isHeld: (sku: string, locationId: string) => boolean;
}

const HELD = 1000;
/** More places are tried only alone, or all in their order. */
const TRIED_TOGETHER = 8;
const MAX_LOCATIONS_TOGETHER = 3;

/**
 * Places that have everything between them, no more than the policy allows, and no others worth more: value = mean merit
 * of the units − Σ burden − split burden for each place after the first. Of equals, the better ranked.
 */
export const bestPlaces = (wanted: readonly Wanted[], guide: Guide, stock: Stock): readonly string[] | undefined => {
  let best: readonly RankedPlace[] | undefined;
  let highest = -Infinity;
  for (const places of combinations(guide)) {
    const value = valueOf(places, wanted, guide, stock);
    if (value === undefined || value <= highest + 1e-9) continue;
    [best, highest] = [places, value];
  }
  return best?.map(({ locationId }) => locationId);
};

const isPlain = ({ splitBurden, places, judgement }: Guide) =>
  splitBurden === 0 && judgement.maxSplit === undefined && places.every(({ burden }) => burden === 0);

function* combinations(guide: Guide): Generator<readonly RankedPlace[]> {
  const { places, judgement } = guide;
  yield places;
  if (isPlain(guide)) return; // units are best taken in the order of merit
  for (const place of places) yield [place];
  const tried = places.slice(0, TRIED_TOGETHER);
  const most = Math.min(judgement.maxSplit ?? MAX_LOCATIONS_TOGETHER, MAX_LOCATIONS_TOGETHER);
  for (let size = 2; size <= most; size++) yield* chosen(tried, size);
}

function* chosen<Item>(items: readonly Item[], size: number): Generator<readonly Item[]> {
  if (size === 0) yield [];
  for (const [index, item] of items.entries()) {
    if (size > 0) for (const rest of chosen(items.slice(index + 1), size - 1)) yield [item, ...rest];
  }
}

const valueOf = (places: readonly RankedPlace[], wanted: readonly Wanted[], guide: Guide, stock: Stock) => {
  const used = new Set<RankedPlace>();
  let [worth, units] = [0, 0];
  for (const { sku, quantity } of wanted) {
    let missing = quantity;
    for (const place of heldFirst(places, ({ locationId }) => stock.isHeld(sku, locationId))) {
      const taken = Math.min(missing, stock.left(sku, place.locationId));
      if (taken === 0) continue;
      used.add(place);
      worth += taken * (place.merit + (stock.isHeld(sku, place.locationId) ? HELD : 0));
      missing -= taken;
    }
    if (missing > 0) return undefined;
    units += quantity;
  }
  if (used.size > (guide.judgement.maxSplit ?? Infinity)) return undefined;
  const burden = used.values().reduce((all, place) => all + place.burden, 0);
  return worth / Math.max(1, units) - burden - guide.splitBurden * (used.size - 1);
};

export const heldFirst = <Item>(items: readonly Item[], isHeld: (item: Item) => boolean): readonly Item[] =>
  items.some(isHeld) ? [...items.filter(isHeld), ...items.filter((item) => !isHeld(item))] : items;

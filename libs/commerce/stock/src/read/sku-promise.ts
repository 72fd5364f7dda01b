/** What can be promised of a SKU, and of a kit of such SKUs. */
import { availableToPromise, reservableUnits, type StockFigures, type Terms } from './available-to-promise.js';

export interface LocationAvailability {
  readonly locationId: string;
  readonly available: number;
}

export interface SkuPromise {
  readonly atp: number;
  /** Of `atp` what is there already. */
  readonly arrived: number;
  readonly reservable: number;
  /** Locations with something to promise, in the channel's order of preference. */
  readonly byLocation: readonly LocationAvailability[];
  readonly nextEta: Date | null;
}

/** @param terms in the channel's order of preference */
export const promiseOf = (figures: readonly StockFigures[], terms: ReadonlyMap<string, Terms>): SkuPromise => {
  const at = new Map(figures.map((one) => [one.locationId, one]));
  const byLocation: LocationAvailability[] = [];
  let [arrived, reservable] = [0, 0];
  let nextEta: Date | null = null;
  for (const [locationId, term] of terms) {
    const stock = at.get(locationId);
    if (!stock || term.paused) continue;
    const available = availableToPromise(stock, term);
    if (available > 0) byLocation.push({ locationId, available });
    arrived += availableToPromise(stock, { ...term, promisesIncoming: false });
    reservable += reservableUnits(stock, term);
    nextEta = earlier(nextEta, stock.nextEta);
  }
  return { atp: unitsOf(byLocation), arrived, reservable, byLocation, nextEta };
};

const unitsOf = (places: readonly LocationAvailability[]) => places.reduce((all, { available }) => all + available, 0);

const earlier = (one: Date | null, other: Date | null) => (!one || (other && other < one) ? other : one);

/** Units of a component in one kit, and what can be promised of it. */
export interface PromisedComponent {
  readonly quantity: number;
  readonly promise: SkuPromise;
}

/**
 * As many kits as the scarcest component allows; components may come from different locations, so that there may be more in
 * all than at the locations together. Kits that share a component are promised each as if it were alone.
 */
export const promiseOfKit = (components: readonly PromisedComponent[]): SkuPromise => {
  const most = (of: (promise: SkuPromise) => number) =>
    Math.min(...components.map(({ quantity, promise }) => Math.floor(of(promise) / quantity)));
  const atp = most((promise) => promise.atp);
  const scarcest = components.filter(({ quantity, promise }) => Math.floor(promise.atp / quantity) === atp);
  const byLocation = (components[0]?.promise.byLocation ?? [])
    .map(({ locationId }) => ({ locationId, available: most((promise) => unitsAt(promise, locationId)) }))
    .filter(({ available }) => available > 0);
  return {
    atp,
    arrived: most((promise) => promise.arrived),
    reservable: most((promise) => promise.reservable),
    byLocation,
    nextEta: lastOf(scarcest.map(({ promise }) => promise.nextEta)),
  };
};

const unitsAt = ({ byLocation }: SkuPromise, locationId: string) =>
  byLocation.find((at) => at.locationId === locationId)?.available ?? 0;

/** Null where one of them has none. */
const lastOf = (dates: readonly (Date | null)[]) =>
  dates.reduce((last, date) => (last && date ? (date > last ? date : last) : null));

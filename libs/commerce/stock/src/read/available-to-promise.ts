/**
 * How many units a channel can promise, of a SKU and of a kit. The view bi.availability computes the same in SQL.
 *
 *   available to promise at a location = max(0, on hand − unavailable − reserved − safety stock + incoming)
 *
 * where incoming counts only if the channel promises it.
 */
import { integer, object, text, type ValueOf } from '#schema';
import { availableUnits } from '../domain/stock-item.js';

/** The quantities of one SKU at one location, in sellable units. */
export interface StockFigures {
  readonly sku: string;
  readonly locationId: string;
  readonly onHand: number;
  readonly unavailable: number;
  /** Soft and hard. */
  readonly reserved: number;
  readonly incoming: number;
  readonly backorderLimit: number;
  /** When the next announced delivery is due. */
  readonly nextEta: Date | null;
}

/** What a channel's configuration says about one of its locations. */
export interface LocationTerms {
  readonly safetyStock: number;
  readonly promisesIncoming: boolean;
  /** A paused location takes no new reservations. */
  readonly paused: boolean;
}

export const locationAvailabilitySchema = object({ locationId: text, available: integer });
export type LocationAvailability = ValueOf<typeof locationAvailabilitySchema>;

/** Units of a SKU, or kits, over all locations of a channel. */
export interface PromisableUnits {
  /** Available to promise. */
  readonly atp: number;
  /** Available to promise without incoming goods. */
  readonly atpOnHand: number;
  /** What the stock streams would reserve now: including backorders, without incoming goods. */
  readonly reservable: number;
  /** Locations with something to promise, in the channel's order of preference. */
  readonly byLocation: readonly LocationAvailability[];
  readonly nextEta: Date | null;
}

/** @param terms by location, in the channel's order of preference */
export const promisableUnits = (
  figures: readonly StockFigures[],
  terms: ReadonlyMap<string, LocationTerms>,
): PromisableUnits => {
  const figuresAt = new Map(figures.map((at) => [at.locationId, at]));
  const byLocation: LocationAvailability[] = [];
  let [atp, atpOnHand, reservable] = [0, 0, 0];
  let nextEta: Date | null = null;
  for (const [locationId, locationTerms] of terms) {
    const at = figuresAt.get(locationId);
    if (!at || locationTerms.paused) continue;
    const available = availableToPromise(at, locationTerms);
    if (available > 0) byLocation.push({ locationId, available });
    atp += available;
    atpOnHand += availableToPromise(at, { ...locationTerms, promisesIncoming: false });
    reservable += Math.max(0, availableUnitsOf(at) - locationTerms.safetyStock);
    nextEta = earlierOf(nextEta, at.nextEta);
  }
  return { atp, atpOnHand, reservable, byLocation, nextEta };
};

const availableToPromise = (at: StockFigures, { safetyStock, promisesIncoming }: LocationTerms) => {
  const incoming = promisesIncoming ? at.incoming : 0;
  return Math.max(0, at.onHand - at.unavailable - at.reserved - safetyStock + incoming);
};

/** What the stock stream can still reserve, as its decider computes it. */
export const availableUnitsOf = ({ unavailable, ...figures }: StockFigures) =>
  availableUnits({ ...figures, unavailableTotal: unavailable });

const earlierOf = (one: Date | null, other: Date | null) => (!one || (other && other < one) ? other : one);

export interface PromisableComponent {
  /** Units of the component in one kit. */
  readonly quantity: number;
  readonly units: PromisableUnits;
}

/**
 * As many kits as the scarcest component allows. Components may come from different locations, so that there may be more kits
 * in total than the sum over the locations. Kits that share a component are each computed as if there were no other.
 */
export const promisableKits = (components: readonly PromisableComponent[]): PromisableUnits => {
  const kitsFrom = (unitsOf: (units: PromisableUnits) => number) =>
    Math.min(...components.map(({ quantity, units }) => Math.floor(unitsOf(units) / quantity)));
  const atp = kitsFrom((units) => units.atp);
  const scarcest = components.filter(({ quantity, units }) => Math.floor(units.atp / quantity) === atp);
  const byLocation = (components[0]?.units.byLocation ?? [])
    .map(({ locationId }) => ({ locationId, available: kitsFrom((units) => unitsAt(units, locationId)) }))
    .filter(({ available }) => available > 0);
  return {
    atp,
    atpOnHand: kitsFrom((units) => units.atpOnHand),
    reservable: kitsFrom((units) => units.reservable),
    byLocation,
    nextEta: latestOf(scarcest.map(({ units }) => units.nextEta)),
  };
};

const unitsAt = ({ byLocation }: PromisableUnits, locationId: string) =>
  byLocation.find((at) => at.locationId === locationId)?.available ?? 0;

/** Null if any of the dates is unknown. */
const latestOf = (dates: readonly (Date | null)[]) =>
  dates.reduce((latest, date) => (latest && date ? (date > latest ? date : latest) : null));

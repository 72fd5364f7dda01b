import { exponentOf } from '#kernel';

export interface TillSettings {
  readonly id: string;
  /** The store that it stands in: a location of Kontor. */
  readonly locationId: string;
  /** The only API key that may speak for it, by its id; none: every key of the channel. */
  readonly keyId?: string;
}

export interface PointOfSaleSettings {
  readonly currency: string;
  /** Decimals of prices, which are whole minor units. */
  readonly scale: number;
  readonly tills: ReadonlyMap<string, TillSettings>;
  /** How long a return waits for the receipt that it names. */
  readonly waitMs: number;
}

const TILL = /^[A-Za-z0-9-]{1,16}$/;
const LOCATION = /^[a-z0-9][a-z0-9._-]{0,63}$/;
const KEY_ID = /^[0-9a-f]{16}$/;
/** So that `<name>:<till>:<number>` is an id. */
const LONGEST_NAME = 20;

type Given = Readonly<Record<string, unknown>>;

/** @throws Error that names what is wrong */
export const pointOfSaleSettings = (name: string, given: unknown): PointOfSaleSettings => {
  const { currency, tills, waitHours = 24 } = given as Given;
  if (name.length > LONGEST_NAME) throw new Error(`${name}: the name may have ${LONGEST_NAME} characters at most`);
  if (typeof currency !== 'string' || !/^[A-Z]{3}$/.test(currency))
    throw new Error(`${name}: "currency" must be a code such as GBP`);
  if (typeof waitHours !== 'number' || !(waitHours >= 0)) throw new Error(`${name}: "waitHours" must be 0 or more`);
  return { currency, scale: exponentOf(currency), tills: tillsOf(name, tills), waitMs: waitHours * 3_600_000 };
};

const tillsOf = (name: string, given: unknown): ReadonlyMap<string, TillSettings> => {
  if (!Array.isArray(given) || given.length === 0) throw new Error(`${name}: "tills" must be a list of tills`);
  const tills = new Map<string, TillSettings>();
  for (const one of given as Given[]) {
    const till = tillOf(name, one);
    if (tills.has(till.id)) throw new Error(`${name}: there are two tills ${till.id}`);
    tills.set(till.id, till);
  }
  return tills;
};

const tillOf = (name: string, { id, location, keyId }: Given): TillSettings => {
  if (typeof id !== 'string' || !TILL.test(id)) throw new Error(`${name}: the id of a till must be ${TILL}`);
  if (typeof location !== 'string' || !LOCATION.test(location))
    throw new Error(`${name}/${id}: "location" must be the id of a location`);
  if (keyId === undefined) return { id, locationId: location };
  if (typeof keyId !== 'string' || !KEY_ID.test(keyId)) throw new Error(`${name}/${id}: "keyId" must be ${KEY_ID}`);
  return { id, locationId: location, keyId };
};

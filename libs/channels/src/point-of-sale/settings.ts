import { exponentOf, isCurrency } from '#kernel';

export interface TillSettings {
  readonly id: string;
  /** Id of the store that the till stands in. */
  readonly locationId: string;
  /** Id of the only API key that may upload for the till; without it, every key of the channel may. */
  readonly keyId?: string;
}

export interface PointOfSaleSettings {
  readonly currency: string;
  /** Decimals of the currency: prices are integers in minor units. */
  readonly scale: number;
  /** Id → settings. */
  readonly tills: ReadonlyMap<string, TillSettings>;
  /** How long a document waits for the receipt that it names, in milliseconds. */
  readonly waitMs: number;
}

const TILL = /^[A-Za-z0-9-]{1,16}$/;
const LOCATION = /^[a-z0-9][a-z0-9._-]{0,63}$/;
const KEY_ID = /^[0-9a-f]{16}$/;
/** With a longer name, `<name>:<till>:<number>` would be too long for the id of an order. */
const MAX_NAME_LENGTH = 20;

type GivenSettings = Readonly<Record<string, unknown>>;

/** @throws Error that names the setting that is wrong */
export const pointOfSaleSettingsOf = (adapter: string, given: unknown): PointOfSaleSettings => {
  const { currency, tills, waitHours = 24 } = given as GivenSettings;
  if (adapter.length > MAX_NAME_LENGTH)
    throw new Error(`${adapter}: the name may have ${MAX_NAME_LENGTH} characters at most`);
  if (typeof currency !== 'string' || !isCurrency(currency))
    throw new Error(`${adapter}: "currency" must be a code of ISO 4217 such as GBP`);
  if (typeof waitHours !== 'number' || !(waitHours >= 0)) throw new Error(`${adapter}: "waitHours" must be 0 or more`);
  return { currency, scale: exponentOf(currency), tills: checkedTills(adapter, tills), waitMs: waitHours * 3_600_000 };
};

const checkedTills = (adapter: string, given: unknown): ReadonlyMap<string, TillSettings> => {
  if (!Array.isArray(given) || given.length === 0) throw new Error(`${adapter}: "tills" must be a list of tills`);
  const tills = new Map<string, TillSettings>();
  for (const one of given as GivenSettings[]) {
    const till = checkedTill(adapter, one);
    if (tills.has(till.id)) throw new Error(`${adapter}: there are two tills ${till.id}`);
    tills.set(till.id, till);
  }
  return tills;
};

const checkedTill = (adapter: string, { id, location, keyId }: GivenSettings): TillSettings => {
  if (typeof id !== 'string' || !TILL.test(id)) throw new Error(`${adapter}: the id of a till must match ${TILL}`);
  if (typeof location !== 'string' || !LOCATION.test(location))
    throw new Error(`${adapter}/${id}: "location" must be the id of a location`);
  if (keyId === undefined) return { id, locationId: location };
  if (typeof keyId !== 'string' || !KEY_ID.test(keyId))
    throw new Error(`${adapter}/${id}: "keyId" must match ${KEY_ID}`);
  return { id, locationId: location, keyId };
};

/** A marketplace's line of the file of channels. */
export interface MarketplaceSettings {
  readonly url: string;
  readonly token: string;
  readonly pollSeconds: number;
  readonly pageSize: number;
  /** Most offers in one request. */
  readonly batch: number;
  /** Most requests, for each of the three. */
  readonly perMinute: { readonly orders: number; readonly notices: number; readonly offers: number };
  /** Refusals until a message is a dead letter. */
  readonly attempts: number;
}

const DEFAULTS: Omit<MarketplaceSettings, 'url' | 'token'> = {
  pollSeconds: 20,
  pageSize: 50,
  batch: 100,
  perMinute: { orders: 60, notices: 120, offers: 60 },
  attempts: 12,
};

/** @throws Error that names what is wrong */
export const marketplaceOf = (name: string, given: unknown): MarketplaceSettings => {
  const { perMinute, ...others } = given as Partial<MarketplaceSettings>;
  const settings = { ...DEFAULTS, ...others, perMinute: { ...DEFAULTS.perMinute, ...perMinute } };
  const { url, token, pollSeconds, pageSize, batch, attempts } = settings;
  if (url === undefined || !URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new Error(`${name}: "url" must be an http address`);
  if (typeof token !== 'string' || token === '') throw new Error(`${name} has no "token"`);
  const numbers = { pollSeconds, pageSize, batch, attempts, ...settings.perMinute };
  for (const [field, value] of Object.entries(numbers))
    if (!(value > 0)) throw new Error(`${name}: "${field}" must be a number above 0`);
  return { ...settings, url, token };
};

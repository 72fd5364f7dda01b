/** The settings of a marketplace in the channels file. */
export interface MarketplaceSettings {
  /** Base URL of the marketplace's API. */
  readonly url: string;
  readonly token: string;
  /** Seconds between two looks for new orders. */
  readonly pollSeconds: number;
  /** Orders in one page. */
  readonly pageSize: number;
  /** Offers in one request, at most. */
  readonly batch: number;
  /** Requests a minute, at most, for each of the three kinds of requests. */
  readonly perMinute: { readonly orders: number; readonly notices: number; readonly offers: number };
  /** A message that was refused this often is a dead letter. */
  readonly attempts: number;
}

const DEFAULTS: Omit<MarketplaceSettings, 'url' | 'token'> = {
  pollSeconds: 20,
  pageSize: 50,
  batch: 100,
  perMinute: { orders: 60, notices: 120, offers: 60 },
  attempts: 12,
};

/** @throws Error that names the setting that is wrong */
export const marketplaceSettingsOf = (adapter: string, given: unknown): MarketplaceSettings => {
  const { perMinute, ...others } = given as Partial<MarketplaceSettings>;
  const settings = { ...DEFAULTS, ...others, perMinute: { ...DEFAULTS.perMinute, ...perMinute } };
  const { url, token, pollSeconds, pageSize, batch, attempts } = settings;
  if (url === undefined || !URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new Error(`${adapter}: "url" must be an http address`);
  if (typeof token !== 'string' || token === '') throw new Error(`${adapter} has no "token"`);
  const numbers = { pollSeconds, pageSize, batch, attempts, ...settings.perMinute };
  for (const [field, value] of Object.entries(numbers))
    if (!(value > 0)) throw new Error(`${adapter}: "${field}" must be a number above 0`);
  return { ...settings, url, token };
};

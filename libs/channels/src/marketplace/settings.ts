import { checkedHttpUrl, checkedText, checkPositiveNumbers } from '../settings-checks.js';

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
  checkPositiveNumbers(adapter, { pollSeconds, pageSize, batch, attempts, ...settings.perMinute });
  return { ...settings, url: checkedHttpUrl(adapter, url), token: checkedText(adapter, 'token', token) };
};

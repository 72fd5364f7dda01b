import { DEFAULT_HOLD_ABOVE_PERCENT } from '../empties-too-much.js';
import { checkedHttpUrl, checkedText, checkPositiveNumbers } from '../settings-checks.js';

/** The settings of a supplier in the channels file. */
export interface DropshipperSettings {
  /** Base URL of the supplier's API. */
  readonly url: string;
  readonly token: string;
  /** Id of the location that stands for the supplier's goods. It is of type `dropship`. */
  readonly location: string;
  /** Age from which the newest stock feed counts as stale. */
  readonly staleAfterHours: number;
  /** Whether the location is paused while its feed is stale, so that it takes no new reservations. */
  readonly pauseWhenStale: boolean;
  /** A stock feed that sets more than this percentage of the SKUs with stock to 0 is held until a person releases it. */
  readonly holdAbovePercent: number;
  /** A message that was refused this often is a dead letter. */
  readonly attempts: number;
}

const DEFAULTS = {
  staleAfterHours: 24,
  pauseWhenStale: true,
  holdAbovePercent: DEFAULT_HOLD_ABOVE_PERCENT,
  attempts: 12,
};
const LOCATION = /^[a-z0-9][a-z0-9._-]{0,63}$/;

/** @throws Error that names the setting that is wrong */
export const dropshipperSettingsOf = (adapter: string, given: unknown): DropshipperSettings => {
  const settings = { ...DEFAULTS, ...(given as Partial<DropshipperSettings>) };
  const { url, token, location, staleAfterHours, pauseWhenStale, holdAbovePercent, attempts } = settings;
  if (location === undefined || !LOCATION.test(location))
    throw new Error(`${adapter}: "location" must match ${LOCATION}`);
  checkPositiveNumbers(adapter, { staleAfterHours, holdAbovePercent, attempts });
  if (typeof (pauseWhenStale as unknown) !== 'boolean')
    throw new Error(`${adapter}: "pauseWhenStale" must be true or false`);
  return { ...settings, url: checkedHttpUrl(adapter, url), token: checkedText(adapter, 'token', token), location };
};

/** A supplier's line of the file of channels. */
export interface DropshipperSettings {
  readonly url: string;
  readonly token: string;
  /** Where its goods are: a location of type `dropship`. */
  readonly location: string;
  /** So old, its figures are believed no more. */
  readonly staleAfterHours: number;
  /** Nothing more is promised from there meanwhile. */
  readonly pauseWhenStale: boolean;
  /** Refusals until a message is a dead letter. */
  readonly attempts: number;
}

const DEFAULTS = { staleAfterHours: 24, pauseWhenStale: true, attempts: 12 };
const LOCATION = /^[a-z0-9][a-z0-9._-]{0,63}$/;

const isHttp = (url = '') => URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);

/** @throws Error that names what is wrong */
export const dropshipperOf = (name: string, given: unknown): DropshipperSettings => {
  const settings = { ...DEFAULTS, ...(given as Partial<DropshipperSettings>) };
  const { url, token, location, staleAfterHours, attempts } = settings;
  if (!isHttp(url)) throw new Error(`${name}: "url" must be an http address`);
  if (!token) throw new Error(`${name} has no "token"`);
  if (location === undefined || !LOCATION.test(location)) throw new Error(`${name}: "location" must be ${LOCATION}`);
  for (const [field, value] of Object.entries({ staleAfterHours, attempts }))
    if (!(value > 0)) throw new Error(`${name}: "${field}" must be a number above 0`);
  return { ...settings, url: url ?? '', token, location };
};

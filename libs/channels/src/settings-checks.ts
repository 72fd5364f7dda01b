/** Checks of settings in the channels file. Each throws an Error that names the adapter and the setting. */

/** @returns the value, as a base URL of HTTP or HTTPS */
export const checkedHttpUrl = (owner: string, value: unknown): string => {
  if (typeof value === 'string' && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)) return value;
  throw new Error(`${owner}: "url" must be an http address`);
};

/** @returns the value, as text that is not empty */
export const checkedText = (owner: string, field: string, value: unknown): string => {
  if (typeof value === 'string' && value !== '') return value;
  throw new Error(`${owner} has no "${field}"`);
};

/** Checks that every field is a number above 0, and not text that looks like one. */
export const checkPositiveNumbers = (owner: string, fields: Readonly<Record<string, unknown>>): void => {
  for (const [field, value] of Object.entries(fields))
    if (typeof value !== 'number' || !(value > 0)) throw new Error(`${owner}: "${field}" must be a number above 0`);
};

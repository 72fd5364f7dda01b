import { InvalidPattern, type PatternReader } from './pattern-reader.js';

/** Ignore case, multi-line, explicit captures only, single line, ignore white space. */
export interface PatternOptions {
  i: boolean;
  m: boolean;
  n: boolean;
  s: boolean;
  x: boolean;
}

export const NO_OPTIONS: PatternOptions = { i: false, m: false, n: false, s: false, x: false };

interface ReadOptions {
  options: PatternOptions;
  /** `(?i)` holds to the end of the group around it, `(?i:…)` for a group of its own. */
  opensGroup: boolean;
}

/** @throws InvalidPattern if it is no change of options, either */
export function readPatternOptions(reader: PatternReader, current: PatternOptions): ReadOptions {
  const found = reader.match(/\?([imnsx]*)(?:-([imnsx]*))?([:)])/iy);
  if (!found) throw new InvalidPattern('Unrecognized grouping construct.');
  const [, on = '', off = '', end] = found;
  const options = { ...current };
  for (const option of on.toLowerCase()) options[option as keyof PatternOptions] = true;
  for (const option of off.toLowerCase()) options[option as keyof PatternOptions] = false;
  return { options, opensGroup: end === ':' };
}

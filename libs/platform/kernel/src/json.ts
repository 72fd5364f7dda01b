/** JSON of others. Where it can be read in two ways, or not at all, it is refused, and the place is named. */

/** A text is not JSON that means one thing. The message says why, and where. */
export class UnreadableJson extends Error {
  override name = 'UnreadableJson';
}

/** Nobody nests deeper than that, and a parser of somebody else would give up. */
const MAX_DEPTH = 100;
/** A quote that no backslash escapes, before a colon: the end of each name, and the beginning of a text such as ":-)". */
const COLON_AFTER_QUOTE = /(?<!\\)(?:\\\\)*"\s*:/g;

/**
 * As `JSON.parse`, but refuses bytes that are no UTF-8, an object with the same name twice, of which JSON.parse silently
 * takes the last, and `__proto__`.
 * @throws UnreadableJson
 */
export const parseJson = (input: string | Uint8Array): unknown => {
  const text = typeof input === 'string' ? input : decodeUtf8(input);
  const value = parsed(text);
  // Counting is cheap. Only where the value has fewer names than the text may have is each of them looked at.
  const names = countNames(value);
  const fault = (text.match(COLON_AFTER_QUOTE) ?? []).length > names ? repeatedName(text) : undefined;
  if (fault === undefined) return value;
  throw new UnreadableJson(fault);
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UnreadableJson(`It is not JSON: ${(error as Error).message}`);
  }
};

const countNames = (value: unknown, depth = 0): number => {
  if (typeof value !== 'object' || value === null) return 0;
  if (depth === MAX_DEPTH) throw new UnreadableJson(`It has more than ${MAX_DEPTH} levels`);
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + countNames(item, depth + 1), 0);
  if (Object.hasOwn(value, '__proto__')) throw new UnreadableJson('__proto__ is not a name for a field');
  const inner = Object.values(value);
  return inner.reduce<number>((sum, item) => sum + countNames(item, depth + 1), inner.length);
};

/** @throws UnreadableJson */
export const decodeUtf8 = (bytes: Uint8Array): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UnreadableJson(`It is not UTF-8: see byte ${firstBadByte(bytes)}`);
  }
};

/** Counted from 1, as an editor does. */
const firstBadByte = (bytes: Uint8Array): number => {
  let [good, bad] = [0, bytes.length];
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (isStartOfUtf8(bytes.subarray(0, middle))) good = middle;
    else bad = middle;
  }
  return bad;
};

const isStartOfUtf8 = (bytes: Uint8Array): boolean => {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
};

interface Container {
  readonly names: Set<string>;
  /** Name of the member, or index of the item, that is being read. */
  at: string | number;
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g;

/** Says which name a text, which is JSON, has twice in one object: `lines.0 has the name "sku" twice`. */
const repeatedName = (text: string): string | undefined => {
  const open: Container[] = [];
  const tokens = text.match(TOKEN) ?? [];
  for (const [index, token] of tokens.entries()) {
    if (tokens[index + 1] !== ':') readBracket(open, token);
    else if (!readName(open.at(-1), token)) return twice(open.slice(0, -1), token);
  }
  return undefined;
};

const readBracket = (open: Container[], token: string) => {
  if (token === '{') open.push({ names: new Set(), at: '' });
  if (token === '[') open.push({ names: new Set(), at: 0 });
  if (token === '}' || token === ']') open.pop();
  const container = open.at(-1);
  if (token === ',' && typeof container?.at === 'number') container.at++;
};

/** @returns false for a name that the object has already */
const readName = (container: Container | undefined, token: string): boolean => {
  const name = JSON.parse(token) as string;
  if (!container || container.names.has(name)) return false;
  container.names.add(name);
  container.at = name;
  return true;
};

const twice = (around: readonly Container[], token: string) => {
  const place = around.map(({ at }) => at).join('.');
  return `${place === '' ? 'It' : place} has the name ${JSON.stringify(JSON.parse(token))} twice`;
};

/** JSON with sorted names and without blanks, the same for all ways to write a value. No library: every command takes this path. */
export const canonicalJson = (value: unknown): string => {
  if (value === undefined) return '';
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join()}]`;
  const object = value as Readonly<Record<string, unknown>>;
  const members = Object.keys(object).sort();
  let text = '';
  for (const name of members) {
    if (object[name] !== undefined) text += `${text && ','}${JSON.stringify(name)}:${canonicalJson(object[name])}`;
  }
  return `{${text}}`;
};

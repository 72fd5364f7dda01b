/** `$tb` of a deleted stream: above every real revision. */
const DELETED = 2n ** 63n - 1n;
export const DELETED_TRUNCATE_BEFORE = String(DELETED);
const MAX_AGE_LIMIT_SECONDS = 922_337_203_685n;
const ROLES = new Set(['$r', '$w', '$d', '$mr', '$mw']);

/** The parts of a stream's metadata that decide which events are visible. */
export interface StreamMetadata {
  /** False if nothing was ever written to the stream's metastream. */
  readonly exists: boolean;
  /** The text of the metadata. */
  readonly json: string;
  readonly isDeleted: boolean;
  readonly truncateBefore: number;
  readonly maxCount: number;
  readonly maxAgeSeconds: number;
}

export const NO_METADATA: StreamMetadata = {
  exists: false,
  json: '{}',
  isDeleted: false,
  truncateBefore: 0,
  maxCount: Infinity,
  maxAgeSeconds: Infinity,
};

/** Only the last event of a metastream is visible. */
export const METASTREAM_METADATA: StreamMetadata = { ...NO_METADATA, maxCount: 1 };

/** Metadata that EventStoreDB cannot parse restricts nothing, even by keys that are valid. */
export function parseMetadata(data: Buffer): StreamMetadata {
  const json = data.toString();
  const unrestricted = { ...NO_METADATA, exists: true, json };
  try {
    return { ...unrestricted, ...restrictions(parseObject(json, asInteger)) };
  } catch {
    return unrestricted;
  }
}

type Json = Record<string, unknown>;
type Reviver = (key: string, value: unknown, context: { source?: string }) => unknown;

function parseObject(json: string, reviver: Reviver): Json {
  const value: unknown = JSON.parse(json, reviver as Parameters<typeof JSON.parse>[1]);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new TypeError('no object');
  return value as Json;
}

/** Integers become exact, so that they differ from fractions. */
const asInteger: Reviver = (_, value, { source }) =>
  typeof value === 'number' && source !== undefined && /^-?\d+$/.test(source) ? BigInt(source) : value;

/** @throws if a value is not of its type. */
function restrictions(metadata: Json): Partial<StreamMetadata> {
  checkRoles(metadata['$acl']);
  integer(metadata['$cacheControl']);
  const truncateBefore = integer(metadata['$tb']);
  const maxAge = integer(metadata['$maxAge']);
  if (maxAge > MAX_AGE_LIMIT_SECONDS) throw new RangeError('too long a time');
  return {
    isDeleted: truncateBefore === DELETED,
    truncateBefore: positive(truncateBefore, 0),
    maxCount: positive(integer(metadata['$maxCount']), Infinity),
    maxAgeSeconds: positive(maxAge, Infinity),
  };
}

const positive = (value: bigint, otherwise: number): number => (value > 0n ? Number(value) : otherwise);

/** 0, which restricts nothing, if there is no value. */
function integer(value: unknown): bigint {
  if (value === undefined) return 0n;
  if (typeof value !== 'bigint' || BigInt.asIntN(64, value) !== value) throw new TypeError('no integer of 64 bits');
  return value;
}

function checkRoles(acl: unknown): void {
  if (acl === undefined) return;
  if (typeof acl !== 'object' || acl === null || Array.isArray(acl)) throw new TypeError('no access control list');
  for (const [key, roles] of Object.entries(acl)) {
    const isList = [roles].flat().every((role) => typeof role === 'string');
    if (!ROLES.has(key) || !isList) throw new TypeError('no roles');
  }
}

/** The first revision that a reader may see. */
export const firstVisible = (metadata: StreamMetadata, last: number): number =>
  Math.max(0, metadata.truncateBefore, last - metadata.maxCount + 1);

/** Milliseconds since the epoch before which events are hidden. */
export const visibleSince = (metadata: StreamMetadata, now: number): number => now - metadata.maxAgeSeconds * 1_000;

/**
 * The metadata of a deleted stream after a new append: old events stay hidden, and other keys are unchanged. Undefined if the
 * metadata is not a JSON object.
 */
export function undeleted({ json }: StreamMetadata, nextRevision: number): string | undefined {
  const asWritten: Reviver = (_, value, { source }) =>
    typeof value === 'number' && source !== undefined ? rawJson(source) : value;
  try {
    return JSON.stringify({ ...parseObject(json, asWritten), $tb: nextRevision });
  } catch {
    return undefined;
  }
}

const { rawJSON: rawJson } = JSON as unknown as { rawJSON: (text: string) => unknown };

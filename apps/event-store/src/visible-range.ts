/** Above every real revision: `$tb` of a deleted stream is 2^63 - 1, which JSON rounds up. */
const DELETED = Number.MAX_SAFE_INTEGER;
export const DELETED_TRUNCATE_BEFORE = '9223372036854775807';

/** What a stream's metadata says about which of its events are visible. */
export interface StreamMetadata {
  /** False if nothing was ever written to the stream's metastream. */
  readonly exists: boolean;
  readonly json: Readonly<Record<string, unknown>>;
  readonly truncateBefore: number;
  readonly maxCount: number;
  readonly maxAgeSeconds: number;
}

export const NO_METADATA: StreamMetadata = {
  exists: false,
  json: {},
  truncateBefore: 0,
  maxCount: Infinity,
  maxAgeSeconds: Infinity,
};

/** Of a metastream only the last event is visible. */
export const METASTREAM_METADATA: StreamMetadata = { ...NO_METADATA, maxCount: 1 };

/** Metadata that is no JSON object restricts nothing. */
export function parseMetadata(data: Buffer): StreamMetadata {
  const json = parseObject(data);
  const number = (key: string, otherwise: number): number => {
    const value = json[key];
    return typeof value === 'number' && value >= 0 ? value : otherwise;
  };
  return {
    exists: true,
    json,
    truncateBefore: number('$tb', 0),
    maxCount: number('$maxCount', Infinity),
    maxAgeSeconds: number('$maxAge', Infinity),
  };
}

function parseObject(data: Buffer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(data.toString());
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

export const isDeleted = (metadata: StreamMetadata): boolean => metadata.truncateBefore >= DELETED;

/** The first revision that a reader may see. */
export const firstVisible = (metadata: StreamMetadata, last: number): number =>
  Math.max(0, metadata.truncateBefore, last - metadata.maxCount + 1);

/** Milliseconds since the epoch before which events are hidden. */
export const visibleSince = (metadata: StreamMetadata, now: number): number => now - metadata.maxAgeSeconds * 1_000;

/** The metadata of a deleted stream that is written to again: its old events stay hidden, all else is kept. */
export const undeleted = (metadata: StreamMetadata, nextRevision: number): string =>
  JSON.stringify({ ...metadata.json, $tb: nextRevision });

import { type Retention } from './port.js';

/** `$tb` of a deleted stream is 2^63 - 1, which JSON rounds up. */
const DELETED = Number.MAX_SAFE_INTEGER;

export const TOMBSTONED = 'the stream was deleted for good (tombstoned)';

/** How a stream's metadata keep it from being read from its first event on, as a sentence; undefined if they do not. */
export const cutBy = ({ stream, metadata, tombstoned }: Retention): string | undefined => {
  if (tombstoned) return TOMBSTONED;
  const where = `in the metadata of the stream ($$${stream})`;
  const hidden = whole(metadata['$tb']);
  if (hidden >= DELETED) return `the stream was deleted: $tb ${where} hides all of its events`;
  if (hidden > 0) return `$tb: ${hidden} ${where} hides the events before revision ${hidden}`;
  const most = whole(metadata['$maxCount']);
  if (most > 0) return `$maxCount: ${most} ${where} hides all but the newest events`;
  const age = whole(metadata['$maxAge']);
  if (age > 0) return `$maxAge: ${age} ${where} hides events after ${age} seconds`;
  return undefined;
};

/** The store takes no notice of other values. */
const whole = (value: unknown) => (Number.isInteger(value) ? (value as number) : 0);

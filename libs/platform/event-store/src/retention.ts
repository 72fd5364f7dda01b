import { type Retention } from './port.js';

/** `$tb` of a deleted stream is 2^63 - 1, which JSON rounds up. */
const MIN_TB_OF_DELETED = Number.MAX_SAFE_INTEGER;

export const TOMBSTONED = 'the stream was permanently deleted (tombstoned)';

/** @returns why a stream can no longer be read from its first event on, as a sentence; undefined if it can */
export const whyIncomplete = ({ stream, metadata, tombstoned }: Retention): string | undefined => {
  if (tombstoned) return TOMBSTONED;
  const where = `in the metadata of the stream ($$${stream})`;
  const truncateBefore = integerOrZero(metadata['$tb']);
  if (truncateBefore >= MIN_TB_OF_DELETED) return `the stream was deleted: $tb ${where} hides all of its events`;
  if (truncateBefore > 0) return `$tb: ${truncateBefore} ${where} hides the events before revision ${truncateBefore}`;
  const maxCount = integerOrZero(metadata['$maxCount']);
  if (maxCount > 0) return `$maxCount: ${maxCount} ${where} hides all but the newest events`;
  const maxAge = integerOrZero(metadata['$maxAge']);
  if (maxAge > 0) return `$maxAge: ${maxAge} ${where} hides events after ${maxAge} seconds`;
  return undefined;
};

/** The store ignores values that are not integers. */
const integerOrZero = (value: unknown) => (Number.isInteger(value) ? (value as number) : 0);

import { parsePosition, type Position } from '#event-store';
import { isUuid, KONTOR_NAMESPACE, parseInstant, uuidv5 } from '#kernel';
import { Problem } from './problem.js';

type Header = string | string[] | undefined;

/** Longest wait that a caller may ask for, seconds. */
const MAX_WAIT_SECONDS = 30;
/** How far a till's clock may be ahead. */
const CLOCK_SKEW_MS = 5 * 60_000;

const STRUCTURED_STRING = /^"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/;
// eslint-disable-next-line no-control-regex -- the pattern finds control characters
const CONTROL = /[\x00-\x1f\x7f]/;
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

const firstOf = (header: Header) => (Array.isArray(header) ? header[0] : header);

/** The caller's key: a structured-header string (`"…"`) or the bare text. @throws Problem */
export const idempotencyKey = (header: Header): string => {
  const text = firstOf(header)?.trim() ?? '';
  if (text === '') {
    throw new Problem('idempotency-key-missing', 'Send an Idempotency-Key: a new one per command, the same per retry.');
  }
  const quoted = STRUCTURED_STRING.exec(text)?.[1];
  return checkedKey(quoted === undefined ? text : quoted.replaceAll(/\\(["\\])/g, '$1'));
};

/** @throws Problem */
export const checkedKey = (key: string): string => {
  if (key.length >= 1 && key.length <= 255 && !CONTROL.test(key)) return key;
  throw new Problem('validation-failed', 'An idempotency key has 1 to 255 printable characters.', {
    errors: [{ field: 'Idempotency-Key', message: 'must have 1 to 255 printable characters' }],
  });
};

/** It includes the channel, because two channels may choose the same key for different commands. */
export const commandIdOf = (channel: string, key: string, stream: string): string =>
  uuidv5(KONTOR_NAMESPACE, `${channel}/${isUuid(key) ? key.toLowerCase() : key}/${stream}`);

/** Seconds to wait, from `Prefer: wait=N` (RFC 7240). */
export const preferredWait = (header: Header): number | undefined => {
  const wait = /(?:^|[,;\s])wait\s*=\s*"?(\d{1,9})"?/i.exec(firstOf(header) ?? '')?.[1];
  return wait === undefined ? undefined : Math.min(Number(wait), MAX_WAIT_SECONDS);
};

/** ISO 8601 in UTC with milliseconds. @throws Problem */
export const instant = (text: string, field: string): string => {
  const at = parseInstant(text);
  if (at !== undefined) return at;
  throw invalid(field, 'must be a time such as 2030-01-31T12:00:00Z, in a year from 1900 to 9999');
};

/** The business time of a command: now by default, earlier for an offline till. @throws Problem */
export const occurredAt = (header: Header, now: Date): string => {
  const text = firstOf(header);
  if (text === undefined) return now.toISOString();
  const at = instant(text, 'Kontor-Occurred-At');
  if (Date.parse(at) <= now.getTime() + CLOCK_SKEW_MS) return at;
  throw invalid('Kontor-Occurred-At', 'must not lie in the future');
};

/** @throws Problem */
export const correlationId = (header: Header): string | undefined => {
  const text = firstOf(header);
  if (text === undefined || isUuid(text)) return text?.toLowerCase();
  throw invalid('Kontor-Correlation-Id', 'must be a UUID');
};

/** A malformed value is ignored, as W3C Trace Context requires. */
export const traceparent = (header: Header): string | undefined => {
  const text = firstOf(header);
  return text !== undefined && TRACEPARENT.test(text) ? text : undefined;
};

/** A position in the log. @throws Problem */
export const position = (header: Header, field: string): Position | undefined => {
  const text = firstOf(header);
  if (text === undefined) return undefined;
  const value = parsePosition(text);
  if (value !== undefined) return value;
  throw invalid(field, 'must be a position, such as a value of Kontor-Position');
};

export const invalid = (field: string, message: string): Problem =>
  new Problem('validation-failed', `${field} ${message}.`, { errors: [{ field, message }] });

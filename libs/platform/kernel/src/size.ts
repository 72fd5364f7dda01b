import { DomainError } from './message.js';

/** Sizes that were measured: a part that stays in a state is measured once. */
const measured = new WeakMap<object, number>();

const bytesOf = (part: object): number => {
  const known = measured.get(part) ?? Buffer.byteLength(JSON.stringify(part));
  measured.set(part, known);
  return known;
};

const kib = (bytes: number) => `${Math.ceil(bytes / 1024)} KiB`;

/**
 * The event store takes 1 MiB in one append: what is recorded as a whole, and repeated in later events, has to be smaller.
 *
 * @param what for the message, for example "The lines of an order"
 * @param parts must not be changed afterwards
 * @throws DomainError `too-large` if the parts take more than `maxBytes` as JSON in UTF-8
 */
export const checkSize = (what: string, parts: readonly object[], maxBytes: number): void => {
  const bytes = parts.reduce((sum, part) => sum + bytesOf(part), 0);
  if (bytes <= maxBytes) return;
  const message = `${what} may take ${kib(maxBytes)}, and would take ${kib(bytes)}`;
  throw new DomainError('too-large', message, { bytes, maxBytes });
};

/**
 * A pseudonym for one customer at one address, by which orders that may leave together are found. It is made of a keyed
 * digest of the address and the customer's random id. It therefore links only orders that the customer's id links already,
 * and another customer at the same address has another one.
 */
import { KONTOR_NAMESPACE, uuidv5, type Digest } from '#kernel';
import { type Address } from './order-details.js';

/** Ignores case, punctuation and spaces. */
export const addressKeyOf = ({ lines, postalCode = '', city = '' }: Address, country: string, digest: Digest) => {
  const parts = [...lines, city].map(
    (part) =>
      part
        .normalize('NFKC')
        .toLowerCase()
        .match(/[\p{L}\p{N}]+/gu) ?? [],
  );
  return digest('address', JSON.stringify([...parts, postalCode.toUpperCase().replaceAll(/[\s-]/g, ''), country]));
};

/** @returns undefined for guests, who cannot be recognized */
export const recipientOf = (customerId?: string, addressKey?: string) =>
  customerId !== undefined && addressKey !== undefined
    ? uuidv5(KONTOR_NAMESPACE, `recipient/${customerId}/${addressKey}`)
    : undefined;

/**
 * Who an order goes to, without saying it: orders of one customer to one address may leave together. The key is made of a
 * keyed digest of the address and the customer's random id, so it links nothing but what the customer's id links already,
 * and is the same for nobody else at that address.
 */
import { KONTOR_NAMESPACE, uuidv5, type Digest } from '#kernel';
import { type Address } from './order-details.js';

/** The same however the address is typed. */
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

/** Guests have none: nothing says that two of them are one. */
export const recipientOf = (customerId?: string, addressKey?: string) =>
  customerId !== undefined && addressKey !== undefined
    ? uuidv5(KONTOR_NAMESPACE, `recipient/${customerId}/${addressKey}`)
    : undefined;

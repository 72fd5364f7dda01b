import { publishedVersionOf } from '#registry';

/** Fields that are removed from published events at every level: personal data, free text, secrets and proofs. */
export const UNPUBLISHED_FIELDS: ReadonlySet<string> = new Set([
  'contact',
  'note',
  'comment',
  'token',
  'proof',
  'hash',
]);

const kebab = (type: string) => type.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => `-${letter}`).toLowerCase();

/** `OrderPlaced` of an order is `order.placed`; `ReservationReleased` of stock is `stock.reservation-released`. */
const nameOf = (category: string, type: string): string => {
  const words = kebab(type).split('-');
  for (let count = 1; count < words.length; count++) {
    if (words.slice(0, count).join('') === category) return `${category}.${words.slice(count).join('-')}`;
  }
  return `${category}.${words.join('-')}`;
};

/** The `ce_type` of an event; undefined when it is withheld. */
export const publicType = (category: string, type: string): string | undefined => {
  const version = publishedVersionOf(type);
  return version !== undefined ? `com.kontor.${nameOf(category, type)}.v${version}` : undefined;
};

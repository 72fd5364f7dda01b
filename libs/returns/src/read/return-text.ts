import { type ReturnEvent } from '../domain/recorded-return.js';

/** The orders that a return names. */
export const ordersOf = (event: ReturnEvent): string[] => [
  ...new Set(event.data.lines.flatMap(({ original }) => (original ? [original.orderId] : []))),
];

/** What a return brought back of one order. */
export const returnText = ({ data }: ReturnEvent, orderId: string): string =>
  data.lines
    .filter(({ original }) => original?.orderId === orderId)
    .map(
      ({ quantity, sku, locationId, disposition }) => `${quantity} × ${sku} returned at ${locationId}: ${disposition}`,
    )
    .join('; ');

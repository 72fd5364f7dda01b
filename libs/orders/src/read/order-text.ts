import { exponentOf } from '#kernel';
import { type LineQuantity, type OrderEvent, type RejectionReason } from '../domain/order-messages.js';

const plural = (count: number, thing: string) => `${count} ${thing}${count === 1 ? '' : 's'}`;

const money = (amount: number, currency: string) => {
  const exponent = exponentOf(currency);
  return `${(amount / 10 ** exponent).toFixed(exponent)} ${currency}`;
};

const unitsIn = (lines: readonly { quantity: number }[]) => lines.reduce((all, { quantity }) => all + quantity, 0);

const lineList = (lines: readonly LineQuantity[]) =>
  lines.map(({ lineId, quantity }) => `${quantity} × line ${lineId}`).join(', ');

const reasonText = ({ code, sku, available }: RejectionReason) =>
  [code, sku, available === undefined ? undefined : `${available} available`].filter(Boolean).join(', ');

/** What happened to an order, in plain English, for people. Holds no personal data. */
export const orderText = ({ type, data }: OrderEvent): string => {
  switch (type) {
    case 'OrderPlaced':
    case 'OrderRecorded': {
      const { lines, total, currency } = data;
      const what = `${plural(lines.length, 'line')}, ${plural(unitsIn(lines), 'unit')}, ${money(total, currency)}`;
      return type === 'OrderPlaced' ? `Order placed: ${what}` : `Order recorded as already fulfilled: ${what}`;
    }
    case 'FulfillmentPlanned':
      return `Plan ${data.attempt}: ${
        data.allocations.map(({ quantity, sku, locationId }) => `${quantity} × ${sku} from ${locationId}`).join(', ') ||
        'nothing to reserve'
      }`;
    case 'OrderConfirmed':
      return `Order confirmed with ${plural(data.allocations.length, 'reservation')}`;
    case 'OrderRejected':
      return `Order rejected: ${data.reasons.map(reasonText).join('; ')}`;
    case 'OrderHeld':
      return `Order held: ${data.reason}`;
    case 'OrderHoldReleased':
      return `Hold ${data.holdId} released`;
    case 'OrderLinesCancelled':
      return `Cancelled ${lineList(data.lines)}: ${data.reason}`;
    default:
      return type;
  }
};

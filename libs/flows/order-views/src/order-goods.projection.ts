import { type FulfillmentEvent } from '#fulfillment';
import { withAxes } from './order-axes.js';
import { type OrderStatus } from './order-status.projection.js';

/** Those that the buyer sees. */
export type GoodsEvent = Extract<
  FulfillmentEvent,
  { type: 'ParcelShipped' | 'ParcelDelivered' | 'ReadyForPickup' | 'HandedOver' | 'PickupExpired' }
>;

const SEEN: ReadonlySet<string> = new Set([
  'ParcelShipped',
  'ParcelDelivered',
  'ReadyForPickup',
  'HandedOver',
  'PickupExpired',
]);

export const isSeenByBuyer = (event: { readonly type: string }): event is GoodsEvent => SEEN.has(event.type);

/** Where the goods of an order are on their way. */
export const withGoods = (row: OrderStatus, fulfillmentId: string, { type, data }: GoodsEvent): OrderStatus => {
  switch (type) {
    case 'ParcelShipped': // to a store, it is not on its way to the buyer yet
      return data.pickupAt === undefined ? withAxes({ ...row, parcelsUnderway: row.parcelsUnderway + 1 }) : row;
    case 'ParcelDelivered':
      return withAxes({ ...row, parcelsUnderway: Math.max(0, row.parcelsUnderway - 1) });
    case 'ReadyForPickup':
      return withAxes({ ...row, readyForPickup: [...others(row, fulfillmentId), fulfillmentId] });
    case 'HandedOver':
    case 'PickupExpired':
      return withAxes({ ...row, readyForPickup: others(row, fulfillmentId) });
  }
};

const others = ({ readyForPickup }: OrderStatus, fulfillmentId: string) =>
  readyForPickup.filter((id) => id !== fulfillmentId);

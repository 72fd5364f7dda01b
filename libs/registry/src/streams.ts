import { appointment, cart, cartCommands, cartRoutes, reorderButton } from '#carts';
import { customer, customerCommands } from '#customers';
import {
  categoryOf,
  known,
  type AnyStreamType,
  type CommandContract,
  type KnownEvents,
  type Recorded,
  type Route,
} from '#event-store';
import {
  fulfillment,
  fulfillmentCommands,
  fulfillmentRoutes,
  shipment,
  shipmentCommands,
  shipmentRoutes,
} from '#fulfillment';
import { type EventDefinition } from '#kernel';
import { channel, location, networkCommands } from '#network';
import { ledgerEntry, order, orderCommands, orderRoutes } from '#orders';
import { payment, paymentCommands, paymentRoutes } from '#payments';
import { goodsReturn, returnCommands, returnRoutes } from '#returns';
import { sourcingCommands, sourcingPolicy, sourcingRoutes } from '#sourcing';
import {
  kit,
  kitCommands,
  stockCommands,
  stockItem,
  stockRoutes,
  transfer,
  transferCommands,
  transferRoutes,
} from '#stock';
import { giftCard, voucher, voucherCommands, voucherRoutes } from '#vouchers';

export const streamTypes: readonly AnyStreamType[] = [
  stockItem,
  transfer,
  kit,
  order,
  goodsReturn,
  ledgerEntry,
  customer,
  location,
  channel,
  sourcingPolicy,
  fulfillment,
  shipment,
  payment,
  giftCard,
  voucher,
  cart,
  appointment,
  reorderButton,
];

/** Every event type of every capability; names are unique across them. */
export const eventDefinitions: Readonly<Record<string, EventDefinition>> = Object.fromEntries(
  streamTypes.flatMap(({ events }) => Object.entries<EventDefinition>(events)),
);

const byCategory: ReadonlyMap<string, KnownEvents> = new Map(
  streamTypes.map(({ category, events }) => [category, events]),
);

/** The events that may stand in a stream; none for a stream that is not the product's. */
export const eventsOf = (stream: string): KnownEvents => byCategory.get(categoryOf(stream)) ?? {};

/** Every command that a channel may send. */
export const commands: readonly CommandContract[] = [
  ...stockCommands,
  ...transferCommands,
  ...kitCommands,
  ...orderCommands,
  ...customerCommands,
  ...networkCommands,
  ...paymentCommands,
  ...voucherCommands,
  ...sourcingCommands,
  ...fulfillmentCommands,
  ...shipmentCommands,
  ...cartCommands,
  ...returnCommands,
];

/** The way of every command to its stream, as processes send it. */
export const routes: ReadonlyMap<string, Route> = new Map(
  [
    ...commands,
    ...stockRoutes,
    ...transferRoutes,
    ...orderRoutes,
    ...paymentRoutes,
    ...voucherRoutes,
    ...sourcingRoutes,
    ...fulfillmentRoutes,
    ...shipmentRoutes,
    ...cartRoutes,
    ...returnRoutes,
  ].map((route) => [route.name, route]),
);

/** Whether the event is one of the product's, as far as today's code knows. */
export const isReadable = (recorded: Recorded): boolean => {
  try {
    known(recorded, eventsOf(recorded.stream));
    return true;
  } catch {
    return false;
  }
};

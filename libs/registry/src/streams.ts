import { appointment, cart, cartCommands, reorderButton } from '#carts';
import { customer, customerCommands } from '#customers';
import {
  categoryOf,
  known,
  type AnyStreamType,
  type CommandContract,
  type KnownEvents,
  type Recorded,
} from '#event-store';
import { fulfillment, fulfillmentCommands, shipment, shipmentCommands } from '#fulfillment';
import { type EventDefinition } from '#kernel';
import { channel, location, networkCommands } from '#network';
import { ledgerEntry, order, orderCommands } from '#orders';
import { payment, paymentCommands } from '#payments';
import { goodsReturn, returnCommands } from '#returns';
import { sourcingCommands, sourcingPolicy } from '#sourcing';
import { kit, kitCommands, stockCommands, stockItem, transfer, transferCommands } from '#stock';
import { giftCard, voucher, voucherCommands } from '#vouchers';

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

/** Whether the event is one of the product's, as far as today's code knows. */
export const isReadable = (recorded: Recorded): boolean => {
  try {
    known(recorded, eventsOf(recorded.stream));
    return true;
  } catch {
    return false;
  }
};

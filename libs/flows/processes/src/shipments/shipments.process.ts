/**
 * Passes messages between a shipment and the fulfillment orders that leave a location with it; it has no state.
 *
 *   1. ShipmentRequested  → JoinShipment to each fulfillment order
 *   2. FulfillmentJoinedShipment, ShipmentJoinRefused, FulfillmentLeftShipment → RecordShipmentAnswer
 *   3. ShipmentShipped    → ShipJoined to each that has joined
 *   4. ShipmentDelivered  → DeliverJoined to each that was shipped
 */
import { idOf } from '#event-store';
import { fulfillment, shipment, type FulfillmentCommand, type ShipmentCommand, type ShipmentEvent } from '#fulfillment';
import { type Named } from '#kernel';
import { eventsOf, joinInputs, policy, type CommandRefused, type InputOf } from '#process-manager';
import { SHIPMENT_ANSWERS } from '../event-groups.js';

const inputs = joinInputs(
  eventsOf([shipment]).except('ShipmentMemberJoined', 'ShipmentMemberLost'),
  eventsOf([fulfillment]).only(...SHIPMENT_ANSWERS),
);

type ShipmentsCommand =
  | Named<FulfillmentCommand, 'JoinShipment' | 'ShipJoined' | 'DeliverJoined'>
  | Named<ShipmentCommand, 'RecordShipmentAnswer'>;

export const shipments = policy<InputOf<typeof inputs>, ShipmentsCommand>({
  name: 'shipments',
  inputs,
  instanceOf: ({ stream, event: { data } }) => ('shipmentId' in data ? data.shipmentId : idOf(stream)),
  commandsAfter: ({ event, stream }, shipmentId) => {
    switch (event.type) {
      case 'ShipmentRequested':
        return join(shipmentId, event.data);
      case 'FulfillmentJoinedShipment':
        return [answer(shipmentId, idOf(stream))];
      case 'ShipmentJoinRefused':
      case 'FulfillmentLeftShipment':
        return [answer(shipmentId, idOf(stream), event.data.code)];
      case 'ShipmentShipped':
        return ship(shipmentId, event.data);
      case 'ShipmentDelivered':
        return deliver(shipmentId, event.data);
      case 'CommandRefused':
        return afterRefusal(shipmentId, event.data);
    }
  },
});

type Data<Type extends ShipmentEvent['type']> = Named<ShipmentEvent, Type>['data'];

const join = (shipmentId: string, { fulfillmentIds, locationId, recipient }: Data<'ShipmentRequested'>) =>
  fulfillmentIds.map((fulfillmentId): ShipmentsCommand => ({
    type: 'JoinShipment',
    data: { fulfillmentId, shipmentId, locationId, recipient },
  }));

const ship = (shipmentId: string, { fulfillmentIds, ...by }: Data<'ShipmentShipped'>) =>
  fulfillmentIds.map((fulfillmentId): ShipmentsCommand => ({
    type: 'ShipJoined',
    data: { fulfillmentId, shipmentId, ...by },
  }));

const deliver = (shipmentId: string, { fulfillmentIds }: Data<'ShipmentDelivered'>) =>
  fulfillmentIds.map((fulfillmentId): ShipmentsCommand => ({
    type: 'DeliverJoined',
    data: { fulfillmentId, shipmentId },
  }));

/** @param code why it does not take part */
const answer = (shipmentId: string, fulfillmentId: string, code?: string): ShipmentsCommand => ({
  type: 'RecordShipmentAnswer',
  data: { shipmentId, fulfillmentId, ...(code !== undefined && { code }) },
});

const afterRefusal = (shipmentId: string, { command, code }: CommandRefused<ShipmentsCommand>['data']) => {
  switch (command.type) {
    case 'JoinShipment': // there is no such fulfillment order
      return [answer(shipmentId, command.data.fulfillmentId, code)];
    case 'ShipJoined':
    case 'DeliverJoined':
    case 'RecordShipmentAnswer':
      return [];
  }
};

/**
 * Orders of one customer that leave a place together: each fulfilment order is asked whether it joins the shipment, and
 * leaves and arrives with it. It only carries messages, and remembers nothing.
 */
import { type FulfillmentEvent, type ShipmentEvent } from '#fulfillment';
import { type Happened, type Intent, type Process } from '#kernel';
import { type CommandRefused } from './command-refused.js';

type Heard = ShipmentEvent | FulfillmentEvent | CommandRefused;

const idOf = (stream: string) => stream.slice(stream.indexOf('-') + 1);

const each = (fulfillmentIds: readonly string[], type: string, data: object): Intent[] =>
  fulfillmentIds.map((fulfillmentId) => ({ type, data: { fulfillmentId, ...data } }));

const answer = (shipmentId: string, fulfillmentId: string, code?: string): Intent => ({
  type: 'RecordShipmentAnswer',
  data: { shipmentId, fulfillmentId, ...(code !== undefined && { code }) },
});

const intentsOf = (shipmentId: string, { event, stream }: Happened<Heard>): Intent[] => {
  const { type, data } = event;
  // eslint-disable-next-line @typescript-eslint/switch-exhaustiveness-check -- a process waits for few of many events
  switch (type) {
    case 'ShipmentRequested': {
      const { fulfillmentIds, locationId, recipient } = data;
      return each(fulfillmentIds, 'JoinShipment', { shipmentId, locationId, recipient });
    }
    case 'FulfillmentJoinedShipment':
      return [answer(shipmentId, idOf(stream))];
    case 'ShipmentJoinRefused':
    case 'FulfillmentLeftShipment':
      return [answer(shipmentId, idOf(stream), data.code)];
    case 'ShipmentShipped': {
      const { fulfillmentIds, ...by } = data;
      return each(fulfillmentIds, 'ShipJoined', { shipmentId, ...by });
    }
    case 'ShipmentDelivered':
      return each(data.fulfillmentIds, 'DeliverJoined', { shipmentId });
    case 'CommandRefused': // there is no such fulfilment order
      return data.command === 'JoinShipment' ? [answer(shipmentId, data.fulfillmentId ?? '', data.code)] : [];
    default:
      return [];
  }
};

export const shipments: Process<undefined, Heard> = {
  name: 'shipments',
  stateless: true,
  categories: ['shipment', 'fulfillment'],
  instanceOf: ({ stream, event: { data } }: Happened<Heard>) => {
    if (stream.startsWith('shipment-')) return idOf(stream);
    return 'shipmentId' in data ? data.shipmentId : undefined;
  },
  react: (_, happened) => ({ state: undefined, intents: intentsOf(shipments.instanceOf(happened) ?? '', happened) }),
};

/**
 * Goods of several orders of one customer that leave one location together: stream `shipment-<shipmentId>`. Each
 * fulfilment order says whether it joins; the shipment leaves with those that have.
 */
import { DomainError, type Decider, type EventDefinitions, type Message } from '#kernel';

interface OfShipment {
  readonly shipmentId: string;
}

export type ShipmentCommand =
  /** `recipient` is the key that these fulfilment orders share. */
  | Message<
      'ConsolidateFulfillments',
      OfShipment & { locationId: string; recipient: string; fulfillmentIds: readonly string[] }
    >
  /** Of a process: it has joined; with a code it has not, or has left again. */
  | Message<'RecordShipmentAnswer', OfShipment & { fulfillmentId: string; code?: string }>
  | Message<'ShipShipment', OfShipment & { locationId: string; carrier: string; tracking?: string }>
  /** A fact of the carrier. */
  | Message<'RecordShipmentDelivery', OfShipment>;

export type ShipmentEvent =
  | Message<'ShipmentRequested', { locationId: string; recipient: string; fulfillmentIds: readonly string[] }>
  | Message<'ShipmentMemberJoined', { fulfillmentId: string }>
  | Message<'ShipmentMemberLost', { fulfillmentId: string; code: string }>
  | Message<'ShipmentShipped', { carrier: string; tracking?: string; fulfillmentIds: readonly string[] }>
  | Message<'ShipmentDelivered', { fulfillmentIds: readonly string[] }>;

export type MemberState = 'asked' | 'joined' | 'lost';

/** Changed in place by the fold. */
export interface Shipment {
  readonly locationId: string;
  status: 'open' | 'shipped' | 'delivered';
  readonly members: Map<string, MemberState>;
}

type Data<Type extends ShipmentCommand['type']> = Extract<ShipmentCommand, { type: Type }>['data'];
type Known = Readonly<Shipment>;

const decide = (command: ShipmentCommand, shipment: Known | undefined): ShipmentEvent[] => {
  if (command.type === 'ConsolidateFulfillments') return request(command.data, shipment);
  const { shipmentId } = command.data;
  if (!shipment) throw new DomainError('shipment-not-found', `There is no shipment ${shipmentId}`);
  switch (command.type) {
    case 'RecordShipmentAnswer':
      return answer(command.data, shipment);
    case 'ShipShipment':
      return ship(command.data, shipment);
    case 'RecordShipmentDelivery':
      return deliver(shipmentId, shipment);
  }
};

const request = ({ shipmentId, ...data }: Data<'ConsolidateFulfillments'>, before?: Known): ShipmentEvent[] => {
  if (before) throw new DomainError('shipment-exists', `There is a shipment ${shipmentId} already`);
  return [{ type: 'ShipmentRequested', data: { ...data, fulfillmentIds: [...new Set(data.fulfillmentIds)] } }];
};

/** Who has left cannot join a shipment that has gone without it. */
const answer = ({ fulfillmentId, code }: Data<'RecordShipmentAnswer'>, { members, status }: Known): ShipmentEvent[] => {
  const said = members.get(fulfillmentId);
  if (code !== undefined) {
    return said === 'lost' ? [] : [{ type: 'ShipmentMemberLost', data: { fulfillmentId, code } }];
  }
  return said === 'joined' || status !== 'open' ? [] : [{ type: 'ShipmentMemberJoined', data: { fulfillmentId } }];
};

const joined = ({ members }: Known) => [...members].filter(([, state]) => state === 'joined').map(([id]) => id);

const ship = ({ shipmentId, locationId, ...by }: Data<'ShipShipment'>, shipment: Known): ShipmentEvent[] => {
  const { locationId: turn } = shipment;
  if (locationId !== turn) {
    throw new DomainError('not-your-turn', `This is for ${turn} to do, not for ${locationId}`, { locationId: turn });
  }
  if (shipment.status !== 'open') return [];
  if (shipment.members.values().some((state) => state === 'asked')) {
    throw new DomainError('shipment-pending', 'Not all fulfilment orders have answered yet', { retryable: true });
  }
  const fulfillmentIds = joined(shipment);
  if (fulfillmentIds.length === 0) throw new DomainError('shipment-empty', `Nothing has joined shipment ${shipmentId}`);
  return [{ type: 'ShipmentShipped', data: { ...by, fulfillmentIds } }];
};

const deliver = (shipmentId: string, shipment: Known): ShipmentEvent[] => {
  if (shipment.status === 'open') throw new DomainError('shipment-not-shipped', `Shipment ${shipmentId} has not left`);
  if (shipment.status === 'delivered') return [];
  return [{ type: 'ShipmentDelivered', data: { fulfillmentIds: joined(shipment) } }];
};

const evolve = (shipment: Shipment | undefined, { type, data }: ShipmentEvent): Shipment | undefined => {
  if (type === 'ShipmentRequested') {
    const { locationId, fulfillmentIds } = data;
    return { locationId, status: 'open', members: new Map(fulfillmentIds.map((id) => [id, 'asked'])) };
  }
  if (!shipment) return undefined; // cannot be: it begins with a request
  switch (type) {
    case 'ShipmentMemberJoined':
      shipment.members.set(data.fulfillmentId, 'joined');
      return shipment;
    case 'ShipmentMemberLost':
      shipment.members.set(data.fulfillmentId, 'lost');
      return shipment;
    case 'ShipmentShipped':
    case 'ShipmentDelivered':
      shipment.status = type === 'ShipmentShipped' ? 'shipped' : 'delivered';
      return shipment;
  }
};

const decider: Decider<Shipment | undefined, ShipmentCommand, ShipmentEvent> = {
  initialState: () => undefined,
  decide,
  evolve,
};

const events: EventDefinitions<ShipmentEvent> = {
  ShipmentRequested: { version: 1, first: true },
  ShipmentMemberJoined: { version: 1 },
  ShipmentMemberLost: { version: 1 },
  ShipmentShipped: { version: 1 },
  ShipmentDelivered: { version: 1 },
};

const creates: ShipmentCommand['type'][] = ['ConsolidateFulfillments'];

export const shipment = { category: 'shipment', decider, events, creates };

/**
 * Goods of several orders of one customer that leave one location together: stream `shipment-<shipmentId>`. Each fulfillment
 * order joins or refuses; the shipment leaves with those that have joined.
 */
import { DomainError, type Decider, type EventDefinitions, type Message } from '#kernel';

interface ShipmentReference {
  readonly shipmentId: string;
}

export type ShipmentCommand =
  /** `recipient` is the key that these fulfillment orders share. */
  | Message<
      'ConsolidateFulfillments',
      ShipmentReference & { locationId: string; recipient: string; fulfillmentIds: readonly string[] }
    >
  /** Sent by a process: the fulfillment order has joined; with a code it has refused to, or has left the shipment again. */
  | Message<'RecordShipmentAnswer', ShipmentReference & { fulfillmentId: string; code?: string }>
  | Message<'ShipShipment', ShipmentReference & { locationId: string; carrier: string; tracking?: string }>
  /** A fact that the carrier reports. */
  | Message<'RecordShipmentDelivery', ShipmentReference>;

export type ShipmentEvent =
  | Message<'ShipmentRequested', { locationId: string; recipient: string; fulfillmentIds: readonly string[] }>
  | Message<'ShipmentMemberJoined', { fulfillmentId: string }>
  | Message<'ShipmentMemberLost', { fulfillmentId: string; code: string }>
  | Message<'ShipmentShipped', { carrier: string; tracking?: string; fulfillmentIds: readonly string[] }>
  | Message<'ShipmentDelivered', { fulfillmentIds: readonly string[] }>;

export const MEMBER_STATES = ['asked', 'joined', 'lost'] as const;
type MemberState = (typeof MEMBER_STATES)[number];

/** The fold changes it in place. */
interface Shipment {
  readonly locationId: string;
  status: 'open' | 'shipped' | 'delivered';
  readonly members: Map<string, MemberState>;
}

type CommandData<Type extends ShipmentCommand['type']> = Extract<ShipmentCommand, { type: Type }>['data'];
type ExistingShipment = Readonly<Shipment>;

const decide = (command: ShipmentCommand, shipment: ExistingShipment | undefined): ShipmentEvent[] => {
  if (command.type === 'ConsolidateFulfillments') return requestShipment(command.data, shipment);
  const { shipmentId } = command.data;
  if (!shipment) throw new DomainError('shipment-not-found', `There is no shipment ${shipmentId}`);
  switch (command.type) {
    case 'RecordShipmentAnswer':
      return recordAnswer(command.data, shipment);
    case 'ShipShipment':
      return shipShipment(command.data, shipment);
    case 'RecordShipmentDelivery':
      return recordDelivery(shipmentId, shipment);
  }
};

const requestShipment = (
  { shipmentId, ...data }: CommandData<'ConsolidateFulfillments'>,
  before?: ExistingShipment,
): ShipmentEvent[] => {
  if (before) throw new DomainError('shipment-exists', `There is a shipment ${shipmentId} already`);
  return [{ type: 'ShipmentRequested', data: { ...data, fulfillmentIds: [...new Set(data.fulfillmentIds)] } }];
};

/** A fulfillment order cannot join a shipment that has left without it. */
const recordAnswer = (
  { fulfillmentId, code }: CommandData<'RecordShipmentAnswer'>,
  { members, status }: ExistingShipment,
): ShipmentEvent[] => {
  const known = members.get(fulfillmentId);
  if (code !== undefined) {
    return known === 'lost' ? [] : [{ type: 'ShipmentMemberLost', data: { fulfillmentId, code } }];
  }
  return known === 'joined' || status !== 'open' ? [] : [{ type: 'ShipmentMemberJoined', data: { fulfillmentId } }];
};

const joinedMembers = ({ members }: ExistingShipment) =>
  [...members].filter(([, state]) => state === 'joined').map(([id]) => id);

const shipShipment = (
  { shipmentId, locationId, ...by }: CommandData<'ShipShipment'>,
  shipment: ExistingShipment,
): ShipmentEvent[] => {
  const { locationId: acting } = shipment;
  if (locationId !== acting) {
    const message = `Location ${acting} does this step, not ${locationId}`;
    throw new DomainError('not-your-turn', message, { locationId: acting });
  }
  if (shipment.status !== 'open') return [];
  if (shipment.members.values().some((state) => state === 'asked')) {
    throw new DomainError('shipment-pending', 'Some fulfillment orders have neither joined nor refused yet', {
      retryable: true,
    });
  }
  const fulfillmentIds = joinedMembers(shipment);
  if (fulfillmentIds.length === 0)
    throw new DomainError('shipment-empty', `No fulfillment order has joined shipment ${shipmentId}`);
  return [{ type: 'ShipmentShipped', data: { ...by, fulfillmentIds } }];
};

const recordDelivery = (shipmentId: string, shipment: ExistingShipment): ShipmentEvent[] => {
  if (shipment.status === 'open') throw new DomainError('shipment-not-shipped', `Shipment ${shipmentId} has not left`);
  if (shipment.status === 'delivered') return [];
  return [{ type: 'ShipmentDelivered', data: { fulfillmentIds: joinedMembers(shipment) } }];
};

const evolve = (shipment: Shipment | undefined, { type, data }: ShipmentEvent): Shipment => {
  if (type === 'ShipmentRequested') {
    const { locationId, fulfillmentIds } = data;
    return { locationId, status: 'open', members: new Map(fulfillmentIds.map((id) => [id, 'asked'])) };
  }
  if (!shipment) throw new Error(`A shipment begins with ShipmentRequested, not with ${type}`);
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

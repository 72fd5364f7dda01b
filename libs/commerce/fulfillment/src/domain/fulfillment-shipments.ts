/** Fulfillment orders for the same recipient that leave together in one shipment. */
import { type FulfillmentCommand, type FulfillmentEvent } from './fulfillment-messages.js';
import { packLines } from './fulfillment-parcels.js';
import { UNSHIPPED, type Fulfillment } from './fulfillment-state.js';
import { acceptIfAssigned, linesWithStatus, checkActingLocation, checkedLines } from './fulfillment-steps.js';

type CommandData<Type extends FulfillmentCommand['type']> = Extract<FulfillmentCommand, { type: Type }>['data'];

/** A refusal is an event, too, so that the process that asked for it sees the answer in the log. */
export const joinShipment = (
  data: CommandData<'JoinShipment'>,
  fulfillment: Readonly<Fulfillment>,
): FulfillmentEvent[] => {
  const { shipmentId } = data;
  if (fulfillment.shipmentId === shipmentId) return [];
  const { orderId } = fulfillment;
  const code = refusalCode(data, fulfillment);
  return code === undefined
    ? [...acceptIfAssigned(fulfillment), { type: 'FulfillmentJoinedShipment', data: { orderId, shipmentId } }]
    : [{ type: 'ShipmentJoinRefused', data: { orderId, shipmentId, code } }];
};

const refusalCode = (
  { shipmentId, locationId, recipient }: CommandData<'JoinShipment'>,
  fulfillment: Readonly<Fulfillment>,
) => {
  const refusals: [applies: boolean, code: string][] = [
    [!isOpen(fulfillment), 'fulfillment-not-open'],
    [fulfillment.locationId !== locationId, 'not-your-turn'],
    [fulfillment.held, 'fulfillment-held'],
    [fulfillment.method !== 'ship', 'wrong-method'],
    [fulfillment.recipient !== recipient, 'other-recipient'],
    [fulfillment.shipmentId !== undefined, 'in-another-shipment'],
    [fulfillment.parcels.has(shipmentId), 'parcel-exists'],
  ];
  return refusals.find(([applies]) => applies)?.[1];
};

const isOpen = ({ status }: Readonly<Fulfillment>) => status === 'assigned' || status === 'accepted';

const leftShipment = ({ orderId }: Readonly<Fulfillment>, shipmentId: string, code: string): FulfillmentEvent => ({
  type: 'FulfillmentLeftShipment',
  data: { orderId, shipmentId, code },
});

/** @throws DomainError not-your-turn */
export const leaveShipment = (
  { shipmentId, locationId }: CommandData<'LeaveShipment'>,
  fulfillment: Readonly<Fulfillment>,
): FulfillmentEvent[] => {
  checkActingLocation('LeaveShipment', locationId, fulfillment);
  const isMember = fulfillment.shipmentId === shipmentId && isOpen(fulfillment);
  return isMember ? [leftShipment(fulfillment, shipmentId, 'taken-out')] : [];
};

/** Parcels leave as they are packed. All other units are packed into one parcel, which has the id of the shipment. */
export const shipWithShipment = (
  { shipmentId, carrier, tracking }: CommandData<'ShipJoined'>,
  fulfillment: Readonly<Fulfillment>,
): FulfillmentEvent[] => {
  const hasLeft = fulfillment.parcels.values().some((parcel) => parcel.shipmentId === shipmentId);
  if (fulfillment.shipmentId !== shipmentId || hasLeft) return [];
  if (fulfillment.held) return [leftShipment(fulfillment, shipmentId, 'fulfillment-held')];
  if (linesWithStatus(UNSHIPPED, fulfillment).length === 0)
    return [leftShipment(fulfillment, shipmentId, 'fulfillment-not-open')];
  const { orderId, locationId } = fulfillment;
  const rest = linesWithStatus(['open', 'picked'], fulfillment).map(({ lineId, quantity }) => ({ lineId, quantity }));
  const packed = [...fulfillment.parcels]
    .filter(([, { shipped }]) => !shipped)
    .map(([parcelId, { units }]) => ({
      parcelId,
      lines: [...units].map(([lineId, quantity]) => ({ lineId, quantity })),
    }));
  const restParcel = rest.length > 0 ? [{ parcelId: shipmentId, lines: rest }] : [];
  const shipping = { orderId, locationId, shipmentId, carrier, ...(tracking !== undefined && { tracking }) };
  return [
    ...restParcel.flatMap((parcel) => packLines(parcel, fulfillment)),
    ...[...packed, ...restParcel].map(({ parcelId, lines }): FulfillmentEvent => {
      const data = { parcelId, lines: checkedLines(lines, UNSHIPPED, fulfillment), ...shipping };
      return { type: 'ParcelShipped', data };
    }),
  ];
};

export const deliverWithShipment = (
  { shipmentId }: CommandData<'DeliverJoined'>,
  { orderId, parcels }: Readonly<Fulfillment>,
): FulfillmentEvent[] =>
  [...parcels]
    .filter(([, parcel]) => parcel.shipmentId === shipmentId && !parcel.delivered)
    .map(([parcelId]) => ({ type: 'ParcelDelivered', data: { orderId, parcelId } }));

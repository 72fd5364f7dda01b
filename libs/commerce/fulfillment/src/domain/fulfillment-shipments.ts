/** A fulfilment order that leaves together with others of the same recipient. */
import { type FulfillmentCommand, type FulfillmentEvent } from './fulfillment-messages.js';
import { pack } from './fulfillment-parcels.js';
import { IN_HOUSE, type Fulfillment } from './fulfillment-state.js';
import { accepting, allIn, checkTurn, linesFrom } from './fulfillment-steps.js';

type Data<Type extends FulfillmentCommand['type']> = Extract<FulfillmentCommand, { type: Type }>['data'];

/** Always answers with an event, so that whoever asked can tell from the log. */
export const join = (data: Data<'JoinShipment'>, fulfillment: Readonly<Fulfillment>): FulfillmentEvent[] => {
  const { shipmentId } = data;
  if (fulfillment.shipmentId === shipmentId) return [];
  const { orderId } = fulfillment;
  const code = obstacle(data, fulfillment);
  return code === undefined
    ? [...accepting(fulfillment), { type: 'FulfillmentJoinedShipment', data: { orderId, shipmentId } }]
    : [{ type: 'ShipmentJoinRefused', data: { orderId, shipmentId, code } }];
};

const obstacle = ({ shipmentId, locationId, recipient }: Data<'JoinShipment'>, fulfillment: Readonly<Fulfillment>) => {
  const checks: [isSo: boolean, code: string][] = [
    [!isOpen(fulfillment), 'fulfillment-not-open'],
    [fulfillment.locationId !== locationId, 'not-your-turn'],
    [fulfillment.held, 'fulfillment-held'],
    [fulfillment.method !== 'ship', 'wrong-method'],
    [fulfillment.recipient !== recipient, 'other-recipient'],
    [fulfillment.shipmentId !== undefined, 'in-another-shipment'],
    [fulfillment.parcels.has(shipmentId), 'parcel-exists'],
  ];
  return checks.find(([isSo]) => isSo)?.[1];
};

const isOpen = ({ status }: Readonly<Fulfillment>) => status === 'assigned' || status === 'accepted';

const left = ({ orderId }: Readonly<Fulfillment>, shipmentId: string, code: string): FulfillmentEvent => ({
  type: 'FulfillmentLeftShipment',
  data: { orderId, shipmentId, code },
});

/** @throws DomainError `not-your-turn` */
export const leave = (
  { shipmentId, locationId }: Data<'LeaveShipment'>,
  fulfillment: Readonly<Fulfillment>,
): FulfillmentEvent[] => {
  checkTurn('LeaveShipment', locationId, fulfillment);
  const isIn = fulfillment.shipmentId === shipmentId && isOpen(fulfillment);
  return isIn ? [left(fulfillment, shipmentId, 'taken-out')] : [];
};

/** Everything that is not packed goes into one parcel, named as the shipment; what is packed leaves as it is. */
export const shipTogether = (
  { shipmentId, carrier, tracking }: Data<'ShipJoined'>,
  fulfillment: Readonly<Fulfillment>,
): FulfillmentEvent[] => {
  const hasLeft = fulfillment.parcels.values().some((parcel) => parcel.shipmentId === shipmentId);
  if (fulfillment.shipmentId !== shipmentId || hasLeft) return [];
  if (fulfillment.held) return [left(fulfillment, shipmentId, 'fulfillment-held')];
  if (allIn(IN_HOUSE, fulfillment).length === 0) return [left(fulfillment, shipmentId, 'fulfillment-not-open')];
  const { orderId, locationId } = fulfillment;
  const rest = allIn(['open', 'picked'], fulfillment).map(({ lineId, quantity }) => ({ lineId, quantity }));
  const packed = [...fulfillment.parcels]
    .filter(([, { shipped }]) => !shipped)
    .map(([parcelId, { units }]) => ({
      parcelId,
      lines: [...units].map(([lineId, quantity]) => ({ lineId, quantity })),
    }));
  const last = rest.length > 0 ? [{ parcelId: shipmentId, lines: rest }] : [];
  const at = { orderId, locationId, shipmentId, carrier, ...(tracking !== undefined && { tracking }) };
  return [
    ...last.flatMap((parcel) => pack(parcel, fulfillment)),
    ...[...packed, ...last].map(({ parcelId, lines }): FulfillmentEvent => {
      const data = { parcelId, lines: linesFrom(lines, IN_HOUSE, fulfillment), ...at };
      return { type: 'ParcelShipped', data };
    }),
  ];
};

export const deliverTogether = (
  { shipmentId }: Data<'DeliverJoined'>,
  { orderId, parcels }: Readonly<Fulfillment>,
): FulfillmentEvent[] =>
  [...parcels]
    .filter(([, parcel]) => parcel.shipmentId === shipmentId && !parcel.delivered)
    .map(([parcelId]) => ({ type: 'ParcelDelivered', data: { orderId, parcelId } }));

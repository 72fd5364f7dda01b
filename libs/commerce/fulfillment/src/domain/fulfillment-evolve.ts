import { type FulfillmentDetails, type FulfillmentEvent, type LineQuantity } from './fulfillment-messages.js';
import { IN_HOUSE, liveShares, move, moveAll, settle, unpack, type Fulfillment } from './fulfillment-state.js';

export const evolve = (before: Fulfillment | undefined, event: FulfillmentEvent): Fulfillment | undefined => {
  if (event.type === 'FulfillmentAssigned') return assigned(event.data);
  return before && goOn(before, event);
};

const assigned = ({ lines, ...details }: FulfillmentDetails): Fulfillment => ({
  ...details,
  status: 'assigned',
  held: false,
  lines: new Map(
    lines.map(({ lineId, sku, reservationId, quantity }) => {
      const none = { picked: 0, packed: 0, shipped: 0, handedOver: 0, rejected: 0, cancelled: 0 };
      return [lineId, { sku, reservationId, assigned: quantity, open: quantity, ...none }];
    }),
  ),
  parcels: new Map(),
  until: undefined,
  reminded: false,
});

type Change = Exclude<FulfillmentEvent, { type: 'FulfillmentAssigned' }>;

const goOn = (fulfillment: Fulfillment, { type, data }: Change): Fulfillment => {
  switch (type) {
    case 'FulfillmentAccepted':
      return become('accepted', fulfillment);
    case 'FulfillmentRejected':
      moveAll(fulfillment, data.lines, ['open', 'picked'], 'rejected');
      return settle(fulfillment);
    case 'ItemsPicked':
      moveAll(fulfillment, data.lines, ['open'], 'picked');
      return fulfillment;
    case 'ParcelPacked':
      return packed(fulfillment, data);
    case 'ParcelShipped':
      return shipped(fulfillment, data);
    case 'ParcelDelivered':
      return delivered(fulfillment, data.parcelId);
    case 'ArrivedForPickup':
      return become('arrived', fulfillment);
    case 'ReadyForPickup':
      Object.assign(fulfillment, { until: data.until, reminded: false });
      return become('ready', fulfillment);
    case 'PickupReminded':
      fulfillment.reminded = true;
      return fulfillment;
    case 'HandedOver':
      moveAll(fulfillment, data.lines, liveShares(fulfillment), 'handedOver');
      return settle(fulfillment);
    case 'PickupExpired':
      moveAll(fulfillment, data.lines, liveShares(fulfillment), 'cancelled');
      return become('expired', fulfillment);
    case 'FulfillmentLinesCancelled':
      for (const line of data.cancelled) cancel(fulfillment, line);
      return data.cancelled.length > 0 ? settle(fulfillment) : fulfillment;
    case 'FulfillmentJoinedShipment':
      fulfillment.shipmentId = data.shipmentId;
      return fulfillment;
    case 'FulfillmentLeftShipment':
      fulfillment.shipmentId = undefined;
      return fulfillment;
    case 'ShipmentJoinRefused':
      return fulfillment;
    case 'FulfillmentHeld':
    case 'FulfillmentResumed':
      fulfillment.held = type === 'FulfillmentHeld';
      return fulfillment;
  }
};

const become = (status: Fulfillment['status'], fulfillment: Fulfillment): Fulfillment => {
  fulfillment.status = status;
  return fulfillment;
};

const packed = (
  fulfillment: Fulfillment,
  { parcelId, lines }: { parcelId: string; lines: readonly LineQuantity[] },
) => {
  moveAll(fulfillment, lines, ['picked'], 'packed');
  const units = new Map<string, number>();
  for (const { lineId, quantity } of lines) units.set(lineId, (units.get(lineId) ?? 0) + quantity);
  fulfillment.parcels.set(parcelId, { units, shipped: false, delivered: false });
  return fulfillment;
};

const shipped = (
  fulfillment: Fulfillment,
  { parcelId, lines, shipmentId }: { parcelId: string; lines: readonly LineQuantity[]; shipmentId?: string },
) => {
  const parcel = fulfillment.parcels.get(parcelId);
  if (parcel) Object.assign(parcel, { shipped: true, ...(shipmentId !== undefined && { shipmentId }) });
  moveAll(fulfillment, lines, ['packed'], 'shipped');
  return settle(fulfillment);
};

const delivered = (fulfillment: Fulfillment, parcelId: string) => {
  const parcel = fulfillment.parcels.get(parcelId);
  if (parcel) parcel.delivered = true;
  return fulfillment.status === 'shipped' ? settle(fulfillment) : fulfillment;
};

const cancel = (fulfillment: Fulfillment, { lineId, quantity }: LineQuantity) => {
  const line = fulfillment.lines.get(lineId);
  const packedBefore = line?.packed ?? 0;
  move(line, IN_HOUSE, 'cancelled', quantity);
  unpack(fulfillment, lineId, packedBefore - (line?.packed ?? 0));
};

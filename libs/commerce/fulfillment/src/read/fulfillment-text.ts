import { type FulfillmentEvent } from '../domain/fulfillment-messages.js';

const list = (lines: readonly { readonly lineId: string; readonly quantity: number }[]) =>
  lines.map(({ lineId, quantity }) => `${quantity} × line ${lineId}`).join(', ') || 'nothing';

/** Describes the event in a sentence for people, without personal data. */
export const fulfillmentText = ({ type, data }: FulfillmentEvent): string => {
  switch (type) {
    case 'FulfillmentAssigned': {
      const to = data.pickupAt === undefined ? '' : ` to collect at ${data.pickupAt}`;
      return `Assigned to ${data.locationId} (${data.method}${to}): ${list(data.lines)}`;
    }
    case 'FulfillmentAccepted':
      return 'Accepted by its location';
    case 'FulfillmentRejected':
      return `Refused by ${data.locationId}, ${data.reason}: ${list(data.lines)}`;
    case 'ItemsPicked':
      return `Picked ${list(data.lines)}`;
    case 'ParcelPacked':
      return `Packed parcel ${data.parcelId}: ${list(data.lines)}`;
    case 'ParcelShipped': {
      const number = data.tracking === undefined ? '' : `, ${data.tracking}`;
      return `Parcel ${data.parcelId} left ${data.locationId} by ${data.carrier}${number}: ${list(data.lines)}`;
    }
    case 'ParcelDelivered':
      return `Parcel ${data.parcelId} delivered`;
    case 'ArrivedForPickup':
      return `Arrived at ${data.locationId}`;
    case 'ReadyForPickup':
      return `Ready to be collected until ${data.until}`;
    case 'PickupReminded':
      return 'Reminder: it waits to be collected';
    case 'HandedOver':
      return `Handed over at ${data.locationId}: ${list(data.lines)}`;
    case 'PickupExpired':
      return `Not collected at ${data.locationId}: ${list(data.lines)}`;
    case 'FulfillmentLinesCancelled':
      return `Asked to cancel: ${list(data.cancelled)} cancelled, ${list(data.refused)} too late`;
    case 'FulfillmentJoinedShipment':
      return `Leaves with shipment ${data.shipmentId}`;
    case 'ShipmentJoinRefused':
      return `Cannot leave with shipment ${data.shipmentId}: ${data.code}`;
    case 'FulfillmentLeftShipment':
      return `Does not leave with shipment ${data.shipmentId}: ${data.code}`;
    case 'FulfillmentHeld':
      return 'Work held';
    case 'FulfillmentResumed':
      return 'Work goes on';
  }
};

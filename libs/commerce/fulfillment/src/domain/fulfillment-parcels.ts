import { DomainError } from '#kernel';
import { type FulfillmentCommand, type FulfillmentEvent, type Parcel } from './fulfillment-messages.js';
import { type Fulfillment } from './fulfillment-state.js';
import { checkMethod, checkStep, linesFrom } from './fulfillment-steps.js';

type Data<Type extends FulfillmentCommand['type']> = Extract<FulfillmentCommand, { type: Type }>['data'];

export const packParcel = (data: Data<'PackParcel'>, fulfillment: Readonly<Fulfillment>): FulfillmentEvent[] => {
  const { locationId, parcelId } = data;
  checkStep('PackParcel', locationId, fulfillment);
  if (fulfillment.parcels.has(parcelId) || parcelId === fulfillment.shipmentId) {
    throw new DomainError('parcel-exists', `There is a parcel ${parcelId} already`, { parcelId });
  }
  return pack(data, fulfillment);
};

/** What was not picked yet has been picked now. */
export const pack = ({ parcelId, lines }: Parcel, fulfillment: Readonly<Fulfillment>): FulfillmentEvent[] => {
  const { orderId } = fulfillment;
  const content = linesFrom(lines, ['picked', 'open'], fulfillment);
  const packed = content.map(({ lineId, quantity }) => ({ lineId, quantity }));
  const unpicked = packed.flatMap(({ lineId, quantity }) => {
    const more = quantity - (fulfillment.lines.get(lineId)?.picked ?? 0);
    return more > 0 ? [{ lineId, quantity: more }] : [];
  });
  return [
    ...(unpicked.length > 0 ? [{ type: 'ItemsPicked', data: { orderId, lines: unpicked } } as const] : []),
    { type: 'ParcelPacked', data: { orderId, parcelId, lines: packed } },
  ];
};

/** A parcel ships once. */
export const shipParcel = (
  { locationId, parcelId, carrier, tracking }: Data<'ShipParcel'>,
  fulfillment: Readonly<Fulfillment>,
): FulfillmentEvent[] => {
  const parcel = parcelOf(parcelId, fulfillment);
  if (parcel.shipped) return [];
  checkMethod('ShipParcel', fulfillment);
  checkStep('ShipParcel', locationId, fulfillment);
  const { orderId, pickupAt } = fulfillment;
  const content = [...parcel.units].map(([lineId, quantity]) => ({ lineId, quantity }));
  const lines = linesFrom(content, ['packed'], fulfillment);
  const optional = { ...(tracking !== undefined && { tracking }), ...(pickupAt !== undefined && { pickupAt }) };
  return [{ type: 'ParcelShipped', data: { orderId, parcelId, lines, locationId, carrier, ...optional } }];
};

export const recordDelivery = (
  { parcelId }: Data<'RecordDelivery'>,
  fulfillment: Readonly<Fulfillment>,
): FulfillmentEvent[] => {
  const { shipped, delivered } = parcelOf(parcelId, fulfillment);
  if (!shipped) throw new DomainError('parcel-not-shipped', `Parcel ${parcelId} was not shipped`, { parcelId });
  return delivered ? [] : [{ type: 'ParcelDelivered', data: { orderId: fulfillment.orderId, parcelId } }];
};

const parcelOf = (parcelId: string, { parcels }: Readonly<Fulfillment>) => {
  const parcel = parcels.get(parcelId);
  if (!parcel) throw new DomainError('parcel-not-found', `There is no parcel ${parcelId}`, { parcelId });
  return parcel;
};

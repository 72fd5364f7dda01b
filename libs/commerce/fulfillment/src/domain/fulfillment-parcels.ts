import { DomainError } from '#kernel';
import { type FulfillmentCommand, type FulfillmentEvent, type Parcel } from './fulfillment-messages.js';
import { type Fulfillment } from './fulfillment-state.js';
import { checkMethod, checkStep, checkedLines } from './fulfillment-steps.js';

type CommandData<Type extends FulfillmentCommand['type']> = Extract<FulfillmentCommand, { type: Type }>['data'];

export const packParcel = (data: CommandData<'PackParcel'>, fulfillment: Readonly<Fulfillment>): FulfillmentEvent[] => {
  const { locationId, parcelId } = data;
  checkStep('PackParcel', locationId, fulfillment);
  if (fulfillment.parcels.has(parcelId) || parcelId === fulfillment.shipmentId) {
    throw new DomainError('parcel-exists', `There is a parcel ${parcelId} already`, { parcelId });
  }
  return packLines(data, fulfillment);
};

/** Units that were not recorded as picked are picked by packing them. */
export const packLines = ({ parcelId, lines }: Parcel, fulfillment: Readonly<Fulfillment>): FulfillmentEvent[] => {
  const { orderId } = fulfillment;
  const contents = checkedLines(lines, ['picked', 'open'], fulfillment);
  const packed = contents.map(({ lineId, quantity }) => ({ lineId, quantity }));
  const unpicked = packed.flatMap(({ lineId, quantity }) => {
    const open = quantity - (fulfillment.lines.get(lineId)?.picked ?? 0);
    return open > 0 ? [{ lineId, quantity: open }] : [];
  });
  return [
    ...(unpicked.length > 0 ? [{ type: 'ItemsPicked', data: { orderId, lines: unpicked } } as const] : []),
    { type: 'ParcelPacked', data: { orderId, parcelId, lines: packed } },
  ];
};

/** A parcel that has been shipped is not shipped again. */
export const shipParcel = (
  { locationId, parcelId, carrier, tracking }: CommandData<'ShipParcel'>,
  fulfillment: Readonly<Fulfillment>,
): FulfillmentEvent[] => {
  const parcel = parcelOf(parcelId, fulfillment);
  if (parcel.shipped) return [];
  checkMethod('ShipParcel', fulfillment);
  checkStep('ShipParcel', locationId, fulfillment);
  const { orderId, pickupAt } = fulfillment;
  const contents = [...parcel.units].map(([lineId, quantity]) => ({ lineId, quantity }));
  const lines = checkedLines(contents, ['packed'], fulfillment);
  const optional = { ...(tracking !== undefined && { tracking }), ...(pickupAt !== undefined && { pickupAt }) };
  return [{ type: 'ParcelShipped', data: { orderId, parcelId, lines, locationId, carrier, ...optional } }];
};

export const recordDelivery = (
  { parcelId }: CommandData<'RecordDelivery'>,
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

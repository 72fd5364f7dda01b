import { describe, it } from '@jest/globals';
import { specification } from '#testing';
import { type FulfillmentEvent } from './fulfillment-messages.js';
import { fulfillment } from './fulfillment.js';
import { assigned, fulfillmentEvent, locationCommand } from './samples.js';

const given = specification(fulfillment.decider);
const [shipmentId, recipient] = ['s-1', 'r-1'];

const assignedToRecipient = assigned({ recipient });
const accepted = fulfillmentEvent('FulfillmentAccepted', {});
const joined = fulfillmentEvent('FulfillmentJoinedShipment', { shipmentId });
const left = (code: string) => fulfillmentEvent('FulfillmentLeftShipment', { shipmentId, code });
const join = locationCommand('JoinShipment', { shipmentId, recipient });
const ship = locationCommand('ShipJoined', { shipmentId, carrier: 'mail', tracking: 'T-1' });

const [tea, cup] = [
  { lineId: '1', quantity: 3 },
  { lineId: '2', quantity: 1 },
];
const reservedTea = { ...tea, sku: 'TEA', reservationId: 'r-1' };
const reservedCup = { ...cup, sku: 'CUP', reservationId: 'r-2' };
const parcel = (parcelId: string, ...lines: object[]) =>
  fulfillmentEvent('ParcelShipped', {
    parcelId,
    lines: lines as never,
    locationId: 'leeds',
    carrier: 'mail',
    tracking: 'T-1',
    shipmentId,
  });
const shipped = parcel(shipmentId, reservedTea, reservedCup);
const allShipped = [
  assignedToRecipient,
  accepted,
  joined,
  fulfillmentEvent('ItemsPicked', { lines: [tea, cup] }),
  fulfillmentEvent('ParcelPacked', { parcelId: shipmentId, lines: [tea, cup] }),
  shipped,
];

describe('a fulfillment order that leaves with a shipment', () => {
  it('is accepted by joining', () => {
    given(assignedToRecipient).when(join).then(accepted, joined);
    given(assignedToRecipient, accepted, joined).when(join).thenNothing();
  });

  it.each<[string, FulfillmentEvent[]]>([
    ['other-recipient', [assigned({ recipient: 'r-2' })]],
    ['other-recipient', [assigned()]],
    ['not-your-turn', [assigned({ recipient, locationId: 'york' })]],
    ['wrong-method', [assigned({ recipient, method: 'pickup' })]],
    ['fulfillment-held', [assignedToRecipient, fulfillmentEvent('FulfillmentHeld', {})]],
    [
      'in-another-shipment',
      [assignedToRecipient, accepted, fulfillmentEvent('FulfillmentJoinedShipment', { shipmentId: 's-2' })],
    ],
    [
      'parcel-exists',
      [assignedToRecipient, accepted, fulfillmentEvent('ParcelPacked', { parcelId: shipmentId, lines: [] })],
    ],
    ['fulfillment-not-open', allShipped],
  ])('refuses to join with the code %s', (code, before) =>
    given(...before)
      .when(
        locationCommand('JoinShipment', {
          shipmentId: code === 'fulfillment-not-open' ? 's-2' : shipmentId,
          recipient,
        }),
      )
      .then(
        fulfillmentEvent('ShipmentJoinRefused', {
          shipmentId: code === 'fulfillment-not-open' ? 's-2' : shipmentId,
          code,
        }),
      ),
  );

  it('is packed into one parcel when it leaves, except for units in other parcels', () =>
    given(
      assignedToRecipient,
      accepted,
      fulfillmentEvent('ItemsPicked', { lines: [tea] }),
      fulfillmentEvent('ParcelPacked', { parcelId: 'p', lines: [tea] }),
      joined,
    )
      .when(ship)
      .then(
        fulfillmentEvent('ItemsPicked', { lines: [cup] }),
        fulfillmentEvent('ParcelPacked', { parcelId: shipmentId, lines: [cup] }),
        parcel('p', reservedTea),
        parcel(shipmentId, reservedCup),
      ));
  it('leaves once, and only with the shipment that it has joined', () => {
    given(...allShipped)
      .when(ship)
      .thenNothing();
    given(assignedToRecipient, accepted).when(ship).thenNothing();
  });
  it('leaves the shipment when it is held or was cancelled meanwhile', () => {
    given(assignedToRecipient, accepted, joined, fulfillmentEvent('FulfillmentHeld', {}))
      .when(ship)
      .then(left('fulfillment-held'));
    const cancelled = fulfillmentEvent('FulfillmentLinesCancelled', {
      cancellationId: 'c',
      cancelled: [tea, cup],
      refused: [],
    });
    given(assignedToRecipient, accepted, joined, cancelled).when(ship).then(left('fulfillment-not-open'));
  });
  it('can be taken out by its location, and can then join again', () => {
    const leave = locationCommand('LeaveShipment', { shipmentId });
    given(assignedToRecipient, accepted, joined).when(leave).then(left('taken-out'));
    given(assignedToRecipient, accepted, joined)
      .when(locationCommand('LeaveShipment', { shipmentId, locationId: 'york' }))
      .thenFails('not-your-turn');
    given(assignedToRecipient, accepted, joined, left('taken-out')).when(leave).thenNothing();
    given(assignedToRecipient, accepted, joined, left('taken-out')).when(join).then(joined);
  });
  it('allows no other parcel with the id of the shipment', () =>
    given(assignedToRecipient, accepted, joined)
      .when(locationCommand('PackParcel', { parcelId: shipmentId, lines: [tea] }))
      .thenFails('parcel-exists'));
  it('is delivered with the shipment', () => {
    const delivered = fulfillmentEvent('ParcelDelivered', { parcelId: shipmentId });
    given(...allShipped)
      .when(locationCommand('DeliverJoined', { shipmentId }))
      .then(delivered);
    given(...allShipped, delivered)
      .when(locationCommand('DeliverJoined', { shipmentId }))
      .thenNothing();
  });
});

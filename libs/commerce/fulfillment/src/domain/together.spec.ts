import { describe, it } from '@jest/globals';
import { specification } from '#testing';
import { type FulfillmentEvent } from './fulfillment-messages.js';
import { fulfillment } from './fulfillment.js';
import { assigned, happened, work } from './samples.js';

const given = specification(fulfillment.decider);
const [shipmentId, recipient] = ['s-1', 'r-1'];

const mine = assigned({ recipient });
const accepted = happened('FulfillmentAccepted', {});
const joined = happened('FulfillmentJoinedShipment', { shipmentId });
const left = (code: string) => happened('FulfillmentLeftShipment', { shipmentId, code });
const join = work('JoinShipment', { shipmentId, recipient });
const ship = work('ShipJoined', { shipmentId, carrier: 'mail', tracking: 'T-1' });

const [tea, cup] = [
  { lineId: '1', quantity: 3 },
  { lineId: '2', quantity: 1 },
];
const heldTea = { ...tea, sku: 'TEA', reservationId: 'r-1' };
const heldCup = { ...cup, sku: 'CUP', reservationId: 'r-2' };
const parcel = (parcelId: string, ...lines: object[]) =>
  happened('ParcelShipped', {
    ...{ parcelId, lines: lines as never, locationId: 'leeds', carrier: 'mail', tracking: 'T-1', shipmentId },
  });
const away = parcel(shipmentId, heldTea, heldCup);
const gone = [
  ...[mine, accepted, joined, happened('ItemsPicked', { lines: [tea, cup] })],
  ...[happened('ParcelPacked', { parcelId: shipmentId, lines: [tea, cup] }), away],
];

describe('a fulfilment order that leaves with others', () => {
  it('joins by being accepted', () => {
    given(mine).when(join).then(accepted, joined);
    given(mine, accepted, joined).when(join).thenNothing();
  });

  it.each<[string, FulfillmentEvent[]]>([
    ['other-recipient', [assigned({ recipient: 'r-2' })]],
    ['other-recipient', [assigned()]],
    ['not-your-turn', [assigned({ recipient, locationId: 'york' })]],
    ['wrong-method', [assigned({ recipient, method: 'pickup' })]],
    ['fulfillment-held', [mine, happened('FulfillmentHeld', {})]],
    ['in-another-shipment', [mine, accepted, happened('FulfillmentJoinedShipment', { shipmentId: 's-2' })]],
    ['parcel-exists', [mine, accepted, happened('ParcelPacked', { parcelId: shipmentId, lines: [] })]],
    ['fulfillment-not-open', gone],
  ])('says %s when it cannot', (code, before) =>
    given(...before)
      .when(work('JoinShipment', { shipmentId: code === 'fulfillment-not-open' ? 's-2' : shipmentId, recipient }))
      .then(
        happened('ShipmentJoinRefused', { shipmentId: code === 'fulfillment-not-open' ? 's-2' : shipmentId, code }),
      ),
  );

  it('is packed by leaving, but for what is packed already', () =>
    given(
      mine,
      accepted,
      happened('ItemsPicked', { lines: [tea] }),
      happened('ParcelPacked', { parcelId: 'p', lines: [tea] }),
      joined,
    )
      .when(ship)
      .then(
        happened('ItemsPicked', { lines: [cup] }),
        happened('ParcelPacked', { parcelId: shipmentId, lines: [cup] }),
        parcel('p', heldTea),
        parcel(shipmentId, heldCup),
      ));
  it('leaves once, and only with what it has joined', () => {
    given(...gone)
      .when(ship)
      .thenNothing();
    given(mine, accepted).when(ship).thenNothing();
  });
  it('stays when it is held, or was cancelled meanwhile', () => {
    given(mine, accepted, joined, happened('FulfillmentHeld', {})).when(ship).then(left('fulfillment-held'));
    const cancelled = happened('FulfillmentLinesCancelled', {
      cancellationId: 'c',
      cancelled: [tea, cup],
      refused: [],
    });
    given(mine, accepted, joined, cancelled).when(ship).then(left('fulfillment-not-open'));
  });
  it('is taken out by its location, and can join another then', () => {
    const leave = work('LeaveShipment', { shipmentId });
    given(mine, accepted, joined).when(leave).then(left('taken-out'));
    given(mine, accepted, joined)
      .when(work('LeaveShipment', { shipmentId, locationId: 'york' }))
      .thenFails('not-your-turn');
    given(mine, accepted, joined, left('taken-out')).when(leave).thenNothing();
    given(mine, accepted, joined, left('taken-out')).when(join).then(joined);
  });
  it('leaves the name of its parcel free', () =>
    given(mine, accepted, joined)
      .when(work('PackParcel', { parcelId: shipmentId, lines: [tea] }))
      .thenFails('parcel-exists'));
  it('arrives with the others', () => {
    const there = happened('ParcelDelivered', { parcelId: shipmentId });
    given(...gone)
      .when(work('DeliverJoined', { shipmentId }))
      .then(there);
    given(...gone, there)
      .when(work('DeliverJoined', { shipmentId }))
      .thenNothing();
  });
});

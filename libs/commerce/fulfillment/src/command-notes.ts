import { type CommandNotes } from '#capability';

export const commandNotes: CommandNotes = {
  AcceptFulfillment: { events: 'FulfillmentAccepted', serves: 'SF4, SF7, TP1' },
  RejectFulfillment: {
    events: 'FulfillmentRejected',
    then: 'FulfillmentPlanned, StockReserved, OrderReallocated, FulfillmentAssigned; or OrderLinesCancelled',
    serves: 'SF1, SF2, SF4',
  },
  PickItems: { events: 'FulfillmentAccepted?, ItemsPicked', serves: 'SF4, SF7' },
  ReportShortPick: {
    events: 'FulfillmentAccepted?, FulfillmentRejected',
    then: 'as after RejectFulfillment',
    serves: 'SF1, SF2',
  },
  PackParcel: { events: 'FulfillmentAccepted?, ItemsPicked?, ParcelPacked', serves: 'SF4, SF7' },
  ShipParcel: { events: 'ParcelShipped', then: 'ReservationConsumed, OrderLinesFulfilled', serves: 'SF2, SF4, SF6' },
  RecordDelivery: { events: 'ParcelDelivered', serves: 'SF6' },
  ConsolidateFulfillments: {
    events: 'ShipmentRequested',
    then: 'for each order FulfillmentJoinedShipment and ShipmentMemberJoined, or ShipmentJoinRefused and ShipmentMemberLost',
    serves: 'OO1',
  },
  LeaveShipment: { events: 'FulfillmentLeftShipment', then: 'ShipmentMemberLost', serves: 'OO1' },
  ShipShipment: {
    events: 'ShipmentShipped',
    then: 'for each order ParcelPacked? and ParcelShipped, or FulfillmentLeftShipment',
    serves: 'OO1',
  },
  RecordShipmentDelivery: { events: 'ShipmentDelivered', then: 'ParcelDelivered for each order', serves: 'OO1' },
  RecordArrival: { events: 'ArrivedForPickup', serves: 'SF5, SF6, SP1' },
  MarkReadyForPickup: {
    events: 'FulfillmentAccepted?, ItemsPicked?, ReadyForPickup',
    then: 'in time PickupReminded and PickupExpired',
    serves: 'SF5, SP1, SP2',
  },
  HandOver: { events: 'HandedOver', then: 'ReservationConsumed, OrderLinesFulfilled', serves: 'SF5, SP1, SP5' },
};

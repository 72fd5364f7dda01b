import { capability, conflict, conflictForNow, missing } from '#capability';
import { answerOf } from '#projections';
import { listOf, object, ref, text } from '#schema';
import { commandNotes } from './command-notes.js';
import { fulfillment } from './domain/fulfillment.js';
import { shipment } from './domain/shipment.js';
import { fulfillmentBiViews } from './read/bi-views.js';
import { consolidationSchema, Fulfillments } from './read/fulfillments.js';
import { fulfillmentColumns, fulfillments } from './read/fulfillments.projection.js';
import { shipmentColumns, shipments } from './read/shipments.projection.js';
import { fulfillmentCommands, fulfillmentRoutes } from './write/fulfillment-commands.js';
import { shipmentCommands, shipmentRoutes } from './write/shipment-commands.js';

export const fulfillmentCapability = capability('fulfillment', {
  streams: [fulfillment, shipment],
  commands: [...fulfillmentCommands, ...shipmentCommands],
  commandNotes,
  processCommands: { ...fulfillmentRoutes, ...shipmentRoutes },
  readModels: [fulfillments, shipments],
  views: fulfillmentBiViews,
  feed: {
    fulfillment: { scope: 'fulfillment:read', audience: 'every-channel' },
    shipment: { scope: 'fulfillment:read', audience: 'every-channel' },
  },
  answers: {
    Fulfillment: answerOf(fulfillmentColumns),
    Consolidation: consolidationSchema,
    Shipment: answerOf(shipmentColumns),
    FulfillmentPage: object({ items: listOf(ref('Fulfillment')), 'next?': text }),
  },
  queries: [Fulfillments],
  published: {
    topic: 'kontor.fulfillment.v1',
    events: {
      FulfillmentAssigned: 1,
      FulfillmentAccepted: 1,
      FulfillmentRejected: 1,
      ItemsPicked: 1,
      ParcelPacked: 1,
      ParcelShipped: 1,
      ParcelDelivered: 1,
      ArrivedForPickup: 1,
      ReadyForPickup: 1,
      PickupReminded: 1,
      HandedOver: 1,
      PickupExpired: 1,
      FulfillmentLinesCancelled: 1,
      FulfillmentJoinedShipment: 1,
      ShipmentJoinRefused: 1,
      FulfillmentLeftShipment: 1,
      ShipmentRequested: 1,
      ShipmentMemberJoined: 1,
      ShipmentMemberLost: 1,
      ShipmentShipped: 1,
      ShipmentDelivered: 1,
      FulfillmentHeld: 1,
      FulfillmentResumed: 1,
    },
  },
  problems: {
    'fulfillment-not-found': missing('There is no such fulfillment order.'),
    'parcel-not-found': missing('The fulfillment order has no such parcel: PackParcel comes first.'),
    'not-your-turn': conflict('Another location does this step: see locationId.'),
    'fulfillment-held': conflict('The order is held: the work goes on once its hold is released.'),
    'fulfillment-not-open': conflict('The fulfillment order is beyond this step, or not there yet: see state.'),
    'units-not-there': conflict('More units were named than are there for this step: see available.'),
    'wrong-method': conflict('The step does not go with how the goods reach the buyer: see method.'),
    'parcel-exists': conflict('The fulfillment order has a parcel of this id. Every parcel needs its own.'),
    'shipment-not-found': missing('There is no such shipment: ConsolidateFulfillments comes first.'),
    'shipment-exists': conflict('There is a shipment of this id.'),
    'shipment-pending': conflictForNow('Not all of its fulfillment orders have said whether they join.'),
    'shipment-empty': conflict('Nothing has joined the shipment: see why in its fulfillments.'),
    'shipment-not-shipped': conflict('The shipment has not left yet: ShipShipment comes first.'),
    'parcel-not-shipped': conflict('The parcel has not left yet: ShipParcel comes first.'),
  },
});

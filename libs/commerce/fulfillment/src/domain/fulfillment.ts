/** A fulfilment order: what one location does for one order. The steps are in fulfillment-steps.ts. */
import { type Decider, type EventDefinition, type EventDefinitions } from '#kernel';
import { decide } from './fulfillment-decide.js';
import { evolve } from './fulfillment-evolve.js';
import { type FulfillmentCommand, type FulfillmentEvent } from './fulfillment-messages.js';
import { type Fulfillment } from './fulfillment-state.js';

const decider: Decider<Fulfillment | undefined, FulfillmentCommand, FulfillmentEvent> = {
  initialState: () => undefined,
  decide,
  evolve,
};

const first: EventDefinition = { version: 1 };

const events: EventDefinitions<FulfillmentEvent> = {
  FulfillmentAssigned: { version: 1, first: true },
  FulfillmentAccepted: first,
  FulfillmentRejected: first,
  ItemsPicked: first,
  ParcelPacked: first,
  ParcelShipped: first,
  ParcelDelivered: first,
  ArrivedForPickup: first,
  ReadyForPickup: first,
  PickupReminded: first,
  HandedOver: first,
  PickupExpired: first,
  FulfillmentLinesCancelled: first,
  FulfillmentJoinedShipment: first,
  ShipmentJoinRefused: first,
  FulfillmentLeftShipment: first,
  FulfillmentHeld: first,
  FulfillmentResumed: first,
};

const creates: FulfillmentCommand['type'][] = ['AssignFulfillment'];

export const fulfillment = { category: 'fulfillment', decider, events, creates };

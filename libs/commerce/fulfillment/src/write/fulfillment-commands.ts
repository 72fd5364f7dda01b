import { contractsFor, routeTo, type CommandContract, type Route, type Routes } from '#event-store';
import { type FulfillmentCommand } from '../domain/fulfillment-messages.js';
import { fulfillment } from '../domain/fulfillment.js';
import {
  AtLocationDto,
  HandOverDto,
  LeaveShipmentDto,
  MarkReadyForPickupDto,
  PackParcelDto,
  PickItemsDto,
  RecordDeliveryDto,
  RejectFulfillmentDto,
  ReportShortPickDto,
  ShipParcelDto,
} from './fulfillment.dtos.js';

const contractOf = contractsFor(fulfillment, 'fulfillmentId');

const work = (name: string, summary: string, dto: new () => object): CommandContract =>
  contractOf({ name, summary, dto, scope: 'fulfillment:work' });

export const fulfillmentCommands: readonly CommandContract[] = [
  work('AcceptFulfillment', 'A location takes on what it was assigned.', AtLocationDto),
  work('RejectFulfillment', 'A location declines all or some of it; another one is sought.', RejectFulfillmentDto),
  work('PickItems', 'Records what was taken from the shelf. Accepts it, too.', PickItemsDto),
  work(
    'ReportShortPick',
    'Fewer units were found than wanted; another location is sought for them.',
    ReportShortPickDto,
  ),
  work('PackParcel', 'Packs units into a new parcel. What was not picked is picked by that.', PackParcelDto),
  work('ShipParcel', 'A parcel leaves with its carrier. It ships once.', ShipParcelDto),
  work('RecordDelivery', 'Records that a parcel was delivered: a fact of the carrier.', RecordDeliveryDto),
  work('RecordArrival', 'Goods from another location have come to where they are picked up.', AtLocationDto),
  work('MarkReadyForPickup', 'The goods wait for the buyer, until an instant.', MarkReadyForPickupDto),
  work('HandOver', 'The buyer has collected the goods.', HandOverDto),
  work('LeaveShipment', 'Takes a fulfilment order out of a shipment that has not left.', LeaveShipmentDto),
];

const toFulfillment: Route<FulfillmentCommand> = routeTo(fulfillment, ({ fulfillmentId }) => fulfillmentId);

/** What processes and timers may send. */
export const fulfillmentRoutes = {
  AssignFulfillment: toFulfillment,
  ExpireAcceptance: toFulfillment,
  RemindPickup: toFulfillment,
  HandOver: toFulfillment,
  ExpirePickup: toFulfillment,
  CancelFulfillmentLines: toFulfillment,
  HoldFulfillment: toFulfillment,
  ResumeFulfillment: toFulfillment,
  JoinShipment: toFulfillment,
  ShipJoined: toFulfillment,
  DeliverJoined: toFulfillment,
} satisfies Partial<Routes<FulfillmentCommand>>;

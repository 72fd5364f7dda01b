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

const workCommand = (name: string, summary: string, dto: new () => object): CommandContract =>
  contractOf({ name, summary, dto, scope: 'fulfillment:work' });

export const fulfillmentCommands: readonly CommandContract[] = [
  workCommand('AcceptFulfillment', 'Accepts the work that was assigned to a location.', AtLocationDto),
  workCommand(
    'RejectFulfillment',
    'Rejects all or some of the work of a location; the order is planned again without it.',
    RejectFulfillmentDto,
  ),
  workCommand('PickItems', 'Records units that were taken from the shelf, and accepts the work.', PickItemsDto),
  workCommand(
    'ReportShortPick',
    'Reports units that were not found; they are planned again at other locations.',
    ReportShortPickDto,
  ),
  workCommand(
    'PackParcel',
    'Packs units into a new parcel. Units that were not picked are picked by that.',
    PackParcelDto,
  ),
  workCommand('ShipParcel', 'Records that a parcel leaves with its carrier. It is shipped once.', ShipParcelDto),
  workCommand('RecordDelivery', 'Records that the carrier has delivered a parcel.', RecordDeliveryDto),
  workCommand(
    'RecordArrival',
    'Records that goods from another location have arrived at the pickup location.',
    AtLocationDto,
  ),
  workCommand(
    'MarkReadyForPickup',
    'Records that the goods are ready to be collected, until a given time.',
    MarkReadyForPickupDto,
  ),
  workCommand('HandOver', 'Records that the buyer has collected the goods.', HandOverDto),
  workCommand('LeaveShipment', 'Takes a fulfillment order out of a shipment that has not left.', LeaveShipmentDto),
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

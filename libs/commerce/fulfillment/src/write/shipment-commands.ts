/** Goods of several orders that leave together. */
import { contractsFor, routeTo, type CommandContract, type Routes } from '#event-store';
import { Id, Ids, LocationId, Optional, Reference } from '#fields';
import { shipment, type ShipmentCommand } from '../domain/shipment.js';

class ShipmentDto {
  /** Of your own making. Also the name of the parcels that are packed by it. */
  @Id() readonly shipmentId!: string;
}

class ConsolidateFulfillmentsDto extends ShipmentDto {
  @LocationId() readonly locationId!: string;
  /** The key that they share: see the consolidations of the location. */
  @Id() readonly recipient!: string;
  @Ids(2, 100) readonly fulfillmentIds!: string[];
}

class ShipShipmentDto extends ShipmentDto {
  @LocationId() readonly locationId!: string;
  @Reference('royal-mail') readonly carrier!: string;
  /** The carrier's number. */
  @Optional() @Reference('AB123456789GB') readonly tracking?: string;
}

class RecordShipmentDeliveryDto extends ShipmentDto {}

const contractOf = contractsFor(shipment, 'shipmentId');

const work = (name: string, summary: string, dto: new () => object): CommandContract =>
  contractOf({ name, summary, dto, scope: 'fulfillment:work' });

export const shipmentCommands: readonly CommandContract[] = [
  work(
    'ConsolidateFulfillments',
    'Puts goods of several orders of one customer, for one address, into one shipment; each says whether it joins.',
    ConsolidateFulfillmentsDto,
  ),
  work('ShipShipment', 'The shipment leaves with its carrier, and all that has joined it.', ShipShipmentDto),
  work('RecordShipmentDelivery', 'Records that a shipment was delivered: a fact.', RecordShipmentDeliveryDto),
];

/** What processes may send. */
export const shipmentRoutes = {
  RecordShipmentAnswer: routeTo(shipment, ({ shipmentId }) => shipmentId),
} satisfies Partial<Routes<ShipmentCommand>>;

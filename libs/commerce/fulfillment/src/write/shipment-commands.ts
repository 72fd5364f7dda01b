/** Commands to shipments of goods of several orders. */
import { contractsFor, routeTo, type CommandContract, type Routes } from '#event-store';
import { harmless, Id, Ids, IssuedCode, LocationId, Optional, Reference } from '#fields';
import { shipment, type ShipmentCommand } from '../domain/shipment.js';

class ShipmentDto {
  /** Your id for the shipment, which is also the id of the parcels that are packed for it. */
  @Id() readonly shipmentId!: string;
}

class ConsolidateFulfillmentsDto extends ShipmentDto {
  @LocationId() readonly locationId!: string;
  /** The key that the fulfillment orders share: see the consolidations of the location. */
  @Id() readonly recipient!: string;
  @Ids(2, 100) readonly fulfillmentIds!: string[];
}

class ShipShipmentDto extends ShipmentDto {
  @LocationId() readonly locationId!: string;
  @Reference('royal-mail', harmless('The name of a company.')) readonly carrier!: string;
  /** The carrier's number. */
  @Optional()
  @IssuedCode('AB123456789GB', harmless('The number of a parcel, by which carriers and people look for it.'))
  readonly tracking?: string;
}

class RecordShipmentDeliveryDto extends ShipmentDto {}

const contractOf = contractsFor(shipment, 'shipmentId');

const workCommand = (name: string, summary: string, dto: new () => object): CommandContract =>
  contractOf({ name, summary, dto, scope: 'fulfillment:work' });

export const shipmentCommands: readonly CommandContract[] = [
  workCommand(
    'ConsolidateFulfillments',
    'Puts goods of several orders of one customer, for one address, into one shipment. Each fulfillment order joins or refuses.',
    ConsolidateFulfillmentsDto,
  ),
  workCommand(
    'ShipShipment',
    'Records that a shipment leaves with its carrier, with all fulfillment orders that have joined it.',
    ShipShipmentDto,
  ),
  workCommand('RecordShipmentDelivery', 'Records that a shipment was delivered.', RecordShipmentDeliveryDto),
];

/** What processes may send. */
export const shipmentRoutes = {
  RecordShipmentAnswer: routeTo(shipment, ({ shipmentId }) => shipmentId),
} satisfies Partial<Routes<ShipmentCommand>>;

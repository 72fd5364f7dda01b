import { expect, it } from '@jest/globals';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { shipmentCommands, shipmentRoutes } from './shipment-commands.js';

const two = { locationId: 'leeds', recipient: 'r-1', fulfillmentIds: ['f-1', 'f-2'] };

const broken = (name: string, body: object) => {
  const contract = shipmentCommands.find((one) => one.name === name);
  if (!contract) throw new Error(`No command ${name}`);
  const sent = plainToInstance(contract.dto, { shipmentId: 's-1', ...body });
  expect(contract.stream(sent)).toBe('shipment-s-1');
  return validateSync(sent, { whitelist: true, forbidNonWhitelisted: true }).map(({ property }) => property);
};

it.each([
  ['ConsolidateFulfillments', two],
  ['ShipShipment', { locationId: 'leeds', carrier: 'mail', tracking: 'T-1' }],
  ['RecordShipmentDelivery', {}],
])('%s goes to its shipment', (name, body) => expect(broken(name, body)).toEqual([]));

it.each([
  ['ConsolidateFulfillments', { ...two, fulfillmentIds: ['f-1'] }, 'fulfillmentIds'],
  ['ConsolidateFulfillments', { ...two, fulfillmentIds: ['f-1', 'f 2'] }, 'fulfillmentIds'],
  ['ShipShipment', { locationId: 'leeds' }, 'carrier'],
])('%s is refused with a body like %j', (name, body, field) => expect(broken(name, body)).toEqual([field]));

it('channels cannot answer for a fulfillment order', () =>
  expect(Object.keys(shipmentRoutes)).toEqual(['RecordShipmentAnswer']));

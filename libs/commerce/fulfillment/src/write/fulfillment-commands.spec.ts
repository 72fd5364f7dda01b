import { expect, it } from '@jest/globals';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { type Decide } from '#event-store';
import { aCause } from '#testing';
import { fulfillmentCommands, fulfillmentRoutes } from './fulfillment-commands.js';

const lines = [{ lineId: '1', quantity: 2 }];
const at = { locationId: 'store-12' };

/** Command → a body that says everything. */
const all: Record<string, object> = {
  AcceptFulfillment: at,
  RejectFulfillment: { ...at, lines, reason: 'not-found', note: 'gone' },
  PickItems: { ...at, lines },
  ReportShortPick: { ...at, lines, reason: 'damaged' },
  PackParcel: { ...at, lines, parcelId: 'P-1' },
  ShipParcel: { ...at, parcelId: 'P-1', carrier: 'mail', tracking: 'T-1' },
  RecordDelivery: { parcelId: 'P-1' },
  RecordArrival: at,
  MarkReadyForPickup: { ...at, until: '2026-01-31T18:30:00+01:00' },
  HandOver: { ...at, lines, proof: 'code 4711' },
  LeaveShipment: { ...at, shipmentId: 's-1' },
};

const contractOf = (name: string) => {
  const contract = fulfillmentCommands.find((one) => one.name === name);
  if (!contract) throw new Error(`No command ${name}`);
  return contract;
};

const broken = (name: string, body: object) =>
  validateSync(plainToInstance(contractOf(name).dto, { fulfillmentId: 'f-1', ...body }), {
    ...{ whitelist: true, forbidNonWhitelisted: true },
  }).map(({ property }) => property);

it('there is a contract for every command of a location', () =>
  expect(fulfillmentCommands.map(({ name }) => name)).toEqual(Object.keys(all)));

it.each(Object.entries(all))('%s goes to its fulfillment order unchanged', (name, body) => {
  expect(broken(name, body)).toEqual([]);
  const contract = contractOf(name);
  const sent = plainToInstance(contract.dto, { fulfillmentId: 'f-1', ...body });
  expect(contract.stream(sent)).toBe('fulfillment-f-1');
  expect((contract.message(sent, aCause()) as Decide).command).toEqual({
    type: name,
    data: { fulfillmentId: 'f-1', ...body },
  });
});

it.each([
  ['RejectFulfillment', { ...at, reason: 'timeout' }, 'reason'],
  ['PickItems', { ...at, lines: [] }, 'lines'],
  ['PackParcel', { ...at, lines }, 'parcelId'],
  ['AcceptFulfillment', {}, 'locationId'],
  ['HandOver', at, 'proof'],
])('%s is refused with a body like %j', (name, body, field) => expect(broken(name, body)).toEqual([field]));

it('channels cannot assign, cancel or expire', () => {
  const names = new Set(fulfillmentCommands.map(({ name }) => name));
  expect(Object.keys(fulfillmentRoutes).filter((name) => names.has(name))).toEqual(['HandOver']);
});

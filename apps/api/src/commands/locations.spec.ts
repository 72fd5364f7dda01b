import { expect, it } from '@jest/globals';
import { type Principal } from '#access';
import { type CommandContract } from '#event-store';
import { commands } from '#registry';
import { checkLocations } from './locations.js';

const free: Principal = { keyId: 'k', channel: 'till', scopes: new Set(), isStaff: false };
const bound: Principal = { ...free, locations: new Set(['store-1', 'store-2']) };
const contractOf = (name: string) => commands.find((command) => command.name === name) as CommandContract;

it.each([
  ['ReceiveStock', { sku: 'MUG', locationId: 'store-1' }],
  ['RequestTransfer', { from: 'store-1', to: 'store-2' }],
  ['PlaceOrder', { lines: [{ method: 'pickup', locationId: 'store-2' }] }],
  ['PlaceOrder', { lines: [{ method: 'ship' }] }],
  ['HandOverCart', { to: { channel: 'web' } }],
])('%s at its own locations is allowed to a bound key', (name, body) => {
  expect(() => checkLocations(bound, contractOf(name), body)).not.toThrow();
});

it.each([
  ['ReceiveStock', { sku: 'MUG', locationId: 'warehouse' }],
  ['ConsumeReservation', { sku: 'MUG', locationId: 'warehouse' }],
  ['ShipParcel', { fulfillmentId: 'f', locationId: 'warehouse' }],
  ['RequestTransfer', { from: 'warehouse', to: 'store-1' }],
  ['PlaceOrder', { lines: [{ locationId: 'store-1' }, { locationId: 'warehouse' }] }],
  ['DefineKit', { sku: 'SET', components: [] }],
  ['CloseTransfer', { transferId: 't' }],
])('%s elsewhere, or without a location, is refused to a bound key and allowed to others', (name, body) => {
  expect(() => checkLocations(bound, contractOf(name), body)).toThrow(expect.objectContaining({ code: 'forbidden' }));
  expect(() => checkLocations(free, contractOf(name), body)).not.toThrow();
});

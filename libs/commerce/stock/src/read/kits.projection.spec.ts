import { expect, it } from '@jest/globals';
import { aRecorded } from '#testing';
import { type KitEvent } from '../domain/kit.js';
import { kits, type KitRow } from './kits.projection.js';

const kit = (...events: KitEvent[]) =>
  events.reduce<KitRow | undefined>(
    (row, event) => kits.project(row, aRecorded('kit-TRAY', event), { sku: 'TRAY' }),
    undefined,
  );
const defined = (version: number, sku: string): KitEvent => ({
  type: 'KitDefined',
  data: { version, components: [{ sku, quantity: 2 }] },
});
const retired: KitEvent = { type: 'KitRetired', data: {} };

it('shows the last definition of a kit', () =>
  expect(kit(defined(1, 'CUP'), defined(2, 'POT'))).toEqual({
    sku: 'TRAY',
    version: 2,
    components: [{ sku: 'POT', quantity: 2 }],
  }));

it('shows a retired kit without components, even if the event comes twice', () =>
  expect(kit(defined(1, 'CUP'), retired, retired)).toEqual({ sku: 'TRAY', version: 1, components: [] }));

import { asPosition } from '#event-store';
import { beforeAll, expect, it } from '@jest/globals';
import { NetworkDirectory, type ChannelConfiguration } from '#network';
import { aRecorded } from '#testing';
import { Availability } from './availability.js';
import { KitDirectory } from './kit-directory.js';
import { type StockFigures } from './available-to-promise.js';
import { type StockLevels } from './stock-levels.js';

const shop: ChannelConfiguration = {
  name: 'Shop',
  kind: 'web',
  currency: 'GBP',
  locale: 'en-GB',
  locations: [
    { locationId: 'london', methods: ['ship'], safetyStock: 2 },
    { locationId: 'leeds', methods: ['ship'], safetyStock: 0 },
  ],
  reservationTtlSeconds: 600,
  promisesIncoming: false,
};

const stock = (locationId: string, figures: Partial<StockFigures>): StockFigures => ({
  sku: 'TEA',
  locationId,
  onHand: 0,
  unavailable: 0,
  reserved: 0,
  incoming: 0,
  backorderLimit: 0,
  nextEta: null,
  ...figures,
});

const availabilityOf = async (
  figures: StockFigures[],
  changes: Partial<ChannelConfiguration> = {},
  paused?: string,
) => {
  const [answer] = await availabilityOfAll(['TEA'], figures, changes, paused);
  return answer;
};

const kits = new KitDirectory();
const components = [
  { sku: 'TEA', quantity: 2 },
  { sku: 'CUP', quantity: 1 },
];

beforeAll(() => {
  const event = aRecorded('kit-TRAY', { type: 'KitDefined', data: { version: 1, components } });
  return kits.handle({ events: [event], position: asPosition(1), caughtUp: true });
});

const availabilityOfAll = async (
  skus: string[],
  figures: StockFigures[],
  changes: Partial<ChannelConfiguration> = {},
  paused?: string,
) => {
  const network = new NetworkDirectory();
  const details = { name: 'Place', type: 'warehouse' };
  const events = [
    aRecorded('channel-web', { type: 'ChannelConfigured', data: { ...shop, ...changes, version: 3 } }),
    ...['london', 'leeds'].map((id) => aRecorded(`location-${id}`, { type: 'LocationRegistered', data: details })),
    ...(paused
      ? [aRecorded(`location-${paused}`, { type: 'LocationPaused', data: { reason: 'x' } }, { revision: 1 })]
      : []),
  ];
  await network.handle({ events, position: asPosition(1), caughtUp: true });
  const figuresOf = (asked: readonly string[]) => Promise.resolve(figures.filter(({ sku }) => asked.includes(sku)));
  const levels = { figuresOf } as unknown as StockLevels;
  return new Availability(levels, network, kits).forSkus('web', skus);
};

it('is the sum over locations of the units beyond the safety stock', async () =>
  expect(
    await availabilityOf([stock('leeds', { onHand: 4, reserved: 1 }), stock('london', { onHand: 9, unavailable: 3 })]),
  ).toEqual({
    channel: 'web',
    sku: 'TEA',
    atp: 7,
    byLocation: [
      { locationId: 'london', available: 4 },
      { locationId: 'leeds', available: 3 },
    ],
    nextEta: null,
    reservable: true,
    preorderable: false,
    policyVersion: 3,
  }));

it('does not subtract a shortage at one location from another', async () =>
  expect(await availabilityOf([stock('london', { onHand: -5 }), stock('leeds', { onHand: 4 })])).toMatchObject({
    atp: 4,
  }));

it('has no units of a paused location, on hand or incoming', async () => {
  const leeds = stock('leeds', { onHand: 4, incoming: 5, nextEta: new Date('2026-02-01T00:00:00.000Z') });
  const nothing = { atp: 0, byLocation: [], reservable: false, preorderable: false, nextEta: null };
  expect(await availabilityOf([leeds], { promisesIncoming: true }, 'leeds')).toMatchObject(nothing);
});

it('counts incoming goods only if the channel promises them, less what is reserved', async () => {
  const figures = [stock('leeds', { reserved: 3, incoming: 10, nextEta: new Date('2026-02-01T00:00:00.000Z') })];
  const nextEta = '2026-02-01T00:00:00.000Z';
  expect(await availabilityOf(figures)).toMatchObject({ atp: 0, preorderable: false, nextEta });
  expect(await availabilityOf(figures, { promisesIncoming: true })).toMatchObject({
    atp: 7,
    preorderable: true,
    nextEta,
  });
});

it('is reservable within the backorder limit although nothing is on hand', async () =>
  expect(await availabilityOf([stock('leeds', { backorderLimit: 5 })])).toMatchObject({ atp: 0, reservable: true }));

it('is 0 for an unknown SKU', async () =>
  expect(await availabilityOf([])).toMatchObject({ atp: 0, byLocation: [], reservable: false }));

it('refuses a channel that is not configured', () =>
  expect(
    new Availability({} as StockLevels, new NetworkDirectory(), new KitDirectory()).forSkus('web', ['TEA']),
  ).rejects.toMatchObject({
    code: 'channel-not-found',
  }));

const cups = (locationId: string, figures: Partial<StockFigures>) => stock(locationId, { sku: 'CUP', ...figures });

it('has as many kits as the scarcest component allows, wherever the components are', async () => {
  const figures = [stock('leeds', { onHand: 5 }), cups('leeds', { onHand: 1 }), cups('london', { onHand: 4 })];
  expect(await availabilityOfAll(['TRAY', 'CUP'], figures)).toMatchObject([
    { sku: 'TRAY', atp: 2, byLocation: [{ locationId: 'leeds', available: 1 }], reservable: true, preorderable: false },
    { sku: 'CUP', atp: 3 },
  ]);
});

it('has no kit while one component is missing, and names the date when the last scarce component is due', async () => {
  const [march, april] = ['2026-03-01T00:00:00.000Z', '2026-04-01T00:00:00.000Z'];
  const none = [stock('leeds', { onHand: 1, nextEta: new Date(march) }), cups('leeds', { nextEta: new Date(april) })];
  expect(await availabilityOfAll(['TRAY'], none)).toMatchObject([
    { atp: 0, byLocation: [], reservable: false, nextEta: april },
  ]);
  expect(await availabilityOfAll(['TRAY'], none.slice(0, 1))).toMatchObject([{ atp: 0, nextEta: null }]);
});

it('counts kits of incoming components if the channel promises them', async () => {
  const nextEta = new Date('2026-03-01T00:00:00.000Z');
  const figures = [stock('leeds', { onHand: 4 }), cups('leeds', { onHand: 1, incoming: 3, nextEta })];
  expect(await availabilityOfAll(['TRAY'], figures, { promisesIncoming: true })).toMatchObject([
    { atp: 2, preorderable: true },
  ]);
});

it('the refusal of a request of staff without a channel says where to name one', async () => {
  const nowhere = new Availability({} as StockLevels, new NetworkDirectory(), new KitDirectory());
  await expect(nowhere.forSkus('system', ['TEA'])).rejects.toThrow('?channel=web');
});

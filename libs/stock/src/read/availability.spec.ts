import { expect, it } from '@jest/globals';
import { NetworkDirectory, type ChannelConfiguration } from '#network';
import { aRecorded } from '#testing';
import { Availability } from './availability.js';
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
  const network = new NetworkDirectory();
  const details = { name: 'Place', type: 'warehouse' };
  const events = [
    aRecorded('channel-web', { type: 'ChannelConfigured', data: { ...shop, ...changes, version: 3 } }),
    ...['london', 'leeds'].map((id) => aRecorded(`location-${id}`, { type: 'LocationRegistered', data: details })),
    ...(paused
      ? [aRecorded(`location-${paused}`, { type: 'LocationPaused', data: { reason: 'x' } }, { revision: 1 })]
      : []),
  ];
  await network.handle({ events, position: 1, caughtUp: true });
  const levels = { figuresOf: () => Promise.resolve(figures) } as unknown as StockLevels;
  const [answer] = await new Availability(levels, network).of('web', ['TEA']);
  return answer;
};

it('adds up what each location can give beyond its safety stock', async () =>
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

it('does not let one location pay for what another lacks', async () =>
  expect(await availabilityOf([stock('london', { onHand: -5 }), stock('leeds', { onHand: 4 })])).toMatchObject({
    atp: 4,
  }));

it('gives nothing from a paused location, now or later', async () => {
  const leeds = stock('leeds', { onHand: 4, incoming: 5, nextEta: new Date('2026-02-01T00:00:00.000Z') });
  const nothing = { atp: 0, byLocation: [], reservable: false, preorderable: false, nextEta: null };
  expect(await availabilityOf([leeds], { promisesIncoming: true }, 'leeds')).toMatchObject(nothing);
});

it('counts incoming goods only where the channel promises them, and takes from them what is promised already', async () => {
  const figures = [stock('leeds', { reserved: 3, incoming: 10, nextEta: new Date('2026-02-01T00:00:00.000Z') })];
  const nextEta = '2026-02-01T00:00:00.000Z';
  expect(await availabilityOf(figures)).toMatchObject({ atp: 0, preorderable: false, nextEta });
  expect(await availabilityOf(figures, { promisesIncoming: true })).toMatchObject({
    atp: 7,
    preorderable: true,
    nextEta,
  });
});

it('says that backorders can be reserved although nothing is there', async () =>
  expect(await availabilityOf([stock('leeds', { backorderLimit: 5 })])).toMatchObject({ atp: 0, reservable: true }));

it('knows that an unheard-of SKU is not available', async () =>
  expect(await availabilityOf([])).toMatchObject({ atp: 0, byLocation: [], reservable: false }));

it('refuses a channel that is not configured', () =>
  expect(new Availability({} as StockLevels, new NetworkDirectory()).of('web', ['TEA'])).rejects.toMatchObject({
    code: 'channel-not-found',
  }));

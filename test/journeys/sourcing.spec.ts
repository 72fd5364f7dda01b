import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Client } from '../support/client.js';
import { feed, takeUntil } from '../support/feed.js';
import { Kontor } from '../support/kontor.js';
import { aLine, anOrder, aSku } from '../support/shop.js';

let kontor: Kontor;
let staff: Client;

/** A warehouse in London, stores in Leeds and Glasgow. */
const PLACES = [
  { locationId: 'warehouse', type: 'warehouse', latitude: 51.5, longitude: -0.1 },
  { locationId: 'leeds', type: 'store', latitude: 53.8, longitude: -1.5 },
  { locationId: 'glasgow', type: 'store', latitude: 55.9, longitude: -4.3 },
];
const EDINBURGH = { latitude: 55.95, longitude: -3.19 };

const web = { channel: 'web', wait: 20 };

const policy = {
  policyId: 'north',
  strategies: [
    {
      name: 'valuable',
      when: { minValue: 10_000 },
      criteria: [{ by: 'priority', weight: 1 }],
      locationTypes: ['warehouse'],
      fallback: 'reject',
    },
    {
      name: 'near',
      criteria: [
        { by: 'distance', weight: 10 },
        { by: 'splits', weight: 2 },
      ],
      maxSplit: 3,
      fallback: 'any-location',
    },
  ],
  costs: { perParcel: 450, perKm: 1 },
  shipToStore: true,
};

interface Planned {
  readonly allocations: readonly { locationId: string; quantity: number; lines: readonly { pickupAt?: string }[] }[];
  readonly sourcing?: {
    readonly policyId: string;
    readonly version: number;
    readonly judgements: readonly { strategy: string; excluded: readonly object[]; scores: readonly object[] }[];
  };
}

/** Receives units of a new SKU at locations, such as `{ leeds: 3 }`. */
const stocked = async (units: Readonly<Record<string, number>>) => {
  const sku = aSku();
  for (const [locationId, quantity] of Object.entries(units)) {
    await staff.done('ReceiveStock', { sku, locationId, quantity, ref: `delivery-${sku}` });
  }
  return sku;
};

/** Reads the plan of an order from the feed. */
const planOf = async (orderId: string, after: string): Promise<Planned> => {
  const events = feed(staff, `/v1/feed?after=${after}&categories=order`);
  const found = await takeUntil(events, ({ type, data }) => {
    return type === 'FulfillmentPlanned' && data['stream'] === `order-${orderId}`;
  });
  return found.at(-1)?.data['data'] as Planned;
};

/** Places an order that must be confirmed. @returns its plan, and the locations of its goods as text: `glasgow 2, leeds 1` */
const placed = async (lines: readonly object[], more: object = {}) => {
  const order = anOrder(lines, { country: 'GB', near: EDINBURGH, ...more });
  const before = String((await staff.read('/v1/status'))['head']);
  const answer = await staff.send('PlaceOrder', order, web);
  expect(answer).toMatchObject({ status: 200, body: { state: 'confirmed' } });
  const plan = await planOf(order.orderId, before);
  return { plan, from: plan.allocations.map(({ locationId, quantity }) => `${locationId} ${quantity}`).join(', ') };
};

beforeAll(async () => {
  kontor = await Kontor.start();
  staff = kontor.staff;
  for (const place of PLACES) await staff.done('RegisterLocation', { ...place, name: place.locationId, country: 'GB' });
  await staff.done('ConfigureChannel', {
    ...{ channelId: 'web', name: 'Web', kind: 'web', currency: 'GBP', locale: 'en-GB' },
    locations: PLACES.map(({ locationId }) => ({ locationId, methods: ['ship', 'pickup'], safetyStock: 0 })),
    ...{ reservationTtlSeconds: 900, promisesIncoming: false },
  });
});

afterAll(() => kontor.stop(), 60_000);

describe('without a policy', () => {
  it('goods come from the first location of the channel that has all of them', async () => {
    const sku = await stocked({ warehouse: 5, glasgow: 5 });
    const { from, plan } = await placed([aLine(sku, 2)]);
    expect(from).toBe('warehouse 2');
    expect(plan).not.toHaveProperty('sourcing');
  });
});

describe('with a policy', () => {
  beforeAll(async () => {
    await staff.done('PublishSourcingPolicy', policy);
    await staff.done('ActivateSourcingPolicy', { policyId: 'north', version: 1, channel: 'web' });
  });

  it('goods come from the nearest store, and the plan says why', async () => {
    const sku = await stocked({ warehouse: 5, leeds: 5, glasgow: 5 });
    const { from, plan } = await placed([aLine(sku, 2)]);
    expect(from).toBe('glasgow 2');
    expect(plan.sourcing).toMatchObject({
      policyId: 'north',
      version: 1,
      judgements: [
        { strategy: 'near', scores: [{ locationId: 'glasgow' }, { locationId: 'leeds' }, { locationId: 'warehouse' }] },
      ],
    });
  });

  it('an order is split over stores and the warehouse when no location has all of it', async () => {
    const sku = await stocked({ warehouse: 3, leeds: 2, glasgow: 1 });
    const { from } = await placed([aLine(sku, 6)]);
    expect(from).toBe('glasgow 1, leeds 2, warehouse 3');
    await kontor.settled();
    const { items } = (await staff.read(`/v1/stock/${sku}`)) as { items: { hardReserved: number }[] };
    expect(items.map(({ hardReserved }) => hardReserved).sort()).toEqual([1, 2, 3]);
  });

  it('a paused location is left out, and the plan says so', async () => {
    const sku = await stocked({ leeds: 5, glasgow: 5 });
    await staff.done('PauseLocation', { locationId: 'glasgow', reason: 'stocktaking' });
    const { from, plan } = await placed([aLine(sku, 2)]);
    await staff.done('ResumeLocation', { locationId: 'glasgow' });
    expect(from).toBe('leeds 2');
    expect(plan.sourcing?.judgements[0]?.excluded).toEqual([{ locationId: 'glasgow', reason: 'paused' }]);
  });

  it('valuable goods come from the warehouse only', async () => {
    const sku = await stocked({ warehouse: 5, glasgow: 5 });
    const dear = { unitPrice: { amount: 10_000, scale: 2 } };
    const { from, plan } = await placed([aLine(sku, 1, dear)]);
    expect(from).toBe('warehouse 1');
    expect(plan.sourcing?.judgements[0]?.strategy).toBe('valuable');
    const scarce = await stocked({ glasgow: 5 });
    const order = anOrder([aLine(scarce, 1, dear)]);
    await expect(staff.send('PlaceOrder', order, web)).resolves.toMatchObject({ body: { state: 'rejected' } });
  });

  it('units that a store lacks for a pickup are shipped there', async () => {
    const sku = await stocked({ leeds: 1, glasgow: 5 });
    const { from, plan } = await placed([aLine(sku, 3, { method: 'pickup', locationId: 'leeds' })]);
    expect(from).toBe('leeds 1, glasgow 2');
    expect(plan.allocations[1]?.lines).toMatchObject([{ pickupAt: 'leeds' }]);
  });

  it('a new version is used once it is activated, and the old one can be activated again', async () => {
    const farFirst = [{ name: 'far', criteria: [{ by: 'priority', weight: 1 }], fallback: 'reject' }];
    await staff.done('PublishSourcingPolicy', { policyId: 'north', strategies: farFirst });
    const sku = await stocked({ warehouse: 9, glasgow: 9 });
    await expect(placed([aLine(sku)])).resolves.toMatchObject({ from: 'glasgow 1' });
    await staff.done('ActivateSourcingPolicy', { policyId: 'north', version: 2, channel: 'web' });
    await expect(placed([aLine(sku)])).resolves.toMatchObject({ from: 'warehouse 1' });
    await staff.done('ActivateSourcingPolicy', { policyId: 'north', version: 1, channel: 'web' });
    await expect(placed([aLine(sku)])).resolves.toMatchObject({ from: 'glasgow 1' });
  });

  it('a version that was not published cannot be activated', async () => {
    await expect(
      staff.send('ActivateSourcingPolicy', { policyId: 'north', version: 9, channel: 'web' }),
    ).resolves.toMatchObject({ status: 404, body: { type: '/problems/policy-not-found', newest: 2 } });
    const shop = await kontor.channel('web', ['orders:place']);
    await expect(shop.send('PublishSourcingPolicy', policy)).resolves.toMatchObject({ status: 403 });
  });
});

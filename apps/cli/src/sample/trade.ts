/** An invented sample of trade: one warehouse, three stores, four channels, 241 SKUs, 60 customers, a week of orders. */
import { type BatchCommand } from '#client';
import { KONTOR_NAMESPACE, Random, uuidv5 } from '#kernel';
import { FIRST_NAMES, LAST_NAMES, products } from './goods.js';

export const SEED = 20_260;
const DAY_MS = 86_400_000;
const DAYS = 7;
const ORDERS_A_DAY = 60;

const WAREHOUSE = 'leeds-warehouse';
export const STORES = ['london-soho', 'york-shambles', 'bath-milsom'] as const;
const STORE_NAMES = { 'london-soho': 'London Soho', 'york-shambles': 'York Shambles', 'bath-milsom': 'Bath Milsom' };

const allLocations = [WAREHOUSE, ...STORES];
const ships = (locationId: string, safetyStock: number) => ({ locationId, methods: ['ship', 'pickup'], safetyStock });
const sells = (locationId: string) => ({ locationId, methods: ['carry-out', 'ship', 'pickup'], safetyStock: 0 });

export const CHANNELS = [
  { channelId: 'web', name: 'Web shop', kind: 'web', locations: allLocations.map((id) => ships(id, 1)) },
  { channelId: 'app', name: 'App', kind: 'app', locations: allLocations.map((id) => ships(id, 0)) },
  { channelId: 'marketplace', name: 'Marketplace', kind: 'marketplace', locations: [ships(WAREHOUSE, 5)] },
  { channelId: 'till', name: 'Tills', kind: 'till', locations: [...STORES, WAREHOUSE].map(sells) },
] as const;

export const customers = FIRST_NAMES.flatMap((first) =>
  LAST_NAMES.map((last) => ({ first, last, customerId: uuidv5(KONTOR_NAMESPACE, `sample/customer/${first} ${last}`) })),
);

export const commandLine = (
  command: string,
  id: string,
  data: object,
  more: Partial<BatchCommand> = {},
): BatchCommand => ({
  command,
  id: `sample/${id}`,
  data,
  ...more,
});

/** Locations come before everything else. */
export const locations = (): BatchCommand[] => [
  commandLine('RegisterLocation', WAREHOUSE, {
    locationId: WAREHOUSE,
    name: 'Leeds warehouse',
    type: 'warehouse',
    country: 'GB',
  }),
  ...STORES.map((locationId) =>
    commandLine('RegisterLocation', locationId, {
      locationId,
      name: STORE_NAMES[locationId],
      type: 'store',
      country: 'GB',
    }),
  ),
];

export const channels = (): BatchCommand[] =>
  CHANNELS.map((channel) =>
    commandLine('ConfigureChannel', `channel/${channel.channelId}`, {
      ...channel,
      currency: 'GBP',
      locale: 'en-GB',
      reservationTtlSeconds: 900,
      promisesIncoming: false,
    }),
  );

/** Two articles that only one location has each, so that an order of both is sent from two. */
export const PRINT = { sku: 'PRINT-SIGNED', title: 'Print, signed', pence: 4500, locationId: 'bath-milsom' };
export const FRAME = { sku: 'FRAME-OAK', title: 'Frame, oak', pence: 2900, locationId: WAREHOUSE };

/** Opening stock, which was there before the week of {@link history}, and customers. */
export const masterData = (until: number): BatchCommand[] => {
  const random = new Random(SEED);
  const occurredAt = new Date(until - (DAYS + 1) * DAY_MS).toISOString();
  const opening = (sku: string, locationId: string, quantity: number) => {
    const data = { sku, locationId, quantity, ref: 'opening stock' };
    return commandLine('ReceiveStock', `opening/${sku}/${locationId}`, data, { occurredAt });
  };
  return [
    ...products.flatMap(({ sku }) =>
      allLocations.map((locationId) => {
        const quantity = locationId === WAREHOUSE ? random.between(40, 120) : random.between(5, 25);
        return opening(sku, locationId, quantity);
      }),
    ),
    ...[PRINT, FRAME].map(({ sku, locationId }) => opening(sku, locationId, 6)),
    ...customers.map(({ first, last, customerId }) =>
      commandLine(
        'RegisterCustomer',
        `customer/${customerId}`,
        {
          customerId,
          contact: { name: `${first} ${last}`, email: `${first}.${last}@example.com`.toLowerCase() },
          country: 'GB',
          locale: 'en-GB',
        },
        { channel: 'web' },
      ),
    ),
  ];
};

export const orderLines = (random: Random, place: object) =>
  Array.from({ length: random.between(1, 3) }, (_, index) => {
    const { sku, title, pence } = random.pick(products);
    const unitPrice = { amount: pence, scale: 2 };
    return { lineId: String(index + 1), sku, title, quantity: random.between(1, 2), unitPrice, ...place };
  });

/** A sale at a till, complete when it is recorded. */
const tillSale = (random: Random, id: string) => {
  const locationId = random.pick(STORES);
  const buyer = random.next() < 0.4 ? { customerId: random.pick(customers).customerId } : {};
  return {
    orderId: id,
    currency: 'GBP',
    ...buyer,
    lines: orderLines(random, { method: 'carry-out', locationId }),
    charges: [],
  };
};

/** An order that was shipped in the past week. */
const shippedOrder = (random: Random, id: string) => ({
  ...tillSale(random, id),
  customerId: random.pick(customers).customerId,
  lines: orderLines(random, { method: 'ship', locationId: WAREHOUSE }),
  charges: [{ chargeId: 'shipping', kind: 'shipping', quantity: 1, unitPrice: { amount: 395, scale: 2 } }],
});

export const REMOTE_CHANNELS = ['web', 'app', 'marketplace'] as const;

/** A week of completed orders and some returns. @param until the end of that week, in milliseconds since 1970 */
export const history = (until: number): BatchCommand[] => {
  const random = new Random(SEED + 1);
  return Array.from({ length: DAYS * ORDERS_A_DAY }, (_, n) => {
    const occurredAt = new Date(until - DAYS * DAY_MS + (n * DAY_MS) / ORDERS_A_DAY).toISOString();
    const id = `sample-${String(n + 1).padStart(4, '0')}`;
    const atTill = random.next() < 0.5;
    const channel = atTill ? 'till' : random.pick(REMOTE_CHANNELS);
    const order = atTill ? tillSale(random, id) : shippedOrder(random, id);
    const lines = [commandLine('RecordOrder', id, order, { channel, occurredAt })];
    return random.next() < 0.06 ? [...lines, returnOf(random, order, occurredAt)] : lines;
  }).flat();
};

interface SoldOrder {
  readonly orderId: string;
  readonly customerId?: string | undefined;
  readonly lines: readonly { lineId: string; sku: string; unitPrice: object }[];
}

const returnOf = (random: Random, order: SoldOrder, soldAt: string): BatchCommand => {
  const [sold] = order.lines;
  const { orderId, customerId } = order;
  const { lineId, sku, unitPrice } = sold ?? random.pick(order.lines);
  const back = { lineId: '1', sku, quantity: 1, unitPrice, locationId: random.pick(STORES), disposition: 'restock' };
  const data = {
    returnId: `${orderId}-return`,
    currency: 'GBP',
    ...(customerId === undefined ? {} : { customerId }),
    lines: [{ ...back, original: { orderId, lineId } }],
    credits: [],
  };
  const occurredAt = new Date(Date.parse(soldAt) + 3_600_000).toISOString();
  return commandLine('RecordReturn', data.returnId, data, { channel: 'till', occurredAt });
};

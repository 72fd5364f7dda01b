/**
 * A sample of trade, made up: one warehouse, three stores, four channels, 240 SKUs, 60 customers and a week of orders.
 * Nobody in it exists.
 */
import { KONTOR_NAMESPACE, Random, uuidv5 } from '#kernel';
import { type CommandLine } from '../client.js';
import { FIRST, LAST, products } from './goods.js';

export const SEED = 20_260;
const DAY_MS = 86_400_000;
const DAYS = 7;
const ORDERS_A_DAY = 60;

export const WAREHOUSE = 'leeds-warehouse';
export const STORES = ['london-soho', 'york-shambles', 'bath-milsom'] as const;

const everywhere = [WAREHOUSE, ...STORES];
const ships = (locationId: string, safetyStock: number) => ({ locationId, methods: ['ship', 'pickup'], safetyStock });
const sells = (locationId: string) => ({ locationId, methods: ['carry-out', 'ship', 'pickup'], safetyStock: 0 });

const CHANNELS = [
  { channelId: 'web', name: 'Web shop', kind: 'web', locations: everywhere.map((id) => ships(id, 1)) },
  { channelId: 'app', name: 'App', kind: 'app', locations: everywhere.map((id) => ships(id, 0)) },
  { channelId: 'marketplace', name: 'Marketplace', kind: 'marketplace', locations: [ships(WAREHOUSE, 5)] },
  { channelId: 'till', name: 'Tills', kind: 'till', locations: [...STORES, WAREHOUSE].map(sells) },
] as const;

export const customerIds = FIRST.flatMap((first) =>
  LAST.map((last) => ({ first, last, customerId: uuidv5(KONTOR_NAMESPACE, `sample/customer/${first} ${last}`) })),
);

export const line = (command: string, id: string, data: object, more: Partial<CommandLine> = {}): CommandLine => ({
  command,
  id: `sample/${id}`,
  data,
  ...more,
});

/** They must be there before anything else. */
export const places = (): CommandLine[] => [
  line('RegisterLocation', WAREHOUSE, {
    locationId: WAREHOUSE,
    name: 'Leeds warehouse',
    type: 'warehouse',
    country: 'GB',
  }),
  ...STORES.map((locationId) =>
    line('RegisterLocation', locationId, {
      locationId,
      name: locationId.replace('-', ', '),
      type: 'store',
      country: 'GB',
    }),
  ),
];

export const channels = (): CommandLine[] =>
  CHANNELS.map((channel) =>
    line('ConfigureChannel', `channel/${channel.channelId}`, {
      ...channel,
      currency: 'GBP',
      locale: 'en-GB',
      reservationTtlSeconds: 900,
      promisesIncoming: false,
    }),
  );

/** Only one store has it. */
export const PRINT = { sku: 'PRINT-SIGNED', title: 'Print, signed', pence: 4500, locationId: 'bath-milsom' };

/** Opening stock and customers. */
export const masterData = (): CommandLine[] => {
  const random = new Random(SEED);
  return [
    ...products.flatMap(({ sku }) =>
      everywhere.map((locationId) => {
        const quantity = locationId === WAREHOUSE ? random.between(40, 120) : random.between(5, 25);
        return line('ReceiveStock', `opening/${sku}/${locationId}`, {
          sku,
          locationId,
          quantity,
          ref: 'opening stock',
        });
      }),
    ),
    line('ReceiveStock', `opening/${PRINT.sku}`, {
      ...{ sku: PRINT.sku, locationId: PRINT.locationId, quantity: 6, ref: 'opening stock' },
    }),
    ...customerIds.map(({ first, last, customerId }) =>
      line(
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

export const linesOf = (random: Random, place: object) =>
  Array.from({ length: random.between(1, 3) }, (_, index) => {
    const { sku, title, pence } = random.pick(products);
    const unitPrice = { amount: pence, scale: 2 };
    return { lineId: String(index + 1), sku, title, quantity: random.between(1, 2), unitPrice, ...place };
  });

/** A till's receipt: sold and gone. */
const receipt = (random: Random, id: string) => {
  const locationId = random.pick(STORES);
  const buyer = random.next() < 0.4 ? { customerId: random.pick(customerIds).customerId } : {};
  return {
    orderId: id,
    currency: 'GBP',
    ...buyer,
    lines: linesOf(random, { method: 'carry-out', locationId }),
    charges: [],
  };
};

/** An order that was shipped in the days before. */
const shipped = (random: Random, id: string) => ({
  ...receipt(random, id),
  customerId: random.pick(customerIds).customerId,
  lines: linesOf(random, { method: 'ship', locationId: WAREHOUSE }),
  charges: [{ chargeId: 'shipping', kind: 'shipping', quantity: 1, unitPrice: { amount: 395, scale: 2 } }],
});

export const REMOTE = ['web', 'app', 'marketplace'] as const;

/** A week of orders that are done, and some returns; business time ends at `until`. */
export const history = (until: number): CommandLine[] => {
  const random = new Random(SEED + 1);
  return Array.from({ length: DAYS * ORDERS_A_DAY }, (_, n) => {
    const occurredAt = new Date(until - DAYS * DAY_MS + (n * DAY_MS) / ORDERS_A_DAY).toISOString();
    const id = `sample-${String(n + 1).padStart(4, '0')}`;
    const atTill = random.next() < 0.5;
    const channel = atTill ? 'till' : random.pick(REMOTE);
    const order = atTill ? receipt(random, id) : shipped(random, id);
    const lines = [line('RecordOrder', id, order, { channel, occurredAt })];
    return random.next() < 0.06 ? [...lines, comeback(random, order, occurredAt)] : lines;
  }).flat();
};

interface Sold {
  readonly orderId: string;
  readonly customerId?: string | undefined;
  readonly lines: readonly { lineId: string; sku: string; unitPrice: object }[];
}

const comeback = (random: Random, order: Sold, soldAt: string): CommandLine => {
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
  return line('RecordReturn', data.returnId, data, { channel: 'till', occurredAt });
};

/** What the summary shows. */
export const SHOWN = {
  sku: products[0]?.sku ?? '',
  orderId: 'sample-today-01',
  channels: CHANNELS.map((one) => one.channelId),
};

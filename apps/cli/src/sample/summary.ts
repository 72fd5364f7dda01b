import { join } from 'node:path';
import { ApiProblem, type KontorClient } from '../client.js';
import { hasPaymentSimulator } from '../settings.js';
import { columns } from '../terminal.js';
import { products } from './goods.js';
import { EXAMPLES } from './today.js';
import { CHANNELS } from './trade.js';

export interface Summary {
  readonly api: string;
  readonly docs: string;
  readonly adminKeyFile: string;
  readonly lines: readonly string[];
}

interface Named {
  readonly name: string;
}

type Location = Named & { readonly locationId: string };

interface Availability {
  readonly atp: number;
  readonly byLocation: readonly { readonly locationId: string; readonly available: number }[];
}

interface Order {
  readonly state: string;
  readonly orderState: string;
  readonly channel: string;
  readonly total: number;
  readonly currency: string;
  readonly customerId?: string;
}

interface Customer {
  readonly contact?: { readonly name?: string; readonly email?: string };
  readonly channels: readonly string[];
  readonly orders: number;
  readonly unitsBought: number;
  readonly unitsReturned: number;
  readonly value: Readonly<Record<string, number>>;
  readonly firstPurchase?: string | null;
}

const EXAMPLE_ORDER = EXAMPLES.delivered;

/** @returns undefined if the store does not have the sample. @throws ApiProblem if the API fails */
const ifFound = async <Answer>(asked: Promise<Answer>): Promise<Answer | undefined> => {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ApiProblem && error.status < 500) return undefined;
    throw error;
  }
};

const money = (minorUnits: number, currency: string) => `${(minorUnits / 100).toFixed(2)} ${currency}`;

const minuteOf = (instant: string) => instant.slice(0, 16).replace('T', ' ');

/** "OrderPickupAvailable" of schema.org as words. */
const wordsOf = (orderState: string) =>
  orderState
    .replace(/^Order/, '')
    .replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter}`)
    .toLowerCase();

const nameOfChannel = (id: string) => CHANNELS.find(({ channelId }) => channelId === id)?.name ?? id;

const availabilityLines = async (client: KontorClient, locations: readonly Location[]): Promise<string[]> => {
  const [product] = products;
  if (!product) throw new Error('The sample has no products');
  const rows = CHANNELS.map(async ({ channelId, name }) => {
    const path = `/v1/availability?channel=${channelId}&sku=${encodeURIComponent(product.sku)}`;
    const found = (await client.get<{ items: readonly Availability[] }>(path)).items[0];
    const at = new Map(found?.byLocation.map(({ locationId, available }) => [locationId, String(available)]));
    return [name, String(found?.atp ?? 0), ...locations.map(({ locationId }) => at.get(locationId) ?? '-')];
  });
  const header = ['', 'in all', ...locations.map(({ name }) => name)];
  return [
    `${product.title} (${product.sku}): units that each channel can sell now, without its safety stock`,
    ...columns([header, ...(await Promise.all(rows))]),
  ];
};

/** A text of the timeline for people: locations by their names, without ids of the system. */
const textForPeople = (text: string, locations: readonly Location[]) =>
  locations.reduce(
    (result, { locationId, name }) => result.replaceAll(locationId, name),
    text.replaceAll(/ \([0-9a-f-]{36}\)/g, ''),
  );

const orderLines = async (client: KontorClient, order: Order, locations: readonly Location[]): Promise<string[]> => {
  const path = `/v1/orders/${EXAMPLE_ORDER}/timeline`;
  const { items } = await client.get<{ items: { occurredAt: string; text: string }[] }>(path);
  const { channel, total, currency, orderState } = order;
  return [
    `Order ${EXAMPLE_ORDER}: ${nameOfChannel(channel)}, ${money(total, currency)}, ${wordsOf(orderState)}`,
    ...items.map(({ occurredAt, text }) => `  ${minuteOf(occurredAt)}  ${textForPeople(text, locations)}`),
  ];
};

const customerLines = ({ contact, channels, ...customer }: Customer): string[] => [
  `Its customer: ${contact?.name ?? 'unknown'}, ${contact?.email ?? 'no address'}`,
  ...columns([
    ['bought on', channels.map(nameOfChannel).join(', ')],
    ['first purchase', customer.firstPurchase ? minuteOf(customer.firstPurchase) : 'never'],
    ['orders', String(customer.orders)],
    [
      'worth',
      Object.entries(customer.value)
        .map(([currency, amount]) => money(amount, currency))
        .join(', '),
    ],
    ['units', `${customer.unitsBought} bought, ${customer.unitsReturned} returned`],
  ]),
];

const workLines = async (client: KontorClient, locations: readonly Location[]): Promise<string[]> => {
  const rows = locations.map(async ({ locationId, name }) => {
    const path = `/v1/locations/${locationId}/worklist?limit=200`;
    const { items } = await client.get<{ items: readonly { state: string }[] }>(path);
    const states = [...Map.groupBy(items, ({ state }) => state)];
    return [name, states.map(([state, found]) => `${found.length} ${state}`).join(', ') || 'nothing to do'];
  });
  return ['Open work of the locations', ...columns(await Promise.all(rows))];
};

const exampleLines = (): string[] => [
  'Orders to look at',
  ...columns([
    [EXAMPLES.byGiftCard, 'paid with a gift card and a card'],
    [EXAMPLES.toCollect, 'waits to be collected'],
    [EXAMPLES.split, 'sent from two locations'],
    [EXAMPLES.returned, 'came back and was refunded'],
    [EXAMPLES.paidAtTill, 'paid when it was collected'],
  ]),
];

const nextLines = (): string[] => [
  'Paste into a second terminal:',
  `  npm run -s kontor -- timeline order ${EXAMPLES.split}`,
  `  npm run -s kontor -- explain stock ${products[0]?.sku} leeds-warehouse`,
  '  npm run -s kontor -- status',
  'Then: README.md, "Your first command, and its events"',
];

/** The state of the sample; empty if the store has other trade. */
const sampleLines = async (client: KontorClient): Promise<string[]> => {
  const order = await ifFound(client.get<Order>(`/v1/orders/${EXAMPLE_ORDER}`));
  if (!order) return [];
  const { items: locations } = await client.get<{ items: readonly Location[] }>('/v1/locations');
  const customer =
    order.customerId === undefined
      ? undefined
      : await ifFound(client.get<Customer>(`/v1/customers/${order.customerId}`));
  return [
    ...(await availabilityLines(client, locations)),
    '',
    ...(await orderLines(client, order, locations)),
    '',
    ...(customer ? [...customerLines(customer), ''] : []),
    ...(await workLines(client, locations)),
    '',
    ...(hasPaymentSimulator() ? [...exampleLines(), ''] : []),
  ];
};

/** The first output for a newcomer: the state of the sample, the addresses, and the next commands. */
export const summaryOf = async (client: KontorClient, dataDir: string, withSample: boolean): Promise<Summary> => {
  const adminKeyFile = join(dataDir, 'admin-key');
  const docs = `${client.url}/docs`;
  const sample = withSample ? await sampleLines(client) : [];
  const lines = [
    '',
    ...sample,
    'Kontor runs',
    ...columns([
      ['API', client.url],
      ['try it', docs],
      ['admin key', `${adminKeyFile} (for this machine only; create one for each channel with kontor keys create)`],
      ['SQL', `databaseBiUrl in ${join(dataDir, 'run.json')}; the views of schema bi are for analysts`],
      ['logs', join(dataDir, 'logs')],
    ]),
    '',
    ...(sample.length > 0 ? nextLines() : ['Next: README.md, "Your first command, and its events"']),
    '',
  ];
  return { api: client.url, docs, adminKeyFile, lines };
};

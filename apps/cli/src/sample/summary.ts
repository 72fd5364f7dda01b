import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApiProblem, type KontorClient } from '../client.js';
import { TOLD } from './today.js';
import { SHOWN, STORES, WAREHOUSE } from './trade.js';
import { hasPaymentSimulator } from '../settings.js';

export interface Summary {
  readonly api: string;
  readonly docs: string;
  readonly adminKeyFile: string;
  readonly lines: readonly string[];
}

interface Sku {
  readonly channel: string;
  readonly atp: number;
  readonly byLocation: readonly { readonly locationId: string; readonly available: number }[];
}

type Order = Readonly<{
  orderId: string;
  state: string;
  orderState: string;
  total: number;
  currency: string;
  customerId?: string;
}>;

const orNothing = async <Answer>(asked: Promise<Answer>): Promise<Answer | undefined> => {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ApiProblem && error.status < 500) return undefined; // not this store's trade
    throw error;
  }
};

const availability = async (client: KontorClient): Promise<string[]> => {
  const lines: string[] = [];
  for (const channel of SHOWN.channels) {
    const path = `/v1/availability?channel=${channel}&sku=${encodeURIComponent(SHOWN.sku)}`;
    const answer = await orNothing(client.get<{ items: readonly Sku[] }>(path));
    const [found] = answer?.items ?? [];
    if (!found) continue;
    const where = found.byLocation.map(({ locationId, available }) => `${locationId} ${available}`).join(', ');
    lines.push(`  ${channel.padEnd(12)} ${String(found.atp).padStart(5)}   ${where}`);
  }
  return lines.length > 0 ? [`Availability of ${SHOWN.sku}, per channel (safety stock taken off):`, ...lines, ''] : [];
};

const orderAndCustomer = async (client: KontorClient): Promise<string[]> => {
  const order = await orNothing(client.get<Order>(`/v1/orders/${SHOWN.orderId}`));
  if (!order) return [];
  const { items } = await client.get<{ items: { occurredAt: string; text: string }[] }>(
    `/v1/orders/${SHOWN.orderId}/timeline`,
  );
  const customer = order.customerId && (await orNothing(client.get<object>(`/v1/customers/${order.customerId}`)));
  return [
    `Order ${order.orderId}: ${order.state}, ${order.orderState}, ${(order.total / 100).toFixed(2)} ${order.currency}`,
    ...items.map(({ occurredAt, text }) => `  ${occurredAt}  ${text}`),
    '',
    ...(customer ? ['Its customer, all around:', `  ${JSON.stringify(customer)}`, ''] : []),
  ];
};

interface Work {
  readonly items: readonly { readonly state: string }[];
}

/** What waits where, and which orders show what. */
const workToDo = async (client: KontorClient): Promise<string[]> => {
  const places = [WAREHOUSE, ...STORES].map(async (place) => {
    const answer = await orNothing(client.get<Work>(`/v1/locations/${place}/worklist?limit=200`));
    const states = Map.groupBy(answer?.items ?? [], ({ state }) => state);
    const counts = [...states].map(([state, items]) => `${items.length} ${state}`);
    return counts.length > 0 ? [`${place} ${counts.join(', ')}`] : [];
  });
  const told = (await Promise.all(places)).flat();
  return [`Work of the locations: ${told.join('; ')}`, ...whatToLookAt(client.url), ''];
};

/** Only a simulator was asked for payments. */
const whatToLookAt = (url: string) => {
  const { byGiftCard, toCollect, split, returned, paidAtTill } = TOLD;
  if (!hasPaymentSimulator()) return [];
  return [
    `Look at ${byGiftCard} (gift card and card), ${toCollect} (waits to be collected), ${split} (sent from two places),`,
    `  ${returned} (came back, refunded), ${paidAtTill} (paid when it was collected): ${url}/v1/orders/<id>`,
  ];
};

const firstSteps = (url: string, keyFile: string) => [
  'Try it:',
  `  KEY=$(cat ${keyFile})`,
  `  curl -s -H "Authorization: Bearer $KEY" '${url}/v1/availability?channel=web&sku=${SHOWN.sku}'`,
  `  curl -s -H "Authorization: Bearer $KEY" ${url}/v1/orders/${SHOWN.orderId}/timeline`,
  `  curl -s -H "Authorization: Bearer $KEY" -H 'Kontor-Channel: web' -H 'Prefer: wait=5' \\`,
  `    -H "Idempotency-Key: $(cat /proc/sys/kernel/random/uuid)" -H 'Content-Type: application/json' \\`,
  `    -d '{"orderId":"my-first-order","lines":[{"lineId":"1","sku":"${SHOWN.sku}","quantity":1,"unitPrice":{"amount":1999,"scale":2},"method":"ship"}],"charges":[]}' \\`,
  `    ${url}/v1/commands/PlaceOrder`,
  '',
];

/** What became of the sample, and what to do with it. */
const sampleLines = async (client: KontorClient, keyFile: string) => {
  const order = await orderAndCustomer(client);
  if (order.length === 0) return undefined; // not this store's trade
  return {
    trade: [...(await availability(client)), ...order, ...(await workToDo(client))],
    steps: firstSteps(client.url, keyFile),
  };
};

/** What a newcomer should see first: that it runs, what is in it if that is the sample, and what to type next. */
export const summaryOf = async (client: KontorClient, dataDir: string, withSample: boolean): Promise<Summary> => {
  const adminKeyFile = join(dataDir, 'admin-key');
  readFileSync(adminKeyFile); // it must be there: the lines below name it
  const docs = `${client.url}/docs`;
  const sample = withSample ? await sampleLines(client, adminKeyFile) : undefined;
  const lines = [
    '',
    ...(sample?.trade ?? []),
    `API        ${client.url}`,
    `Try it     ${docs}`,
    `Admin key  ${adminKeyFile} (for this machine only; make one per channel: kontor keys create)`,
    `SQL        ${join(dataDir, 'run.json')} has the addresses; schema bi is for analysts`,
    `Logs       ${join(dataDir, 'logs')}`,
    '',
    ...(sample?.steps ?? ['What next: README.md, "Your first command, and its events"', '']),
  ];
  return { api: client.url, docs, adminKeyFile, lines };
};

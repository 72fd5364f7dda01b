import { setTimeout as pause } from 'node:timers/promises';
import { SupplierSimulator } from '../../simulators/partners/supplier.js';
import { persist } from '../../support/insist.js';
import { type Market, type Participant } from './participant.js';

const PAUSE_MS = 400;
const TOKEN = 'a-token-of-acme';
const LOCATION = 'supplier';

/** What it says is said again until there is an answer. */
const say = (send: () => ReturnType<SupplierSimulator['send']>) => persist(send, ({ status }) => status < 500);

/** Sends to buyers of the web shop: has goods of its own, says so in feeds, ships most requests and rejects some. */
export const supplier = (): Participant => {
  const acme = new SupplierSimulator(TOKEN);
  const answered = new Set<string>();
  let [shipped, rejected] = [0, 0];
  let kontor = { url: '', key: '' };

  /** The web shop sells from the supplier first. */
  const begin = async ({ kontor: { staff, runFile }, skus }: Market) => {
    const place = { locationId: LOCATION, name: 'Acme', type: 'dropship', country: 'GB' };
    await staff.done('RegisterLocation', place);
    const terms = { currency: 'GBP', locale: 'en-GB', reservationTtlSeconds: 900, promisesIncoming: false };
    const from = (locationId: string) => ({ locationId, methods: ['ship'], safetyStock: 0 });
    const edi = { channelId: 'edi', name: 'Acme', kind: 'dropship', locations: [from(LOCATION)] };
    const web = { channelId: 'web', name: 'Web', kind: 'web', locations: [LOCATION, 'warehouse', 'store'].map(from) };
    for (const channel of [edi, web]) await staff.done('ConfigureChannel', { ...channel, ...terms });
    const scopes = ['stock:read', 'stock:write', 'fulfillment:work'];
    const { body } = await staff.post('/v1/keys', { channel: 'edi', name: 'acme', scopes });
    kontor = { url: `${runFile.channelsUrl}/v1/acme`, key: (body as { secret: string }).secret };
    for (const sku of skus) acme.stock.set(sku, 15);
    await feed();
  };

  const feed = async () => {
    const { status, body } = await say(() => acme.sendFeed(kontor, [...acme.stock.keys()]));
    const isRight = status === 200 && (body['wrong'] as object[]).length === 0;
    if (!isRight) acme.complaints.push(`a feed was answered with ${status}: ${JSON.stringify(body)}`);
  };

  const answer = async () => {
    for (const [id, { lines }] of acme.orders) {
      if (answered.has(id)) continue;
      answered.add(id);
      if (answered.size % 9 === 0) for (const { sku } of lines) acme.stock.set(sku, 0); // the shelf is empty
      if (lines.some(({ sku, quantity }) => (acme.stock.get(sku) ?? 0) < quantity)) {
        await say(() => acme.reject(kontor, id, 'OUT_OF_STOCK'));
        rejected++;
      } else {
        await say(() => acme.accept(kontor, id));
        const { status } = await say(() => acme.ship(kontor, id));
        if (status !== 200) acme.complaints.push(`${id} cannot be shipped: ${status}`);
        shipped++;
      }
    }
  };

  return {
    name: 'dropshipper',
    channel: 'edi',
    open: async () => ({
      ...{
        name: 'acme',
        kind: 'dropshipper',
        channel: 'edi',
        location: LOCATION,
        url: await acme.start(),
        token: TOKEN,
      },
    }),
    trade: async (market, signal) => {
      const complain = (error: unknown) => acme.complaints.push(String(error));
      await begin(market).catch(complain);
      for (let turn = 1; !signal.aborted; turn++) {
        await answer().catch(complain);
        if (turn % 8 === 0) {
          for (const [sku, quantity] of acme.stock) if (quantity < 3) acme.stock.set(sku, quantity + 8);
          await feed().catch(complain);
        }
        await pause(PAUSE_MS, undefined, { signal }).catch(() => undefined);
      }
    },
    catchUp: async ({ channels }) => {
      await answer();
      await channels.settled();
      await feed();
      await channels.settled();
    },
    heard: () => acme.orders.size,
    line: () => `${acme.line}, ${shipped} shipped, ${rejected} rejected`,
    stockOf: (sku) => acme.stock.get(sku),
    complaints: () => acme.complaints,
    close: () => acme.stop(),
  };
};

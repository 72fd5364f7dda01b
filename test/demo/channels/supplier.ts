import { setTimeout as sleep } from 'node:timers/promises';
import { SupplierSimulator } from '../../simulators/partners/supplier.js';
import { retryRequest } from '../../support/retry-until-answered.js';
import { type Market, type Participant } from './participant.js';

const PAUSE_MS = 400;
const TOKEN = 'a-token-of-acme';
const LOCATION = 'supplier';

/** Sends again until there is an answer. */
const sendUntilAnswered = (send: () => ReturnType<SupplierSimulator['send']>) =>
  retryRequest(send, ({ status }) => status < 500);

/** Ships to buyers of the web shop from stock of its own. It sends feeds, ships most requests, and rejects some. */
export const supplier = (): Participant => {
  const acme = new SupplierSimulator(TOKEN);
  const answered = new Set<string>();
  let [shipped, rejected] = [0, 0];
  let kontor = { url: '', key: '' };

  /** Registers the supplier, from which the web shop sells first. */
  const register = async ({ kontor: { staff, runFile }, skus }: Market) => {
    const location = { locationId: LOCATION, name: 'Acme', type: 'dropship', country: 'GB' };
    await staff.done('RegisterLocation', location);
    const terms = { currency: 'GBP', locale: 'en-GB', reservationTtlSeconds: 900, promisesIncoming: false };
    const from = (locationId: string) => ({ locationId, methods: ['ship'], safetyStock: 0 });
    const edi = { channelId: 'edi', name: 'Acme', kind: 'dropship', locations: [from(LOCATION)] };
    const web = { channelId: 'web', name: 'Web', kind: 'web', locations: [LOCATION, 'warehouse', 'store'].map(from) };
    for (const channel of [edi, web]) await staff.done('ConfigureChannel', { ...channel, ...terms });
    const scopes = ['stock:read', 'stock:write', 'fulfillment:work'];
    const { body } = await staff.post('/v1/keys', { channel: 'edi', name: 'acme', scopes });
    kontor = { url: `${runFile.channelsUrl}/v1/acme`, key: (body as { secret: string }).secret };
    for (const sku of skus) acme.stock.set(sku, 15);
    await sendFeed();
  };

  const sendFeed = async () => {
    const { status, body } = await sendUntilAnswered(() => acme.sendFeed(kontor, [...acme.stock.keys()]));
    const isRight = status === 200 && (body['wrong'] as object[]).length === 0;
    if (!isRight) acme.violations.push(`a feed was answered with ${status}: ${JSON.stringify(body)}`);
  };

  const answerRequests = async () => {
    for (const [id, { lines }] of acme.orders) {
      if (answered.has(id)) continue;
      answered.add(id);
      if (answered.size % 9 === 0) for (const { sku } of lines) acme.stock.set(sku, 0); // a request that it has to reject
      if (lines.some(({ sku, quantity }) => (acme.stock.get(sku) ?? 0) < quantity)) {
        await sendUntilAnswered(() => acme.reject(kontor, id, 'OUT_OF_STOCK'));
        rejected++;
      } else {
        await sendUntilAnswered(() => acme.accept(kontor, id));
        const { status } = await sendUntilAnswered(() => acme.ship(kontor, id));
        if (status !== 200) acme.violations.push(`${id} cannot be shipped: ${status}`);
        shipped++;
      }
    }
  };

  return {
    name: 'dropshipper',
    channel: 'edi',
    open: async () => ({
      name: 'acme',
      kind: 'dropshipper',
      channel: 'edi',
      location: LOCATION,
      url: await acme.start(),
      token: TOKEN,
    }),
    trade: async (market, signal) => {
      const recordViolation = (error: unknown) => acme.violations.push(String(error));
      await register(market).catch(recordViolation);
      for (let turn = 1; !signal.aborted; turn++) {
        await answerRequests().catch(recordViolation);
        if (turn % 8 === 0) {
          for (const [sku, quantity] of acme.stock) if (quantity < 3) acme.stock.set(sku, quantity + 8);
          await sendFeed().catch(recordViolation);
        }
        await sleep(PAUSE_MS, undefined, { signal }).catch(() => undefined);
      }
    },
    catchUp: async ({ channels }) => {
      await answerRequests();
      await channels.settled();
      await sendFeed();
      await channels.settled();
    },
    messageCount: () => acme.orders.size,
    summary: () => `${acme.summary}, ${shipped} shipped, ${rejected} rejected`,
    stockOf: (sku) => acme.stock.get(sku),
    violations: () => acme.violations,
    close: () => acme.stop(),
  };
};

import { setTimeout as sleep } from 'node:timers/promises';
import { MarketplaceSimulator } from '../../simulators/partners/marketplace.js';
import { until } from '../../support/until.js';
import { type Market, type Participant } from './participant.js';

const PAUSE_MS = 250;
const TOKEN = 'a-token-of-the-bazaar';
const skuOfBazaar = (sku: string) => `BZ-${sku}`;

/**
 * Sells under its own SKUs, limits requests, and is unavailable now and then. Some buyers cancel units, and some lines
 * have a SKU that nobody has mapped.
 */
export const marketplace = (ordersPerMinute: number): Participant => {
  const limits = { orders: ordersPerMinute + 10, notices: 900, offers: 130 };
  const bazaar = new MarketplaceSimulator({ token: TOKEN, perMinute: limits });
  const placeOrder = ({ skus }: Market, turn: number) => {
    const [first = '', second = ''] = [skus[turn % skus.length], skus[(turn * 7 + 3) % skus.length]];
    const lines = [{ sku: skuOfBazaar(first), quantity: 1 + (turn % 2) }];
    if (turn % 3 === 0 && second !== first) lines.push({ sku: skuOfBazaar(second), quantity: 1 });
    if (turn % 10 === 0) lines.push({ sku: 'a-sku-without-mapping', quantity: 1 });
    const id = bazaar.placeOrder(lines);
    if (turn % 6 === 0) bazaar.requestCancellation(id, 'L1', 1);
  };
  const mapSkus = async ({ channels, skus }: Market) => {
    const items = skus.map((sku) => ({ ours: sku, theirs: skuOfBazaar(sku), data: { price: '8.50' } }));
    const init = { headers: { 'content-type': 'application/json' }, body: JSON.stringify({ items }) };
    await channels.client.request('PUT', '/v1/bazaar/mappings/sku', init);
  };
  return {
    name: 'marketplace',
    channel: 'marketplace',
    open: async () => ({
      name: 'bazaar',
      kind: 'marketplace',
      channel: 'marketplace',
      url: await bazaar.start(),
      token: TOKEN,
      pollSeconds: 1,
      batch: 10,
      perMinute: { orders: ordersPerMinute, notices: 900, offers: 120 },
    }),
    trade: async (market, signal) => {
      await mapSkus(market).catch((error: unknown) => bazaar.violations.push(String(error)));
      for (let turn = 1; !signal.aborted; turn++) {
        placeOrder(market, turn);
        bazaar.mode = turn % 60 > 54 ? 'unavailable' : 'normal';
        await sleep(PAUSE_MS, undefined, { signal }).catch(() => undefined);
      }
      bazaar.mode = 'normal';
    },
    catchUp: async ({ channels }) => {
      const areAnswered = () => [...bazaar.orders.values()].every(({ order }) => order.status !== 'WAITING_ACCEPTANCE');
      await until(areAnswered, { for: 'the orders of the marketplace to be answered', withinMs: 120_000 });
      await channels.settled();
      const areSent = async () => (await channels.client.read('/v1/bazaar/offers'))['pending'] === 0;
      await until(areSent, { for: 'the offers to be sent', withinMs: 120_000, everyMs: 200 });
    },
    messageCount: () => bazaar.batches.length,
    summary: () => bazaar.summary,
    stockOf: (sku) => bazaar.offers.get(skuOfBazaar(sku))?.quantity,
    violations: () => bazaar.violations,
    close: () => bazaar.stop(),
  };
};

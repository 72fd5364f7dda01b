import { setTimeout as pause } from 'node:timers/promises';
import { MarketplaceSimulator } from '../../simulators/partners/marketplace.js';
import { until } from '../../support/until.js';
import { type Market, type Participant } from './participant.js';

const PAUSE_MS = 250;
const TOKEN = 'a-token-of-the-bazaar';
const theirs = (sku: string) => `BZ-${sku}`;

/** Sells by its own names, counts requests, is away now and then; some buyers change their minds, some lines nobody knows. */
export const marketplace = (ordersPerMinute: number): Participant => {
  const limits = { orders: ordersPerMinute + 10, notices: 900, offers: 130 };
  const bazaar = new MarketplaceSimulator({ token: TOKEN, perMinute: limits });
  const buy = ({ skus }: Market, turn: number) => {
    const [first = '', second = ''] = [skus[turn % skus.length], skus[(turn * 7 + 3) % skus.length]];
    const lines = [{ sku: theirs(first), quantity: 1 + (turn % 2) }];
    if (turn % 3 === 0 && second !== first) lines.push({ sku: theirs(second), quantity: 1 });
    if (turn % 10 === 0) lines.push({ sku: 'nobody-knows-it', quantity: 1 });
    const id = bazaar.buy(lines);
    if (turn % 6 === 0) bazaar.wantsNoMore(id, 'L1', 1);
  };
  const map = async ({ channels, skus }: Market) => {
    const items = skus.map((sku) => ({ ours: sku, theirs: theirs(sku), data: { price: '8.50' } }));
    const init = { headers: { 'content-type': 'application/json' }, body: JSON.stringify({ items }) };
    await channels.client.request('PUT', '/v1/bazaar/mappings/sku', init);
  };
  return {
    name: 'marketplace',
    channel: 'marketplace',
    open: async () => ({
      ...{ name: 'bazaar', kind: 'marketplace', channel: 'marketplace', url: await bazaar.start(), token: TOKEN },
      ...{ pollSeconds: 1, batch: 10, perMinute: { orders: ordersPerMinute, notices: 900, offers: 120 } },
    }),
    trade: async (market, signal) => {
      await map(market).catch((error: unknown) => bazaar.complaints.push(String(error)));
      for (let turn = 1; !signal.aborted; turn++) {
        buy(market, turn);
        bazaar.mood = turn % 60 > 54 ? 'away' : 'works';
        await pause(PAUSE_MS, undefined, { signal }).catch(() => undefined);
      }
      bazaar.mood = 'works';
    },
    catchUp: async ({ channels }) => {
      const isAnswered = () => [...bazaar.sold.values()].every(({ order }) => order.status !== 'WAITING_ACCEPTANCE');
      await until(isAnswered, { for: 'the orders of the marketplace to be answered', withinMs: 120_000 });
      await channels.settled();
      const isTold = async () => (await channels.client.read('/v1/bazaar/offers'))['pending'] === 0;
      await until(isTold, { for: 'the offers to be told', withinMs: 120_000, everyMs: 200 });
    },
    heard: () => bazaar.batches.length,
    line: () => bazaar.line,
    stockOf: (sku) => bazaar.offers.get(theirs(sku))?.quantity,
    complaints: () => bazaar.complaints,
    close: () => bazaar.stop(),
  };
};

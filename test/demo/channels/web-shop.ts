import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebShopSimulator } from '../../simulators/partners/web-shop.js';
import { retryUntilAnswered } from '../../support/retry-until-answered.js';
import { aLine, anOrder } from '../../support/shop.js';
import { type Market, type Participant } from './participant.js';

const PAUSE_MS = 60;

/** Places orders by the API, receives webhooks, and is unavailable for a moment now and then. */
export const webShop = (): Participant => {
  const shop = new WebShopSimulator(`whsec_${randomBytes(32).toString('base64')}`);
  let [placed, refused] = [0, 0];
  const placeOrder = async ({ kontor: { staff }, skus }: Market, turn: number) => {
    const order = anOrder([aLine(skus[turn % skus.length] ?? '', 1 + (turn % 3))]);
    const { body } = await retryUntilAnswered(staff, 'PlaceOrder', order, {
      key: randomUUID(),
      channel: 'web',
      wait: 5,
    });
    if ((body as { state?: string }).state === 'confirmed') placed++;
    else refused++;
  };
  return {
    name: 'web shop',
    channel: 'web',
    open: async () => ({
      name: 'shop',
      kind: 'webshop',
      channel: 'web',
      endpoints: [{ id: 'main', url: await shop.start(), secret: shop.secret, perSecond: 200 }],
    }),
    trade: async (market, signal) => {
      for (let turn = 0; !signal.aborted; turn++) {
        await placeOrder(market, turn).catch((error: unknown) => shop.violations.push(String(error)));
        shop.mode = turn % 80 > 70 ? 'unavailable' : 'normal';
        await sleep(PAUSE_MS, undefined, { signal }).catch(() => undefined);
      }
      shop.mode = 'normal';
    },
    messageCount: () => shop.webhooks.length,
    summary: () => `${placed} orders, ${refused} refused, ${shop.summary}`,
    stockOf: (sku) => shop.stock.get(sku),
    violations: () => shop.violations,
    close: () => shop.stop(),
  };
};

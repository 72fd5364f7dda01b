import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { WebShopSimulator } from '../../simulators/partners/web-shop.js';
import { insist } from '../../support/insist.js';
import { aLine, anOrder } from '../../support/shop.js';
import { type Market, type Participant } from './participant.js';

const PAUSE_MS = 60;

/** Sells by the API as fast as a small shop, hears of everything by webhooks, and is away for a moment now and then. */
export const webShop = (): Participant => {
  const shop = new WebShopSimulator(`whsec_${randomBytes(32).toString('base64')}`);
  let [placed, refused] = [0, 0];
  const buy = async ({ kontor: { staff }, skus }: Market, turn: number) => {
    const order = anOrder([aLine(skus[turn % skus.length] ?? '', 1 + (turn % 3))]);
    const { body } = await insist(staff, 'PlaceOrder', order, { key: randomUUID(), channel: 'web', wait: 5 });
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
        await buy(market, turn).catch((error: unknown) => shop.complaints.push(String(error)));
        shop.mood = turn % 80 > 70 ? 'away' : 'works';
        await pause(PAUSE_MS, undefined, { signal }).catch(() => undefined);
      }
      shop.mood = 'works';
    },
    heard: () => shop.webhooks.length,
    line: () => `${placed} orders, ${refused} refused, ${shop.line}`,
    stockOf: (sku) => shop.stock.get(sku),
    complaints: () => shop.complaints,
    close: () => shop.stop(),
  };
};

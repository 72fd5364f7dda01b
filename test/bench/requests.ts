import { type Requests } from '../simulators/event-store-requests.js';
import { startProduct } from './product.js';
import { Shop } from './shop.js';

/** Requests to the event store by one order, from its command until all of its consequences are handled. */
export interface RequestsPerOrder {
  readonly plain: Requests;
  readonly checkout: Requests;
}

const BUYERS = 8;
const SECONDS = 3;

/** Counts in a run of its own, so that counting does not slow down the measured runs. */
export const measureRequests = async (): Promise<RequestsPerOrder> => {
  const product = await startProduct({ disturbances: [], isCounted: true });
  try {
    const shop = new Shop(product, undefined);
    await shop.open();
    await shop.checkouts(BUYERS, SECONDS);
    const counted = async (work: () => Promise<{ readonly count: number }>) => {
      await product.settled();
      const before = product.requests();
      const { count } = await work();
      await product.settled();
      return each(before, product.requests(), count);
    };
    const plain = await counted(() => shop.orders(BUYERS, SECONDS));
    return { plain, checkout: await counted(() => shop.checkouts(BUYERS, SECONDS)) };
  } finally {
    await product.stop();
  }
};

const each = (before: Requests, after: Requests, count: number): Requests => {
  const of = (name: keyof Requests) => Math.round(((after[name] - before[name]) / count) * 100) / 100;
  return {
    appends: of('appends'),
    events: of('events'),
    streamReads: of('streamReads'),
    allReads: of('allReads'),
    subscriptions: of('subscriptions'),
  };
};

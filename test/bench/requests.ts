import { type Requests } from '../simulators/event-store-requests.js';
import { startProduct } from './product.js';
import { Shop } from './shop.js';

/** What one of them asks of the event store, from its command until everything that follows of it is done. */
export interface RequestsPerOrder {
  readonly plain: Requests;
  readonly checkout: Requests;
}

const BUYERS = 8;
const SECONDS = 3;

/** Counted in a run of its own, so that the counting slows nothing down that is measured. */
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

import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '#kernel';
import { shuffled, tillDay, type WrittenLine } from '../../simulators/partners/till-day.js';
import { TillSimulator } from '../../simulators/partners/till.js';
import { retryRequest } from '../../support/retry-until-answered.js';
import { type Market, type Participant } from './participant.js';

const TILL = 't1';
const DAY = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
const SEED = 11;
const IN_STORE = 30;
const SLICE = 4;
const PAUSE_MS = 2_000;

const pullStock = (simulator: TillSimulator) =>
  retryRequest(
    () => simulator.pullStock(),
    () => true,
  );

/**
 * A till that has been offline: it uploads its day in slices, out of order, each slice again with the next one, and reads
 * its stock.
 */
export const till = (): Participant => {
  const violations: string[] = [];
  const uploaded: WrittenLine[] = [];
  let simulator: TillSimulator | undefined;
  let [repeated, shortfalls] = [0, 0];

  const open = async ({ kontor, skus }: Market) => {
    for (const sku of skus)
      await kontor.staff.done('ReceiveStock', { sku, locationId: 'store', quantity: IN_STORE, ref: `store-${sku}` });
    const scopes = ['orders:record', 'orders:read', 'stock:read'];
    const { body } = await kontor.staff.post('/v1/keys', { channel: 'till', name: 'till t1', scopes });
    const { secret: key } = body as { secret: string };
    return new TillSimulator({ url: `${kontor.runFile.channelsUrl ?? ''}/v1/pos`, key, till: TILL });
  };
  const upload = async (simulator: TillSimulator, slice: readonly WrittenLine[], random: Random) => {
    const before = uploaded.slice(-SLICE);
    const lines = shuffled([...slice, ...before], random);
    const { summary } = await retryRequest(
      () => simulator.upload(DAY, lines),
      (answer) => answer.summary !== undefined,
    );
    uploaded.push(...slice);
    repeated += summary?.['repeated'] ?? 0;
    const taken = (summary?.['recorded'] ?? 0) + (summary?.['repeated'] ?? 0);
    if (taken !== slice.length + before.length)
      violations.push(`an upload was answered with ${JSON.stringify(summary)}`);
  };

  return {
    name: 'till',
    channel: 'till',
    open: () =>
      Promise.resolve({
        name: 'pos',
        kind: 'point-of-sale',
        channel: 'till',
        currency: 'GBP',
        tills: [{ id: TILL, location: 'store' }],
      }),
    trade: async (market, signal) => {
      const own = (simulator = await open(market));
      const goods = market.skus.map((sku) => ({ sku, price: 850 }));
      const { lines } = tillDay({ seed: SEED, till: TILL, day: DAY, receipts: 1_000, goods });
      const random = new Random(SEED);
      for (let from = 0; !signal.aborted && from < lines.length; from += SLICE) {
        const slice = lines.slice(from, from + SLICE);
        await upload(own, slice, random).catch((error: unknown) => violations.push(String(error)));
        await pullStock(own).catch((error: unknown) => violations.push(String(error)));
        await sleep(PAUSE_MS, undefined, { signal }).catch(() => undefined);
      }
    },
    catchUp: async () => {
      if (simulator) await pullStock(simulator);
      const report = await simulator?.report(DAY);
      shortfalls = (report?.['shortfalls'] as unknown[]).length;
      const revenue = uploaded.reduce((all, { kind, total }) => all + (kind === 'void' ? -total : total), 0);
      if (report?.['revenue'] !== revenue)
        violations.push(`Kontor reports ${JSON.stringify(report)}, the revenue of the till is ${revenue}`);
    },
    messageCount: () => uploaded.length,
    summary: () => `${uploaded.length} receipts, ${repeated} repeated, ${shortfalls} shortfalls`,
    stockOf: (sku) => simulator && (simulator.stock.get(sku)?.everywhere ?? 0),
    violations: () => violations,
    close: () => Promise.resolve(),
  };
};

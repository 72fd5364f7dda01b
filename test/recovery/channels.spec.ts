/** Adapters of all kinds, while their host and the processes of Kontor are killed. */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Random } from '#kernel';
import { findDisagreements } from '../demo/channels/agreement.js';
import { createParticipants } from '../demo/channels/participants.js';
import { Channels, hosting } from '../support/channels.js';
import { Kontor } from '../support/kontor.js';
import { openShop, stocked } from '../support/shop.js';
import { until } from '../support/until.js';
import { findFaults } from '../support/verify.js';
import { killAtRandom } from './kill-at-random.js';

const KILLS = Number(process.env['KILLS'] ?? 12);
const SKUS = 6;
const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));

const all = createParticipants({ ordersPerMinute: 1_000 });
let kontor: Kontor;

beforeAll(async () => {
  kontor = await Kontor.start({ env: hosting(await Promise.all(all.map((one) => one.open()))) });
  await openShop(kontor.staff);
});

afterAll(async () => {
  await kontor.stop();
  for (const one of all) await one.close();
});

it(`all channels agree with Kontor in the end, and no message is lost or repeated (SEED=${seed})`, async () => {
  const channels = new Channels(kontor);
  const skus: string[] = [];
  for (let count = 0; count < SKUS; count++) skus.push(await stocked(kontor.staff, 50));
  await channels.settled();
  const market = { kontor, channels, skus };
  const end = new AbortController();
  const trade = Promise.all(all.map((one) => one.trade(market, end.signal)));
  try {
    const hasBegun = () =>
      all.every((one) => one.messageCount() > 0 && skus.every((sku) => one.stockOf(sku) !== undefined));
    await until(hasBegun, { for: 'all participants to know the stock of all SKUs', withinMs: 60_000 });
    const answers = () => all.reduce((sum, one) => sum + one.messageCount(), 0);
    const parts = ['channels', 'worker', 'channels', 'api', 'channels', 'postgres'] as const;
    await killAtRandom(kontor, new Random(seed), { kills: KILLS, answers, parts });
  } finally {
    end.abort();
    await trade;
  }
  await channels.settled(120_000);
  for (const one of all) await one.catchUp?.(market);

  expect(all.flatMap((one) => one.violations().map((violation) => `${one.name}: ${violation}`))).toEqual([]);
  expect(await findDisagreements(kontor.staff, all, skus)).toEqual([]);
  const { parked, endpoints } = await channels.status();
  expect([parked, endpoints.filter(({ dead }) => dead > 0)]).toEqual([[], []]);
  expect(await findFaults(kontor)).toEqual([]);
}, 400_000);

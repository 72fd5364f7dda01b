/** The states of processes are made again from the log: after a busy day, and when they are lost. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { fulfillmentWork } from '../support/fulfillment-work.js';
import { Kontor } from '../support/kontor.js';
import { aTender, confirmed, orderBecomes, paymentBecomes, place } from '../support/orders.js';
import { aLine, openShop, stocked } from '../support/shop.js';
import { findFaults } from '../support/verify.js';

const folder = mkdtempSync(join(tmpdir(), 'kontor-lost-'));
const dataDir = join(folder, 'data');
let kontor: Kontor | undefined;

afterAll(async () => {
  await kontor?.stop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
});

const cli = (...args: string[]) =>
  spawnSync(process.execPath, [resolve('dist/apps/cli/src/main.js'), '--data', dataDir, ...args], { encoding: 'utf8' });

const rebuilt = () => {
  const { status, stdout, stderr } = cli('rebuild', '--processes', '--json');
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Record<'events' | 'position' | 'instances' | 'waiting' | 'changed', number | undefined>;
};

it('the states of processes follow from the log, and open orders go on when they were lost', async () => {
  kontor = await Kontor.start({ dataDir, sample: true });
  const { staff } = kontor;
  await openShop(staff);
  const sku = await stocked(staff, 10);
  const orderId = await confirmed(staff, [aLine(sku, 2)], { tenders: [aTender(1700)] });
  expect(await place(staff, [aLine(sku, 9)])).toMatchObject({ state: 'rejected' });
  await fulfillmentWork(staff, orderId, 'warehouse');
  await kontor.settled();
  expect(cli('rebuild', '--processes')).toMatchObject({ status: 1, stderr: expect.stringContaining('stop it first') });
  await kontor.stop();

  const same = rebuilt();
  expect(same).toMatchObject({ changed: 0, waiting: 0 });
  expect(same.instances).toBeGreaterThan(10);

  expect(cli('consumers', 'reset').status).toBe(0);
  const again = rebuilt();
  expect(again).toEqual({ ...same, position: again.position, waiting: again.waiting, changed: undefined });

  kontor = await Kontor.start({ dataDir });
  const { does } = await fulfillmentWork(kontor.staff, orderId, 'warehouse');
  const lines = [{ lineId: '1', quantity: 2 }];
  await does('AcceptFulfillment');
  await does('PickItems', { lines });
  await does('PackParcel', { parcelId: 'P-1', lines });
  await does('ShipParcel', { parcelId: 'P-1', carrier: 'royal-mail' });
  await orderBecomes(kontor.staff, orderId, { fulfillmentState: 'fulfilled' });
  await paymentBecomes(kontor.staff, orderId, 'card', { captured: 1700 });
  expect(await findFaults(kontor)).toEqual([]);
}, 300_000);

import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { confirmed } from '../support/orders.js';
import { Kontor } from '../support/kontor.js';
import { aLine, openShop, stocked } from '../support/shop.js';
import { findFaults } from '../support/verify.js';

/** A log that was restored from a backup, under a database that was not. */
const folder = mkdtempSync(join(tmpdir(), 'kontor-restored-'));
const dataDir = join(folder, 'data');
const [log, backup] = [join(dataDir, 'events'), join(folder, 'backup')];
let kontor: Kontor | undefined;

afterAll(async () => {
  await kontor?.stop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
});

const cli = (...args: string[]) =>
  spawnSync(process.execPath, [resolve('dist/apps/cli/src/main.js'), '--data', dataDir, ...args], { encoding: 'utf8' });

const stockOf = async ({ staff }: Kontor, sku: string) => {
  const { body } = await staff.get(`/v1/stock/${sku}/warehouse`);
  return (body as { onHand?: number; hardReserved?: number }).hardReserved;
};

it('Kontor does not start on a log older than its database until all consumers were reset', async () => {
  kontor = await Kontor.start({ dataDir });
  await openShop(kontor.staff);
  const sku = await stocked(kontor.staff, 10);
  await confirmed(kontor.staff, [aLine(sku, 2)]);
  await kontor.settled();
  await kontor.stop();
  cpSync(log, backup, { recursive: true });

  kontor = await Kontor.start({ dataDir });
  await confirmed(kontor.staff, [aLine(sku, 3)]);
  await kontor.settled();
  expect(await stockOf(kontor, sku)).toBe(5);
  expect(cli('consumers', 'reset')).toMatchObject({ status: 1, stderr: expect.stringContaining('stop it first') });
  await kontor.stop();
  rmSync(log, { recursive: true });
  cpSync(backup, log, { recursive: true });

  const refused = cli('up', '--once', '--no-sample', '--port', '0');
  expect(refused.status).toBe(1);
  expect(refused.stderr).toMatch(/no event at position \d+, the checkpoint of the read models/);
  expect(refused.stderr).toContain('kontor consumers reset');

  expect(cli('consumers', 'reset')).toMatchObject({ status: 0, stdout: expect.stringContaining('from its start') });
  kontor = await Kontor.start({ dataDir });
  await kontor.settled();
  expect(await stockOf(kontor, sku)).toBe(2);
  await confirmed(kontor.staff, [aLine(sku, 1)]);
  expect(await findFaults(kontor)).toEqual([]);
}, 240_000);

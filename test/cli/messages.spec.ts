/** What the CLI says where somebody may have made a mistake. */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Kontor } from '../support/kontor.js';
import { openShop, stocked } from '../support/shop.js';

let kontor: Kontor;

beforeAll(async () => {
  kontor = await Kontor.start();
  await openShop(kontor.staff);
});

afterAll(() => kontor.stop());

const cli = (...args: string[]) => {
  const all = [resolve('dist/apps/cli/src/main.js'), '--data', kontor.dataDir, ...args];
  return spawnSync(process.execPath, all, { encoding: 'utf8' });
};

it('keys create makes a key of a channel that is not configured, and says so', () => {
  const create = (channel: string) =>
    cli('keys', 'create', '--channel', channel, '--name', 'Test', '--scopes', 'stock:read');
  expect(create('wbe')).toMatchObject({ status: 0, stderr: expect.stringContaining('There is no channel wbe yet') });
  expect(create('web')).toMatchObject({ status: 0, stderr: '' });
  expect(create('*')).toMatchObject({ status: 0, stderr: '' });
});

it('explain shows stock as it was at the end of a day', async () => {
  const sku = await stocked(kontor.staff, 3);
  const explain = (asOf: string) => cli('explain', 'stock', sku, 'warehouse', '--as-of', asOf);
  expect(explain(new Date().toISOString().slice(0, 10))).toMatchObject({
    status: 0,
    stdout: expect.stringMatching(/3/),
  });
  expect(explain('2011-08-05')).toMatchObject({ status: 1, stderr: expect.stringContaining('There is no event') });
  expect(explain('yesterday')).toMatchObject({
    status: 1,
    stderr: expect.stringContaining(
      '--as-of takes a day, such as 2030-01-31, or an instant, such as 2030-01-31T12:00:00Z',
    ),
  });
});

it('source names a policy file that does not exist, or that is not JSON', () => {
  const source = (policy: string) => cli('source', '--policy', policy);
  expect(source('/no/such.json')).toMatchObject({ status: 1, stderr: 'kontor: /no/such.json does not exist\n' });
  expect(source('README.md')).toMatchObject({ status: 1, stderr: expect.stringContaining('README.md is not JSON') });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Kontor } from '../support/kontor.js';

const readme = readFileSync('README.md', 'utf8');

/** The shell blocks of a section, in their order. */
const blocksOf = (title: string) => {
  const section = readme.split(/^## /m).find((text) => text.startsWith(title)) ?? '';
  return [...section.matchAll(/^```sh\n(.*?)^```/gms)].map(([, block = '']) => block);
};

describe('the commands of the README, pasted after npm start', () => {
  let kontor: Kontor;
  beforeAll(async () => {
    kontor = await Kontor.start();
  });
  afterAll(() => kontor.stop());

  it('place an order that is confirmed and one that is rejected, and explain both', () => {
    const script = blocksOf('Your first command')
      .join('\n')
      .replaceAll('http://127.0.0.1:7070', kontor.url)
      .replaceAll('data/admin-key', `${kontor.dataDir}/admin-key`)
      .replace('curl -sSN', 'curl -sSN --max-time 2') // the feed has no end
      .concat('\ntrue');
    const env = { ...process.env, KONTOR_DATA: kontor.dataDir };
    const output = execFileSync('bash', ['-c', script], { encoding: 'utf8', env });
    const answers = output.split('\n').filter((line) => line.startsWith('{'));
    expect(answers.filter((line) => line.includes('"state":"confirmed"')).length).toBeGreaterThan(0);
    expect(answers.filter((line) => line.includes('"state":"rejected"'))).toHaveLength(1);
    expect(output).toContain('"atp":3');
    expect(output).toMatch(/event: OrderConfirmed/);
    expect(output).not.toMatch(/"type":"\/problems\//);
  });

  it('replay, rebuild and audit without an error', () => {
    const env = { ...process.env, KONTOR_DATA: kontor.dataDir };
    const { status, stderr } = spawnSync('bash', ['-e', '-c', blocksOf('Replay').join('\n')], {
      encoding: 'utf8',
      env,
    });
    expect({ status, stderr }).toMatchObject({ status: 0 });
  });
});

it('the README has at most 150 lines and 12 KiB', () => {
  expect(readme.split('\n').length).toBeLessThanOrEqual(150);
  expect(Buffer.byteLength(readme)).toBeLessThanOrEqual(12 * 1024);
});

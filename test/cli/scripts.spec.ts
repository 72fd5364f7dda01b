import { expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Readonly<Record<string, string>> };

it.each(Object.keys(scripts))('npm run %s -- --help prints help and exits successfully', (script) => {
  const { status, stdout, stderr } = spawnSync('npm', ['run', '-s', script, '--', '--help'], { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(/--[a-z]+|npm run/);
});

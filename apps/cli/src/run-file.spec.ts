import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readRunFile, removeRunFile, writeRunFile } from './run-file.js';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'kontor-run-'))));
afterEach(() => rmSync(folder, { recursive: true }));

const addresses = {
  ...{ apiUrl: 'a', workerUrl: 'w', eventStoreUrl: 'e', paymentUrl: 'p', databaseUrl: 'd', databaseBiUrl: 'b' },
};
const run = { pid: process.pid, ...addresses };
const file = () => join(folder, 'run.json');

it('the run file has the addresses, and only its owner can read it', () => {
  writeRunFile(folder, run);
  expect(readRunFile(folder)).toMatchObject(run);
  expect(statSync(file()).mode & 0o777).toBe(0o600);
});

it('a run file counts as stale if its process id was reused', () => {
  writeRunFile(folder, run);
  const written = JSON.parse(readFileSync(file(), 'utf8')) as { began?: string };
  if (written.began === undefined) return; // not on Linux
  writeFileSync(file(), JSON.stringify({ ...written, began: '1' }));
  expect(readRunFile(folder)).toBeUndefined();
});

it('only the process that wrote a run file removes it', () => {
  writeRunFile(folder, { ...run, pid: process.ppid });
  removeRunFile(folder);
  expect(existsSync(file())).toBe(true);
  writeRunFile(folder, run);
  removeRunFile(folder);
  expect(existsSync(file())).toBe(false);
});

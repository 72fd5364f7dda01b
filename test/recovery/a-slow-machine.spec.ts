/** A part of August 2011 of Online Retail is imported while each process of Kontor runs for 15 % of the time. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, existsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { createGunzip } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Kontor } from '../support/kontor.js';
import { findFaults } from '../support/verify.js';
import { runInTurns } from './in-turns.js';

const FILE = resolve(process.env['KONTOR_REAL_DATA'] ?? '../shared/data', 'online_retail_2011-08.csv.gz');
const ROWS = 600;
/** Something must advance within this time. */
const MAX_STANDSTILL_MS = 120_000;

interface Report {
  readonly commands: number;
  readonly accepted: number;
  readonly repeated: number;
  readonly refused: readonly unknown[];
}

let kontor: Kontor;

/** The first rows of the file. */
const writeTrade = async (file: string) => {
  const lines: string[] = [];
  for await (const line of createInterface({ input: createReadStream(FILE).pipe(createGunzip()) })) {
    lines.push(line);
    if (lines.length > ROWS) break;
  }
  writeFileSync(file, lines.join('\n'));
};

const startImport = async (): Promise<Report> => {
  const file = join(kontor.dataDir, 'trade.csv');
  await writeTrade(file);
  const args = [resolve('dist/apps/cli/src/main.js'), '--data', kontor.dataDir, '--json'];
  const child = spawn(process.execPath, [...args, 'import', 'online-retail', file], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [output, errors] = ['', ''];
  child.stdout.on('data', (text: Buffer) => (output += text.toString()));
  child.stderr.on('data', (text: Buffer) => (errors += text.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`The import ended with ${code}: ${errors}${output}`);
  return JSON.parse(output) as Report;
};

/** @throws Error when the log and the consumers stand still, or the API does not tell, until the signal aborts */
const watchProgress = async (signal: AbortSignal) => {
  let [last, movedAt] = ['', performance.now()];
  while (!signal.aborted) {
    const { head, consumers } = await kontor.staff.read('/v1/status').catch(() => ({ head: undefined, consumers: [] }));
    const progress = JSON.stringify([head, consumers]);
    if (head !== undefined && progress !== last) [last, movedAt] = [progress, performance.now()];
    if (performance.now() - movedAt > MAX_STANDSTILL_MS) throw new Error(`Nothing has advanced since ${last}`);
    await pause(500);
  }
};

const withData = existsSync(FILE) && process.platform === 'linux' ? describe : describe.skip;

withData('while each process runs for 15 % of the time', () => {
  let report: Report;
  let seconds: number;

  beforeAll(async () => {
    kontor = await Kontor.start();
    const end = new AbortController();
    const turns = runInTurns(kontor, end.signal);
    const startedAt = performance.now();
    const watching = watchProgress(end.signal);
    try {
      report = await Promise.race([startImport(), watching.then(() => Promise.reject(new Error('not reached')))]);
      seconds = (performance.now() - startedAt) / 1000;
    } finally {
      end.abort();
      await Promise.allSettled([turns, watching]);
    }
    process.stderr.write(`${report.commands} commands in ${seconds.toFixed(0)} s\n`);
  }, 900_000);

  afterAll(() => kontor.stop());

  it('all trade is carried out', () => {
    expect(report).toMatchObject({ accepted: report.commands, repeated: 0, refused: [] });
  });

  it('nothing is parked, and nothing is wrong', async () => {
    expect(await findFaults(kontor)).toEqual([]);
  });
});

import { afterAll, afterEach, expect, it } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SupervisedProcess } from './supervised-process.js';

const folder = mkdtempSync(join(tmpdir(), 'kontor-supervised-'));
const running: SupervisedProcess[] = [];

afterEach(async () => {
  for (const one of running.splice(0)) await one.stop();
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Supervises a process that runs `body`. */
const supervise = (body: string, printed: string[] = []) => {
  const script = join(folder, `${running.length}-${body.length}.mjs`);
  writeFileSync(script, `process.stdin.once('end', () => process.exit()).resume();\n${body}`);
  let starts = 0;
  const waiting: { readonly times: number; readonly resolve: () => void }[] = [];
  const child = new SupervisedProcess(
    { name: 'part', script, args: [], env: {}, ready: /ready (\S+)/, logFile: join(folder, 'part.log') },
    (line) => printed.push(line),
    () => {
      starts++;
      for (const { times, resolve } of waiting) if (starts >= times) resolve();
    },
  );
  running.push(child);
  const started = (times: number) => new Promise<void>((resolve) => waiting.push({ times, resolve }));
  return { child, started };
};

const READY = 'console.log("ready " + process.pid);';

it('start resolves with the text that the process prints when it is ready', async () => {
  const { child } = supervise(READY);
  expect(await child.start()).toBe(String(child.pid));
});

it('a process that is killed is started again, and that is reported', async () => {
  const said: string[] = [];
  const { child, started } = supervise(READY, said);
  await child.start();
  const first = child.pid ?? 0;
  const again = started(2);
  process.kill(first, 'SIGKILL');
  await again;
  expect(child.pid).not.toBe(first);
  expect(said.join()).toContain('part ended (SIGKILL)');
});

it('the error of a process that does not start has its last output', async () => {
  const { child } = supervise('console.error("the port is taken"); process.exit(1);');
  await expect(child.start()).rejects.toThrow('the port is taken');
});

it('a process that never was ready is not started again', async () => {
  const said: string[] = [];
  const { child } = supervise('throw new Error("no key")', said);
  await expect(child.start()).rejects.toThrow(/^part could not start\nError: no key\nIts log: /);
  expect(said).toEqual([]);
});

it('the output of a process is in its log file', async () => {
  const { child } = supervise(READY);
  const pid = await child.start();
  await child.stop();
  expect(readFileSync(join(folder, 'part.log'), 'utf8')).toContain(`ready ${pid}`);
});

it('a stopped process is not started again', async () => {
  const said: string[] = [];
  const { child } = supervise(READY, said);
  await child.start();
  await child.stop();
  expect(said).toEqual([]);
});

it('a process does not get the Ctrl+C of its supervisor', async () => {
  const { child } = supervise(READY);
  await child.start();
  expect(process.kill(-(child.pid ?? 0), 0)).toBe(true); // it has a process group of its own
});

it('a process runs although its log cannot be written', async () => {
  const script = join(folder, 'no-log.mjs');
  writeFileSync(script, `process.stdin.once('end', () => process.exit()).resume();\n${READY}`);
  const said: string[] = [];
  const logFile = join(folder, 'nowhere', 'part.log');
  const spec = { name: 'part', script, args: [], env: {}, ready: /ready (\S+)/, logFile };
  const child = new SupervisedProcess(
    spec,
    (line) => said.push(line),
    () => undefined,
  );
  running.push(child);
  await child.start();
  expect(said.join()).toContain('goes on without its log');
});

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

/** A process that tells its pid once it is ready, and does what `body` says. */
const supervise = (body: string, said: string[] = []) => {
  const script = join(folder, `${running.length}-${body.length}.mjs`);
  writeFileSync(script, `process.stdin.once('end', () => process.exit()).resume();\n${body}`);
  let starts = 0;
  const waiting: { readonly times: number; readonly resolve: () => void }[] = [];
  const child = new SupervisedProcess(
    { name: 'part', script, args: [], env: {}, ready: /ready (\S+)/, logFile: join(folder, 'part.log') },
    (line) => said.push(line),
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

it('hands on what a process says of itself', async () => {
  const { child } = supervise(READY);
  expect(await child.start()).toBe(String(child.pid));
});

it('starts a process again that dies, and says so', async () => {
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

it('tells why a process does not come up', async () => {
  const { child } = supervise('console.error("the port is taken"); process.exit(1);');
  await expect(child.start()).rejects.toThrow('the port is taken');
});

it('does not start again what never came up', async () => {
  const said: string[] = [];
  const { child } = supervise('throw new Error("no key")', said);
  await expect(child.start()).rejects.toThrow(/^part could not start\nError: no key\nIts log: /);
  expect(said).toEqual([]);
});

it('keeps what the process writes', async () => {
  const { child } = supervise(READY);
  const pid = await child.start();
  await child.stop();
  expect(readFileSync(join(folder, 'part.log'), 'utf8')).toContain(`ready ${pid}`);
});

it('does not start again what it was told to stop', async () => {
  const said: string[] = [];
  const { child } = supervise(READY, said);
  await child.start();
  await child.stop();
  expect(said).toEqual([]);
});

it('is not reached by a Ctrl-C that is meant for its supervisor', async () => {
  const { child } = supervise(READY);
  await child.start();
  expect(process.kill(-(child.pid ?? 0), 0)).toBe(true); // there is a group of its own
});

it('does not need its log', async () => {
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

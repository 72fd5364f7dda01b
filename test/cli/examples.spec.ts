import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { LocalKafka } from '#testing';
import { Kontor } from '../support/kontor.js';

const CLI = resolve('dist/apps/cli/src/main.js');

/** The help text of a command that is called through npm. */
const helpOf = (command: readonly string[]): string => {
  const env = { ...process.env, npm_lifecycle_event: 'kontor' };
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, ...command, '--help'], {
    encoding: 'utf8',
    env,
  });
  if (status !== 0) throw new Error(`kontor ${command.join(' ')} --help: ${stderr}`);
  return stdout;
};

/** The lines of a section of a help text, without their margin. */
const section = (help: string, title: RegExp) => {
  const lines = help.split('\n');
  const start = lines.findIndex((line) => title.test(line));
  const body = start < 0 ? [] : lines.slice(start + 1);
  const end = body.findIndex((line) => line === '');
  return (end < 0 ? body : body.slice(0, end)).map((line) => line.replace(/^ {2}/, ''));
};

const subcommandsOf = (help: string) =>
  section(help, /^Commands:$/).flatMap((line) => (/^([a-z-]+)/.exec(line)?.[1] ?? 'help').replace(/^help$/, '') || []);

/** All commands without subcommands, each with the lines of its example. */
const examples = (command: readonly string[] = []): (readonly [command: string, lines: readonly string[]])[] => {
  const help = helpOf(command);
  const subcommands = subcommandsOf(help);
  if (subcommands.length > 0) return subcommands.flatMap((name) => examples([...command, name]));
  return [[command.join(' '), section(help, /^Example/)]];
};

/** The temporary files and folders of the examples. */
const folder = mkdtempSync(join(tmpdir(), 'kontor-examples-'));

chmodSync(folder, 0o711); // PostgreSQL keeps files in this folder and does not run as root

let kafka: LocalKafka;
let kontor: Kontor;

beforeAll(async () => {
  kafka = await LocalKafka.start();
  const secrets = { SHOP_SECRET: `whsec_${'A'.repeat(32)}`, ACME_TOKEN: 'secret' };
  const channels = { KONTOR_CHANNELS: 'docs/channels.sample.json', ...secrets };
  kontor = await Kontor.start({ sample: true, env: { ...channels, KAFKA_BROKERS: kafka.brokers } });
}, 180_000);
afterAll(async () => {
  await kontor.stop();
  await kafka.stop();
  rmSync(folder, { recursive: true, force: true });
});

/**
 * All examples of `channels` begin by starting a Kontor in the same way. Only that of `channels status` really starts one, to
 * save time; the others use the Kontor of this suite.
 */
const usesRunning = (command: string) => command.startsWith('channels ') && command !== 'channels status';

const paste = (command: string, lines: readonly string[]) => {
  const pasted = lines.join('\n').replace('127.0.0.1:9092', kafka.brokers);
  const script = usesRunning(command) ? `mktemp() { echo ${kontor.dataDir}; }\n${pasted}` : pasted;
  return spawn('bash', ['-e', '-c', script], {
    env: { ...process.env, KONTOR_DATA: kontor.dataDir, TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // so that a signal can reach all of its processes, as Ctrl+C does
  });
};

it.each(examples())('the example of kontor %s works when it is pasted after npm start', async (command, lines) => {
  expect(lines).not.toEqual([]);
  const pasted = paste(command, lines);
  let output = '';
  for (const stream of [pasted.stdout, pasted.stderr]) stream.on('data', (text: Buffer) => (output += text.toString()));
  if (command === 'event-store') {
    await once(pasted.stdout, 'data');
    process.kill(-(pasted.pid ?? 0), 'SIGINT');
  }
  await once(pasted, 'close');
  const exitCodes = command === 'event-store' ? [0, 130, null] : [0];
  expect({ output, exitCodes }).toEqual({ output, exitCodes: expect.arrayContaining([pasted.exitCode]) });
});

/**
 * August 2011 of Online Retail, as its channels would have sent it: the read models must give the published figures,
 * however often it is imported, whatever is killed meanwhile, and after every read model was rebuilt.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Kontor } from '../support/kontor.js';
import { LogCounter } from '../support/read-log.js';
import { until } from '../support/until.js';

const DATA = process.env['KONTOR_REAL_DATA'] ?? resolve('../shared/data');
const FILE = resolve(DATA, 'online_retail_2011-08.csv.gz');
const FIGURES = resolve(DATA, 'online_retail_2011-08.expected.json');
const IMPORT = ['import', 'online-retail', FILE, '--expect', FIGURES];

const MINUTES = 60_000;
const COMMANDS = 3727;

interface Report {
  readonly rows: number;
  readonly commands: number;
  readonly accepted: number;
  readonly repeated: number;
  readonly refused: readonly unknown[];
  readonly unmapped: readonly unknown[];
  readonly newEvents: number;
  readonly figures: {
    readonly compared: number;
    readonly differing: readonly unknown[];
    readonly unanswered: readonly { readonly name: string }[];
  };
}

const cli = (kontor: Kontor, args: readonly string[]) =>
  spawn(process.execPath, [resolve('dist/apps/cli/src/main.js'), '--data', kontor.dataDir, '--json', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });

const run = async (kontor: Kontor, args: readonly string[]) => {
  const child = cli(kontor, args);
  let [output, errors] = ['', ''];
  child.stdout.on('data', (text: Buffer) => (output += text.toString()));
  child.stderr.on('data', (text: Buffer) => (errors += text.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  if (output === '') throw new Error(`${args[0] ?? ''} ended with ${code}: ${errors}`);
  return { code, report: JSON.parse(output) as unknown };
};

const runImport = async (kontor: Kontor) => {
  const { code, report } = await run(kontor, IMPORT);
  return { code, report: report as Report };
};

const eventsOf = ({ runFile }: Kontor) => new LogCounter(runFile.eventStoreUrl).now();

const untilThereAre = (log: LogCounter, events: number) =>
  until(async () => (await log.now()) >= events, {
    for: `${events} events`,
    withinMs: 4 * MINUTES,
    everyMs: 500,
  });

const EXPECTED = {
  rows: 35_284,
  commands: COMMANDS,
  refused: [],
  unmapped: [],
  figures: { compared: 104, differing: [] },
};

const verify = async (kontor: Kontor) => {
  const { code, report } = await run(kontor, ['verify']);
  const { findings } = report as { readonly findings: readonly { readonly failed: number }[] };
  return { code, broken: findings.filter(({ failed }) => failed > 0) };
};

const withData = existsSync(FILE) ? describe : describe.skip;
if (!existsSync(FILE))
  console.warn(`Skipped: there is no ${FILE}. KONTOR_REAL_DATA names the folder of the real data.`);

withData('the import of a month of real trade', () => {
  let kontor: Kontor;

  beforeAll(async () => {
    kontor = await Kontor.start();
  }, 2 * MINUTES);

  afterAll(() => kontor.stop(), MINUTES);

  it(
    'gives every figure that was published',
    async () => {
      const before = await eventsOf(kontor);
      const { code, report } = await runImport(kontor);
      const newEvents = (await eventsOf(kontor)) - before;
      expect(report).toMatchObject({ ...EXPECTED, accepted: COMMANDS, repeated: 0, newEvents });
      expect(report.figures.unanswered).toHaveLength(5);
      expect(code).toBe(0);
    },
    8 * MINUTES,
  );

  it(
    'changes nothing when it is repeated',
    async () => {
      const { report } = await runImport(kontor);
      expect(report).toMatchObject({ ...EXPECTED, accepted: 0, repeated: COMMANDS, newEvents: 0 });
    },
    8 * MINUTES,
  );

  it(
    'gives the same figures after all read models were rebuilt, and breaks no invariant',
    async () => {
      await run(kontor, ['rebuild', '--all']);
      expect((await runImport(kontor)).report).toMatchObject({ ...EXPECTED, newEvents: 0 });
      expect(await verify(kontor)).toEqual({ code: 0, broken: [] });
    },
    8 * MINUTES,
  );
});

withData('an import that is killed half-way, and then loses the worker', () => {
  let kontor: Kontor;

  beforeAll(async () => {
    kontor = await Kontor.start();
  }, 2 * MINUTES);

  afterAll(() => kontor.stop(), MINUTES);

  it(
    'gives the same figures when it is run again',
    async () => {
      // Every command leaves at least one event, so at this point not all of them can have arrived.
      const log = new LogCounter(kontor.runFile.eventStoreUrl);
      const first = cli(kontor, IMPORT);
      await untilThereAre(log, COMMANDS / 2);
      expect(first.kill('SIGKILL')).toBe(true);

      const before = await log.now();
      const second = runImport(kontor);
      await untilThereAre(log, before + COMMANDS / 4);
      expect(kontor.kill('worker')).toBe(true);

      const { report } = await second;
      expect(report).toMatchObject(EXPECTED);
      expect(report.repeated).toBeGreaterThan(0);
      expect(report.accepted).toBeGreaterThan(0);
      expect(await verify(kontor)).toEqual({ code: 0, broken: [] });
    },
    10 * MINUTES,
  );
});

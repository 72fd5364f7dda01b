import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

/** Each step as a script of package.json, or a program with its arguments. */
const STEPS: Readonly<Record<string, readonly string[]>> = {
  format: ['npx', 'prettier', '--check', '.'],
  lint: ['npm', 'run', '-s', 'lint'],
  types: ['npm', 'run', '-s', 'types'],
  unused: ['npx', 'knip'],
  unit: ['npm', 'run', '-s', 'unit'],
};

const HELP = `npm run check [-- --only STEP | --except STEP]: everything that a change must pass, in about two minutes; no network, no processes.

  format   prettier
  lint     ESLint, with the import table and the list of old words
  types    tsc
  unused   knip: files, exports and dependencies that nothing uses
  unit     unit tests, which also say whether the generated pages of docs/ are up to date

It stops at the first step that fails.`;

const { values } = parseArgs({
  options: { help: { type: 'boolean' }, only: { type: 'string' }, except: { type: 'string' } },
});
const named = values.only ?? values.except;

const run = (name: string): boolean => {
  const [program = '', ...args] = STEPS[name] ?? [];
  const started = performance.now();
  const { status } = spawnSync(program, args, { stdio: 'inherit' });
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  console.error(`${name}: ${status === 0 ? 'ok' : 'FAILED'}, ${seconds} s`);
  return status === 0;
};

if (values.help) console.log(HELP);
else if (named !== undefined && !(named in STEPS)) {
  console.error(`There is no step ${named}: ${Object.keys(STEPS).join(', ')}`);
  process.exitCode = 1;
} else {
  const steps = Object.keys(STEPS).filter((step) => step === (values.only ?? step) && step !== values.except);
  process.exitCode = steps.every(run) ? 0 : 1;
}

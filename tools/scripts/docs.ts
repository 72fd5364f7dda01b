import { spawnSync } from 'node:child_process';

const HELP = `npm run docs: writes the generated pages of docs/: commands, configuration, events, invariants, problems and
requirements. Their sources are the code and tools/docs. "npm run check" fails while a page is out of date.`;

const jest = ['node_modules/jest/bin/jest.js', '--selectProjects', 'unit', '--testPathPatterns', 'tools/docs'];

if (process.argv.includes('--help')) console.log(HELP);
else {
  const env = { ...process.env, UPDATE_DOCS: '1' };
  process.exitCode = spawnSync(process.execPath, jest, { stdio: 'inherit', env }).status ?? 1;
}

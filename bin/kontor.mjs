#!/usr/bin/env node
/** The command `kontor`: builds first if a source has changed, and runs on the Node that npm has installed. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const NEEDED_NODE = 24;
const pathOf = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

const runOnPinnedNode = () => {
  const child = spawn(pathOf('node_modules/.bin/node'), process.argv.slice(1), { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.once('error', () => {
    console.error(`kontor needs Node ${NEEDED_NODE}, and this is Node ${process.versions.node}: run npm ci first`);
    process.exitCode = 1;
  });
  child.once('exit', (code) => (process.exitCode = code ?? 1));
};

if (Number.parseInt(process.versions.node) < NEEDED_NODE) runOnPinnedNode();
else {
  if (existsSync(pathOf('tools/scripts/built.ts'))) (await import('../tools/scripts/built.ts')).ensureBuilt();
  process.setSourceMapsEnabled(true);
  await import('../dist/apps/cli/src/main.js');
}

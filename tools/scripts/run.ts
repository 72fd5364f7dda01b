/** `node tools/scripts/run.ts <module> [arguments]`: builds if something has changed, then runs a module as a program. */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureBuilt } from './built.ts';

const [, , program] = process.argv;
if (program === undefined) throw new Error('Name a module to run: node tools/scripts/run.ts <module> [arguments]');
ensureBuilt();
if (program.startsWith('dist/')) process.setSourceMapsEnabled(true); // others bring their own
process.argv.splice(1, 2, resolve(program));
await import(pathToFileURL(resolve(program)).href);

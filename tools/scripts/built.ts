import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const STAMP = join(root, 'dist/sources');
const FOLDERS = ['apps', 'libs', 'test'];
const SETTINGS = ['.swcrc', 'nest-cli.json', 'package.json', 'tsconfig.json'];

/** A digest of the names, sizes and times of everything that a build reads: about 40 ms for 1,200 files. */
const digestOfSources = (): string => {
  const digest = createHash('sha1');
  const add = (path: string) => {
    const { size, mtimeMs } = statSync(path);
    digest.update(`${path} ${size} ${mtimeMs}\n`);
  };
  for (const folder of FOLDERS)
    for (const entry of readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
      if (entry.isFile()) add(join(entry.parentPath, entry.name));
  for (const name of SETTINGS) add(join(root, name));
  return digest.digest('hex');
};

const isUpToDate = () => existsSync(STAMP) && readFileSync(STAMP, 'utf8') === digestOfSources();

/** Compiles everything into dist/. Ends the process with the compiler's exit code when that fails. */
export const build = (options: readonly string[] = []): void => {
  const digest = digestOfSources(); // before, so that what changes meanwhile is built again
  const nest = join(root, 'node_modules/@nestjs/cli/bin/nest.js');
  const { status } = spawnSync(process.execPath, [nest, 'build', ...options], { cwd: root, stdio: ['inherit', 2, 2] }); // standard output is for answers
  if (status !== 0) process.exit(status ?? 1);
  mkdirSync(join(root, 'dist'), { recursive: true });
  writeFileSync(STAMP, digest);
};

/** Builds only if something has changed since the last build. */
export const ensureBuilt = (): void => {
  if (!isUpToDate()) build();
};

import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where the parts of a running Kontor are to be found: `$KONTOR_DATA/run.json`, readable by its owner only. */
export interface RunFile {
  /** Of the supervisor. */
  readonly pid: number;
  readonly apiUrl: string;
  readonly workerUrl: string;
  readonly eventStoreUrl: string;
  /** Role kontor_owner. */
  readonly databaseUrl: string;
  /** Role kontor_bi: read-only, schema bi. */
  readonly databaseBiUrl: string;
}

const fileOf = (dataDir: string) => join(dataDir, 'run.json');

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

export const writeRunFile = (dataDir: string, run: RunFile): void => {
  writeFileSync(fileOf(dataDir), `${JSON.stringify(run, undefined, 2)}\n`, { mode: 0o600 });
};

export const removeRunFile = (dataDir: string): void => {
  rmSync(fileOf(dataDir), { force: true });
};

/** Undefined when nothing runs on this folder. */
export const readRunFile = (dataDir: string): RunFile | undefined => {
  if (!existsSync(fileOf(dataDir))) return undefined;
  const run = JSON.parse(readFileSync(fileOf(dataDir), 'utf8')) as RunFile;
  return isAlive(run.pid) ? run : undefined;
};

import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where the parts of a running Kontor are to be found: `$KONTOR_DATA/run.json`, readable by its owner only. */
export interface RunFile {
  /** Of the supervisor. */
  readonly pid: number;
  readonly apiUrl: string;
  readonly workerUrl: string;
  /** The host of channel adapters, where there is a file of them. */
  readonly channelsUrl?: string;
  readonly eventStoreUrl: string;
  /** The payment provider, or its simulator. */
  readonly paymentUrl: string;
  /** Role kontor_owner. */
  readonly databaseUrl: string;
  /** Role kontor_bi: read-only, schema bi. */
  readonly databaseBiUrl: string;
}

const fileOf = (dataDir: string) => join(dataDir, 'run.json');

/** A process id is used again, after a restart of a container almost surely: only Linux tells when its process began. */
const beginningOf = (pid: number) => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
};

const isAlive = ({ pid, began }: Written) => {
  try {
    process.kill(pid, 0);
    return beginningOf(pid) === began;
  } catch {
    return false;
  }
};

interface Written extends RunFile {
  readonly began?: string | undefined;
}

const read = (dataDir: string): Written | undefined =>
  existsSync(fileOf(dataDir)) ? (JSON.parse(readFileSync(fileOf(dataDir), 'utf8')) as Written) : undefined;

export const writeRunFile = (dataDir: string, run: RunFile): void => {
  const written: Written = { ...run, began: beginningOf(run.pid) };
  writeFileSync(`${fileOf(dataDir)}.new`, `${JSON.stringify(written, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(`${fileOf(dataDir)}.new`, fileOf(dataDir));
};

/** Only one's own: another supervisor may have been faster. */
export const removeRunFile = (dataDir: string): void => {
  if (read(dataDir)?.pid === process.pid) rmSync(fileOf(dataDir));
};

/** Undefined when nothing runs on this folder. */
export const readRunFile = (dataDir: string): RunFile | undefined => {
  const run = read(dataDir);
  return run && isAlive(run) ? run : undefined;
};

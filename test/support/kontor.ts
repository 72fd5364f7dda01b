import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Requests } from '../simulators/event-store-requests.js';
import { Client } from './client.js';
import { EventStoreOfKontor, type EventStoreNeeds } from './event-store.js';
import { livingParts, type Part, type Pids } from './processes.js';
import { until } from './until.js';

/** The content of `run.json`. */
export interface RunFile {
  readonly pid: number;
  readonly apiUrl: string;
  readonly workerUrl: string;
  readonly channelsUrl?: string;
  readonly eventStoreUrl: string;
  readonly paymentUrl: string;
  readonly databaseUrl: string;
  readonly databaseBiUrl: string;
}

export interface KontorOptions extends EventStoreNeeds {
  readonly env?: Readonly<Record<string, string>>;
  /** Data folder, which is kept afterwards. Default: a new one, which is removed. */
  readonly dataDir?: string;
  /** The built CLI that starts it. Default: this checkout's. */
  readonly cli?: string;
  /** Loads the sample of trade before it is ready. Default: no. */
  readonly sample?: boolean;
  /** How long it may take to get ready. Default 90 s. */
  readonly startsWithinMs?: number;
}

interface Status {
  readonly head: number;
  readonly consumers: readonly { readonly name: string; readonly lag: number }[];
}

const STARTS_WITHIN_MS = 90_000;
const STOPS_WITHIN_MS = 45_000;
const BUILT_CLI = resolve('dist/apps/cli/src/main.js');

/** `kontor up` prints this once everything runs and the sample is loaded. */
const IS_UP = 'Press Ctrl+C to stop.';

/** A running built `kontor up` with a data folder of its own and free ports. */
export class Kontor {
  private readonly printed: string[] = [];

  private constructor(
    readonly dataDir: string,
    private readonly up: ChildProcess,
    private readonly keepsData: boolean,
    /** Undefined if Kontor starts its own. */
    private readonly eventStore: EventStoreOfKontor | undefined,
  ) {}

  static async start(options: KontorOptions = {}): Promise<Kontor> {
    const { dataDir, startsWithinMs = STARTS_WITHIN_MS } = options;
    const folder = dataDir ?? mkdtempSync(join(tmpdir(), 'kontor-'));
    const eventStore = await EventStoreOfKontor.startIfNeeded(join(folder, 'events'), options);
    const kontor = new Kontor(folder, spawnUp(folder, options, eventStore?.url), dataDir !== undefined, eventStore);
    for (const stream of [kontor.up.stdout, kontor.up.stderr])
      stream?.on('data', (text: Buffer) => kontor.printed.push(text.toString()));
    try {
      await until(() => kontor.isReady(), { for: 'Kontor to be ready', withinMs: startsWithinMs, everyMs: 50 });
      return kontor;
    } catch (error) {
      await kontor.stop();
      throw new Error(`Kontor did not start:\n${kontor.output}`, { cause: error });
    }
  }

  get runFile(): RunFile {
    return JSON.parse(readFileSync(join(this.dataDir, 'run.json'), 'utf8')) as RunFile;
  }

  get url(): string {
    return this.runFile.apiUrl;
  }

  get adminKey(): string {
    return readFileSync(join(this.dataDir, 'admin-key'), 'utf8').trim();
  }

  /** A client with the administrator's key. */
  get staff(): Client {
    return new Client(this.url, this.adminKey);
  }

  /** A client with a new key of a channel. */
  async channel(channel: string, scopes: readonly string[]): Promise<Client> {
    const { status, body } = await this.staff.post('/v1/keys', { channel, name: 'test', scopes });
    if (status !== 201) throw new Error(`No key: ${JSON.stringify(body)}`);
    return this.staff.with((body as { secret: string }).secret);
  }

  /** The output of the supervisor so far. */
  get output(): string {
    return this.printed.join('');
  }

  /** The processes that are running now. */
  pids(): Pids {
    const parts = this.up.pid === undefined ? {} : livingParts(this.dataDir, this.up.pid);
    const pid = this.eventStore?.pid;
    return pid === undefined ? parts : { ...parts, 'event-store': pid };
  }

  /** Subscriptions that were dropped so far. */
  get drops(): number {
    return this.eventStore?.proxy?.drops ?? 0;
  }

  /** The number of requests to the event store so far. @throws Error unless they are counted */
  get requests(): Requests {
    const { proxy } = this.eventStore ?? {};
    if (!proxy) throw new Error('The requests of this Kontor are not counted');
    return proxy.requests;
  }

  /** `kill -9`. @returns whether it was alive */
  kill(part: Part): boolean {
    if (part === 'event-store' && this.eventStore) return this.eventStore.kill();
    const pid = this.pids()[part];
    return pid !== undefined && process.kill(pid, 'SIGKILL');
  }

  /** Waits until every consumer has handled everything, in two status reads in a row at the same head. */
  async settled(withinMs = 60_000): Promise<void> {
    const { staff } = this;
    let quietAt: number | undefined;
    const isQuiet = async () => {
      const { head, consumers } = (await staff.read('/v1/status')) as unknown as Status;
      const quiet = consumers.every(({ lag }) => lag <= 0);
      const again = quiet && quietAt === head;
      quietAt = quiet ? head : undefined;
      return again;
    };
    await until(isQuiet, { for: 'the consumers to have handled everything', withinMs, everyMs: 100 });
  }

  async stop(): Promise<void> {
    if (this.up.exitCode === null && this.up.signalCode === null) {
      const exited = once(this.up, 'exit');
      this.up.kill('SIGTERM');
      const winner = await Promise.race([exited, pause(STOPS_WITHIN_MS, 'late', { ref: false })]);
      if (winner === 'late') {
        for (const pid of [...Object.values(this.pids()), this.up.pid]) if (pid) process.kill(pid, 'SIGKILL');
        await exited;
      }
    }
    await this.eventStore?.stop();
    if (!this.keepsData) rmSync(this.dataDir, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }

  private async isReady(): Promise<boolean> {
    if (!this.output.includes(IS_UP)) return false;
    const { status } = await new Client(this.url).get('/health/ready');
    return status === 200;
  }
}

const spawnUp = (
  folder: string,
  { cli = BUILT_CLI, env = {}, sample = false }: KontorOptions,
  eventStoreUrl: string | undefined,
) => {
  if (!existsSync(cli)) throw new Error(`${cli} is missing. Build it first: npm run build`);
  const args = ['--enable-source-maps', cli, 'up', '--data', folder, '--port', '0', ...(sample ? [] : ['--no-sample'])];
  const url = eventStoreUrl === undefined ? {} : { EVENTSTORE_URL: eventStoreUrl };
  return spawn(process.execPath, args, { env: { ...cleanEnv(), ...env, ...url }, stdio: ['ignore', 'pipe', 'pipe'] });
};

/** The environment without settings of Kontor. */
const cleanEnv = () =>
  Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(KONTOR_|EVENTSTORE_|DATABASE_|PAYMENT_|CONSUMERS)/.test(name)),
  );

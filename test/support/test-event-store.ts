import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import gossipService from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import gossip, { type ClusterInfo } from '@eventstore/db-client/generated/gossip_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import { credentials, Metadata } from '@grpc/grpc-js';
import { freePort } from '#database';

/** A node on a busy machine needs 24 s. */
const STARTS_WITHIN_MS = 120_000;
const ANSWERS_WITHIN_MS = 1_000;
const ASKED_EVERY_MS = 25;
/** Like a real server, which takes seconds to start and ends open calls five seconds after SIGTERM. */
const SLOW_AS_A_REAL_SERVER = ['--slow-start', '2000', '--late-end', '5000'];
/** Characters of the server's output that are kept for the error if it does not start. */
const MAX_OUTPUT_LENGTH = 4_000;

const { LEADER } = gossip.MemberInfo.VNodeState;

/** The command that starts another event store than the local one. */
export const otherEventStore = (): string | undefined => process.env['KONTOR_TEST_EVENTSTORE'];

/**
 * An event store in a process of its own, which a test can kill, freeze and start again: the built local one, or the one
 * that the command in `KONTOR_TEST_EVENTSTORE` starts on `{port}` and `{data}`. A command with `{name}` runs a container of
 * that name.
 */
export class TestEventStore {
  private child: ChildProcess | undefined;
  private output = '';

  private constructor(
    private readonly port: number,
    private readonly folder: string | undefined,
    private readonly isTemporary: boolean,
    /** Additional arguments of the local event store. */
    private readonly args: readonly string[],
  ) {}

  /**
   * @param folder of its data; without one, the data is lost when it stops
   * @param args additional arguments of the local event store, such as `--like 24.2`
   */
  static async start(folder?: string, args: readonly string[] = []): Promise<TestEventStore> {
    const isTemporary = folder === undefined && otherEventStore() !== undefined;
    const data = isTemporary ? mkdtempSync(join(tmpdir(), 'kontor-event-store-')) : folder;
    const server = new TestEventStore(await freePort(), data, isTemporary, args);
    await server.start();
    return server;
  }

  /** The same after every start. */
  get url() {
    return `esdb://127.0.0.1:${this.port}?tls=false`;
  }

  /** Undefined while it does not run. */
  get pid(): number | undefined {
    return this.isRunning ? this.child?.pid : undefined;
  }

  /** Starts it, after {@link stop} on the same port and data. @throws Error if it does not start */
  async start(): Promise<void> {
    const command = otherEventStore();
    this.child = command === undefined ? this.startLocal() : this.startOther(command);
    const end = performance.now() + STARTS_WITHIN_MS;
    while (!(await isLeader(this.port))) {
      if (!this.isRunning || performance.now() > end) throw new Error(`The event store did not start\n${this.output}`);
      await pause(ASKED_EVERY_MS);
    }
  }

  /** `SIGSTOP` freezes it, `SIGCONT` lets it go on. */
  signal(signal: NodeJS.Signals) {
    const command = otherEventStore();
    if (!command?.includes('{name}')) this.child?.kill(signal);
    else if (this.isRunning) {
      const [engine = ''] = command.trim().split(/\s/);
      execFileSync(engine, ['kill', '--signal', signal, this.name], { stdio: 'ignore' });
    }
  }

  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    if (this.child && this.isRunning) {
      const exited = once(this.child, 'exit');
      this.signal(signal);
      await exited;
    }
    if (this.isTemporary && this.folder !== undefined) rmSync(this.folder, { recursive: true, force: true });
  }

  private get isRunning() {
    return this.child?.exitCode === null && this.child.signalCode === null;
  }

  private get name() {
    return `kontor-test-${this.port}`;
  }

  private startLocal() {
    const main = resolve('dist/apps/event-store/src/main.js');
    const place = this.folder === undefined ? ['--memory'] : ['--data', this.folder, ...SLOW_AS_A_REAL_SERVER];
    return spawn(process.execPath, [main, '--port', String(this.port), ...place, ...this.args], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }

  /** `exec` makes signals reach the server and not a shell. */
  private startOther(command: string) {
    const { folder = '', port, name } = this;
    mkdirSync(folder, { recursive: true });
    const values: Readonly<Record<string, string>> = { port: String(port), data: folder, name };
    const filled = command.replace(/\{(port|data|name)\}/g, (_, key: string) => values[key] ?? '');
    const child = spawn('sh', ['-c', `exec ${filled}`], {
      env: withoutItsSettings(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const output of [child.stdout, child.stderr])
      output.on('data', (text: Buffer) => (this.output = (this.output + text.toString()).slice(-MAX_OUTPUT_LENGTH)));
    return child;
  }
}

/** Without variables for Kontor that the server would take for its own settings. */
const withoutItsSettings = () =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('EVENTSTORE_')));

/** Whether a node answers and takes appends. */
const isLeader = async (port: number): Promise<boolean> => {
  const client = new gossipService.GossipClient(`127.0.0.1:${port}`, credentials.createInsecure());
  const deadline = Date.now() + ANSWERS_WITHIN_MS;
  try {
    const cluster = await new Promise<ClusterInfo | undefined>((resolve) => {
      client.read(new shared.Empty(), new Metadata(), { deadline }, (_, answer?: ClusterInfo) => resolve(answer));
    });
    return cluster?.getMembersList().some((one) => one.getState() === LEADER) ?? false;
  } finally {
    client.close();
  }
};

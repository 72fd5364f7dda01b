import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

/** The real broker of `npm run kafka`, in a folder of its own, which a test may kill and start again. */
export class LocalKafka {
  private child: ChildProcess | undefined;
  private port = '0';
  /** `host:port` for users with passwords. */
  forUsers = '';

  private constructor(
    private readonly dataDir: string,
    private readonly users: readonly string[],
  ) {}

  /**
   * @param users `name:password` each, the first of them may do everything. With them, nobody may do anything without an ACL.
   * @throws Error that says what this machine lacks
   */
  static async start(users: readonly string[] = []): Promise<LocalKafka> {
    const kafka = new LocalKafka(mkdtempSync(join(tmpdir(), 'kontor-kafka-')), users);
    await kafka.start();
    return kafka;
  }

  /** Stays the same when it is started again. */
  get brokers() {
    return `127.0.0.1:${this.port}`;
  }

  /** Starts again after {@link kill} or {@link halt}, on the same port and data. */
  async start(): Promise<void> {
    const main = resolve('deploy/local/kafka/main.ts');
    const file = join(this.dataDir, 'users');
    if (this.users.length > 0) writeFileSync(file, this.users.join('\n'));
    const users = this.users.length > 0 ? ['--users', file] : [];
    const child = spawn(process.execPath, [main, '--port', this.port, '--data', this.dataDir, ...users], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    let said = '';
    child.stderr.on('data', (text: Buffer) => (said += text.toString()));
    for await (const line of createInterface(child.stdout)) {
      this.forUsers = /^for users: (\S+)$/.exec(line)?.[1] ?? this.forUsers;
      const port = /listening on \S+:(\d+)$/.exec(line)?.[1];
      if (port === undefined) continue;
      this.port = port;
      return;
    }
    throw new Error(`These tests need a real Kafka broker, and it did not start.\n${said}`);
  }

  get pid() {
    return this.child?.pid;
  }

  /** Of the broker itself. */
  get jvm() {
    return Number(readFileSync(join(this.dataDir, 'pid'), 'utf8'));
  }

  /** `kill -9` of the broker. */
  async kill(): Promise<void> {
    process.kill(this.jvm, 'SIGKILL');
    await this.exited();
  }

  /** Ends it in order, and keeps its data. @returns the exit code */
  async halt(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    this.child?.kill(signal);
    await this.exited();
    return this.child?.exitCode ?? null;
  }

  /** Ends it, and leaves no files. */
  async stop(): Promise<void> {
    await this.halt();
    rmSync(this.dataDir, { recursive: true, force: true });
  }

  private async exited() {
    const { child } = this;
    if (child?.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }
}

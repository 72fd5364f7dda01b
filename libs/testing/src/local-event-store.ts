import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';

/** The built local event store as a process of its own, which a test may kill, freeze and start again. */
export class LocalEventStore {
  private child: ChildProcess | undefined;
  private port = '0';

  private constructor(private readonly place: readonly string[]) {}

  /** @param folder for its data; without one it keeps all in memory */
  static async start(folder?: string): Promise<LocalEventStore> {
    const server = new LocalEventStore(folder === undefined ? ['--memory'] : ['--data', folder]);
    await server.start();
    return server;
  }

  /** Stays the same when it is started again. */
  get url() {
    return `esdb://127.0.0.1:${this.port}?tls=false`;
  }

  /** Starts again after {@link stop}, on the same port and data. */
  async start(): Promise<void> {
    const main = resolve('dist/apps/event-store/src/main.js');
    const child = spawn(process.execPath, [main, '--port', this.port, ...this.place], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.child = child;
    for await (const line of createInterface(child.stdout)) {
      const port = /listening on \S+:(\d+)$/.exec(line)?.[1];
      if (port === undefined) continue;
      this.port = port;
      return;
    }
    throw new Error('The event store did not start: has it been built?');
  }

  /** `SIGSTOP` freezes it, `SIGCONT` lets it go on. */
  signal(signal: NodeJS.Signals) {
    this.child?.kill(signal);
  }

  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  }
}

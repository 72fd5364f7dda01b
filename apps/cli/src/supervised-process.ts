import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, type WriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { retryDelayMs } from '#kernel';
import { exitReason } from './exit-reason.js';

export interface ProcessSpec {
  readonly name: string;
  /** Script to run with this Node. */
  readonly script: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Matches the line that the process prints once it is ready. Its first group is the result of `start`, such as an address. */
  readonly ready: RegExp;
  readonly logFile: string;
}

const READY_WITHIN_MS = 300_000;
const STOP_WITHIN_MS = 15_000;
const RESTART_DELAYS = { firstMs: 250, maxMs: 5_000 };
/** A process that ends sooner after it was ready counts as failed. */
const WORKS_AFTER_MS = 500;

/** A child process that is started again whenever it ends after it was ready once, until it is stopped. */
export class SupervisedProcess {
  restarts = 0;
  private failures = 0;
  private child: ChildProcess | undefined;
  private stopping = false;
  private wasReady = false;
  private exited = Promise.resolve();
  private readonly log: WriteStream;
  private lastLines: string[] = [];

  constructor(
    private readonly spec: ProcessSpec,
    private readonly say: (line: string) => void,
    private readonly onStart: () => void,
  ) {
    this.log = createWriteStream(spec.logFile, { flags: 'a', mode: 0o600 });
    this.log.on('error', (error) => say(`${spec.name} goes on without its log: ${error.message}`)); // for example, the disk is full
  }

  get name() {
    return this.spec.name;
  }

  get pid() {
    return this.child?.pid;
  }

  /** @returns the first group of `ready`. @throws Error with the last lines of the process if it does not get ready */
  start(): Promise<string> {
    const { name, script, args, env } = this.spec;
    const child = spawn(process.execPath, ['--enable-source-maps', script, ...args], {
      env: { ...process.env, ...env, KONTOR_SUPERVISED: '1' },
      stdio: ['pipe', 'pipe', 'pipe'], // the pipe to its input tells a child when its parent is gone
      detached: true, // Ctrl+C reaches only the supervisor, which stops everything in order
    });
    this.child = child;
    this.onStart();
    let readyAt: number | undefined;
    this.exited = new Promise((resolve) => {
      const end = (how: string) => {
        resolve();
        const worked = readyAt !== undefined && Date.now() - readyAt > WORKS_AFTER_MS;
        if (!this.stopping && this.wasReady) this.startAgain(`${name} ended (${how})`, worked);
      };
      child.once('exit', (code, signal) => end(signal ?? `code ${code}`));
      child.once('error', (error) => child.pid === undefined && end(error.message)); // it could not be spawned
    });
    const ready = this.untilReady(child);
    ready.then(
      () => {
        readyAt = Date.now();
        this.wasReady = true;
      },
      () => undefined,
    );
    return ready;
  }

  async stop(): Promise<void> {
    this.stopping = true;
    const { child } = this;
    if (child?.pid !== undefined && child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
      await this.exited;
      clearTimeout(timer);
    }
    await new Promise<void>((resolve) => this.log.end(resolve));
  }

  private untilReady(child: ChildProcess) {
    return new Promise<string>((resolve, reject) => {
      const { name, logFile } = this.spec;
      const fail = (why: string) =>
        reject(new Error([`${name} ${why}`, ...exitReason(this.lastLines), `Its log: ${logFile}`].join('\n')));
      const timer = setTimeout(() => {
        fail('was not ready within five minutes');
        child.kill('SIGKILL');
      }, READY_WITHIN_MS);
      const over = () => {
        clearTimeout(timer);
        fail('could not start');
      };
      child.once('close', over).once('error', over); // by then all of its output was read
      for (const stream of [child.stdout, child.stderr]) {
        if (!stream) continue;
        createInterface({ input: stream }).on('line', (line) => {
          this.keep(line);
          const found = this.spec.ready.exec(line)?.[1];
          if (found === undefined) return;
          clearTimeout(timer);
          resolve(found);
        });
      }
    });
  }

  private keep(line: string) {
    this.log.write(`${line}\n`);
    this.lastLines = [...this.lastLines.slice(-19), line];
  }

  /** Starts at once if the process had worked; otherwise after a pause that grows with every failure in a row. */
  private startAgain(why: string, worked: boolean) {
    this.restarts++;
    this.failures = worked ? 0 : this.failures + 1;
    const pause = worked ? 0 : retryDelayMs(this.failures, RESTART_DELAYS);
    this.say(`${why}; starting it again. Its log: ${this.spec.logFile}`);
    setTimeout(() => {
      if (!this.stopping) void this.start().catch(() => undefined); // a failed start ends with an exit, which calls this again
    }, pause);
  }
}

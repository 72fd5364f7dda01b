import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { type BankEntry } from '#payments';

/** The built payment provider simulator as a process of its own, with its journal in a temporary folder. */
export class LocalPaymentSimulator {
  readonly secret = 'simulator-secret';
  url = '';
  private port = '0';
  private child: ChildProcess | undefined;
  private readonly folder = mkdtempSync(join(tmpdir(), 'kontor-payments-'));

  constructor(
    private readonly faults: object,
    private readonly webhookUrl = '',
  ) {}

  /** Comes back at the same address after {@link kill}. */
  async start(): Promise<void> {
    const main = resolve('dist/apps/payment-simulator/src/main.js');
    const child = spawn(process.execPath, [main], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        ...process.env,
        KONTOR_DATA: this.folder,
        PAYMENT_PROVIDER_SECRET: this.secret,
        PAYMENT_SIMULATOR_PORT: this.port,
        PAYMENT_SIMULATOR_FAULTS: JSON.stringify(this.faults),
        PAYMENT_WEBHOOK_URL: this.webhookUrl,
      },
    });
    this.child = child;
    for await (const line of createInterface(child.stdout)) {
      const url = /listening on (\S+)$/.exec(line)?.[1];
      if (url === undefined) continue;
      this.url = url;
      this.port = new URL(url).port;
      return;
    }
    throw new Error('The payment simulator did not start: has it been built?');
  }

  /** `kill -9`. */
  async kill(): Promise<void> {
    const { child } = this;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** What it really did. */
  async journal(): Promise<readonly BankEntry[]> {
    const response = await fetch(`${this.url}/journal`, { headers: { authorization: `Bearer ${this.secret}` } });
    return (await response.json()) as BankEntry[];
  }
}

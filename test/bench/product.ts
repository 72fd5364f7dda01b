import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { usageOf, type Usage } from './processes.js';

export interface Product {
  readonly apiUrl: string;
  /** Role kontor_owner. */
  readonly databaseUrl: string;
  readonly eventStoreUrl: string;
  readonly adminKey: string;
  usage(): Usage;
  stop(): Promise<void>;
}

const read = (dataDir: string, file: string) => readFileSync(join(dataDir, file), 'utf8');

/** Starts Kontor as it ships, without the sample. @throws Error when it does not come up */
export const startProduct = async (cli: string, dataDir: string): Promise<Product> => {
  const args = ['--enable-source-maps', cli, '--data', dataDir, 'up', '--no-sample', '--port', '0'];
  // One key reads as much as a whole network of channels would.
  const env = { ...process.env, KONTOR_READS_PER_SECOND: '1000000', KONTOR_WRITES_PER_SECOND: '1000000' };
  const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  while (!existsSync(join(dataDir, 'run.json'))) {
    if (child.exitCode !== null) throw new Error('Kontor did not start');
    await pause(100);
  }
  const run = JSON.parse(read(dataDir, 'run.json')) as Pick<Product, 'apiUrl' | 'databaseUrl' | 'eventStoreUrl'>;
  return {
    apiUrl: run.apiUrl,
    databaseUrl: run.databaseUrl,
    eventStoreUrl: run.eventStoreUrl,
    adminKey: read(dataDir, 'admin-key').trim(),
    usage: () => usageOf(JSON.parse(read(dataDir, 'pids.json')) as Record<string, number>),
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
    },
  };
};

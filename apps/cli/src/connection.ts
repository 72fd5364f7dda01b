import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { KontorClient } from './client.js';
import { readRunFile, type RunFile } from './run-file.js';
import { say } from './terminal.js';

/** Options of every command. */
export interface GlobalOptions {
  readonly data: string;
  readonly url?: string;
  readonly key?: string;
  readonly json?: boolean;
}

/** The Kontor that a command works on. */
export interface Connection {
  readonly client: KontorClient;
  /** Absent with --url: then only the API can be used. */
  readonly run: RunFile | undefined;
}

export const readAdminKey = (dataDir: string, { key }: GlobalOptions) => {
  const file = join(dataDir, 'admin-key');
  if (key !== undefined) return key;
  if (!existsSync(file)) throw new Error(`There is no API key: give --key or KONTOR_KEY (${file} does not exist)`);
  return readFileSync(file, 'utf8').trim();
};

/** Uses the Kontor of --url, or the one that runs on the data folder; otherwise starts one and stops it afterwards. */
export const withKontor = async <Result>(
  options: GlobalOptions,
  work: (connection: Connection) => Promise<Result>,
): Promise<Result> => {
  const dataDir = resolve(options.data);
  if (options.url !== undefined) {
    return work({ client: new KontorClient(options.url, readAdminKey(dataDir, options)), run: undefined });
  }
  const running = readRunFile(dataDir);
  if (running) return work({ client: new KontorClient(running.apiUrl, readAdminKey(dataDir, options)), run: running });

  say(`Nothing runs on ${options.data}: starting Kontor for this command`);
  const { startStack } = await import('./stack.js'); // loads most of Kontor
  const stack = await startStack({ dataDir, port: 0, say });
  const stop = () => void stack.stop().finally(() => process.exit(130));
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    return await work({ client: new KontorClient(stack.apiUrl, readAdminKey(dataDir, options)), run: stack });
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop);
    await stack.stop();
  }
};

/** For commands that read the log or the database directly. @throws Error with --url */
export const needsRun = ({ run }: Connection): RunFile => {
  if (!run)
    throw new Error('This command needs the data folder of a Kontor on this machine and does not work with --url');
  return run;
};

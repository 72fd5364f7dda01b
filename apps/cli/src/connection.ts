import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { KontorClient } from './client.js';
import { readRunFile, type RunFile } from './run-file.js';
import { say } from './terminal.js';

/** Options that every command has. */
export interface GlobalOptions {
  readonly data: string;
  readonly url?: string;
  readonly key?: string;
  readonly json?: boolean;
}

/** A running Kontor, as a command sees it. */
export interface Connection {
  readonly client: KontorClient;
  /** Absent when it was named by --url: then there is only its API. */
  readonly run: RunFile | undefined;
}

export const readAdminKey = (dataDir: string, { key }: GlobalOptions) => {
  const file = join(dataDir, 'admin-key');
  if (key !== undefined) return key;
  if (!existsSync(file)) throw new Error(`There is no API key: give --key or KONTOR_KEY (${file} does not exist)`);
  return readFileSync(file, 'utf8').trim();
};

/** Uses the Kontor that is named, or that runs on the data folder; otherwise starts one and stops it afterwards. */
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

/** For commands that read the log or the database themselves. @throws Error */
export const needsRun = ({ run }: Connection): RunFile => {
  if (!run) throw new Error('This works on the data folder of a Kontor on this machine: leave --url out');
  return run;
};

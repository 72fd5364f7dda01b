import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type AdminKey, ApiKeys, ensureAdminKey } from '#access';
import { freePort, openDatabase } from '#database';
import { eventStoreUrlFrom } from '#event-store-esdb';
import { openEventStore } from './open-event-store.js';
import { checkPort } from './ports.js';
import { superviseDatabase } from './supervised-database.js';
import { readRunFile, removeRunFile, type RunFile, writeRunFile } from './run-file.js';
import { SupervisedProcess } from './supervised-process.js';

export interface StackOptions {
  /** Folder of all state. */
  readonly dataDir: string;
  /** Port of the API; 0: any free one. */
  readonly port: number;
  readonly say: (line: string) => void;
}

/** A running Kontor: database, event store, worker and API under one supervisor. */
export interface Stack extends RunFile {
  readonly adminKey: AdminKey;
  /** Shuts everything down in order: the API first, the database last. */
  readonly stop: () => Promise<void>;
}

/** Starts what the environment does not provide. @throws Error that says which part does not come up, and why */
export const startStack = async ({ dataDir, port, say }: StackOptions): Promise<Stack> => {
  const other = readRunFile(dataDir);
  if (other) throw new Error(`Kontor runs on ${dataDir} already, at ${other.apiUrl} (process ${other.pid})`);
  await checkPort(port);
  const given = await givenEventStore();
  mkdirSync(join(dataDir, 'logs'), { recursive: true, mode: 0o700 });

  const parts: { readonly name: string; readonly pid: number | undefined; stop(): Promise<void> }[] = [];
  const notePids = () => {
    const pids = Object.fromEntries(parts.map(({ name, pid }) => [name, pid]));
    writeFileSync(join(dataDir, 'pids.json'), JSON.stringify(pids));
  };
  const stop = async () => {
    for (const part of parts.toReversed()) await part.stop();
    removeRunFile(dataDir);
  };
  const start = async (name: string, env: Record<string, string>, args: readonly string[] = []) => {
    const child = new SupervisedProcess(
      {
        name,
        script: fileURLToPath(new URL(`../../${name}/src/main.js`, import.meta.url)),
        args,
        env: { KONTOR_DATA: dataDir, ...env },
        ready: new RegExp(`kontor ${name} listening on (\\S+)`),
        logFile: join(dataDir, 'logs', `${name}.log`),
      },
      say,
      notePids,
    );
    parts.push(child);
    return child.start();
  };

  try {
    const database = await superviseDatabase(dataDir, say, notePids);
    parts.push(database);
    const eventStoreUrl = given ?? (await startEventStore(dataDir, start));
    const env = {
      KONTOR_EVENTSTORE_URL: eventStoreUrl,
      DATABASE_URL: database.ownerUrl,
      DATABASE_APP_URL: database.appUrl,
    };
    const apiPort = port === 0 ? await freePort() : port;
    const payments = await startPaymentSimulator(apiPort, start);
    const workerUrl = await start('worker', { ...env, ...payments, KONTOR_WORKER_PORT: String(await freePort()) });
    const adminKey = await makeAdminKey(database.appUrl, dataDir);
    const apiUrl = await start('api', { ...env, ...payments, KONTOR_PORT: String(apiPort) });
    const channelsUrl = await startChannels(
      dataDir,
      { ...env, KONTOR_URL: apiUrl, KONTOR_KEY: adminKey.secret },
      start,
    );
    const addresses = {
      apiUrl,
      ...(channelsUrl !== undefined && { channelsUrl }),
      workerUrl,
      eventStoreUrl,
      paymentUrl: process.env['PAYMENT_PROVIDER_URL'] ?? payments['PAYMENT_PROVIDER_URL'] ?? '',
      databaseUrl: database.ownerUrl,
      databaseBiUrl: database.biUrl,
    };
    const run: RunFile = { pid: process.pid, ...addresses };
    writeRunFile(dataDir, run);
    return { ...run, adminKey, stop };
  } catch (error) {
    await stop();
    throw error;
  }
};

const makeAdminKey = async (url: string, dataDir: string) => {
  const db = await openDatabase({ url, role: 'app', poolSize: 1 });
  try {
    return await ensureAdminKey(new ApiKeys(db), dataDir);
  } finally {
    await db.destroy();
  }
};

type Starter = (name: string, env: Record<string, string>, args?: readonly string[]) => Promise<string>;

/**
 * Stands for a payment provider where none is set up: no money moves. Its port and secret must outlive a crash.
 * @returns what the others must know of it
 */
const startPaymentSimulator = async (apiPort: number, start: Starter): Promise<Record<string, string>> => {
  if (process.env['PAYMENT_PROVIDER_URL'] !== undefined) return {};
  const given = process.env['PAYMENT_PROVIDER_SECRET'];
  const secret = { PAYMENT_PROVIDER_SECRET: given ?? randomBytes(32).toString('base64url') };
  const url = await start('payment-simulator', {
    ...secret,
    PAYMENT_SIMULATOR_PORT: String(await freePort()),
    PAYMENT_WEBHOOK_URL: `http://${hostOfApi()}:${apiPort}/v1/webhooks/payments`,
  });
  return { ...secret, PAYMENT_PROVIDER_URL: url };
};

/** Hosts channel adapters where there is a file of them. Others call it: its port must outlive a crash. */
const startChannels = async (dataDir: string, env: Record<string, string>, start: Starter) => {
  const file = process.env['KONTOR_CHANNELS'] ?? join(dataDir, 'channels.json');
  if (!existsSync(file)) return undefined;
  const port = process.env['KONTOR_CHANNELS_PORT'] ?? String(await freePort());
  return start('channels', { ...env, KONTOR_CHANNELS: file, KONTOR_CHANNELS_PORT: port });
};

/** An address of this machine at which the API listens. */
const hostOfApi = () => {
  const host = process.env['KONTOR_HOST'] ?? '127.0.0.1';
  return host === '0.0.0.0' ? '127.0.0.1' : host;
};

/** The event store that the environment names. @throws StoreUnavailable when Kontor cannot work there */
const givenEventStore = async () => {
  const url = eventStoreUrlFrom(process.env);
  if (url !== undefined) await (await openEventStore(url)).close();
  return url;
};

/** Its port must outlive a crash: the others go on looking for it there. */
const startEventStore = async (dataDir: string, start: Starter) => {
  const args = ['--data', join(dataDir, 'events'), '--port', String(await freePort())];
  return `esdb://${await start('event-store', {}, args)}?tls=false`;
};

import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type AdminKey, ApiKeys, ensureAdminKey } from '#access';
import { freePort, openDatabase } from '#database';
import { type UpSettings } from '#settings';
import { openEventStore } from './open-event-store.js';
import { checkPort } from './ports.js';
import { upSettings } from './settings.js';
import { superviseDatabase } from './supervised-database.js';
import { readRunFile, removeRunFile, type RunFile, writeRunFile } from './run-file.js';
import { SupervisedProcess } from './supervised-process.js';

export interface StackOptions {
  /** Data folder. */
  readonly dataDir: string;
  /** Port of the API; 0 for any free one. */
  readonly port: number;
  readonly say: (line: string) => void;
}

/** A running Kontor: database, event store, worker and API under one supervisor. */
export interface Stack extends RunFile {
  readonly adminKey: AdminKey;
  /** Shuts everything down in order: the API first, the database last. */
  readonly stop: () => Promise<void>;
}

/** The parts that a supervisor has started. */
const supervise = (dataDir: string, say: StackOptions['say']) => {
  makeFolder(join(dataDir, 'logs'));
  const parts: { readonly name: string; readonly pid: number | undefined; stop(): Promise<void> }[] = [];
  const notePids = () => {
    const pids = Object.fromEntries(parts.map(({ name, pid }) => [name, pid]));
    writeFileSync(join(dataDir, 'pids.json'), JSON.stringify(pids));
  };
  const start: Starter = async (name, env, args = []) => {
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
  /** @param given the event store that the settings name, if they do */
  const startStores = async (settings: UpSettings, given: string | undefined) => {
    const database = await superviseDatabase(dataDir, say, notePids, settings);
    parts.push(database);
    return { database, eventStoreUrl: given ?? (await startEventStore(dataDir, start)) };
  };
  const stop = async () => {
    for (const part of parts.toReversed()) await part.stop();
    removeRunFile(dataDir);
  };
  return { start, startStores, stop };
};

/** Starts all parts, except for servers that the settings name. @throws Error that says which part does not start, and why */
export const startStack = async ({ dataDir, port, say }: StackOptions): Promise<Stack> => {
  const other = readRunFile(dataDir);
  if (other) throw new Error(`Kontor runs on ${dataDir} already, at ${other.apiUrl} (process ${other.pid})`);
  const settings = upSettings();
  await checkPort(port, settings.host);
  const given = await checkedEventStore(settings.eventStoreUrl);
  const { start, startStores, stop } = supervise(dataDir, say);

  try {
    const { database, eventStoreUrl } = await startStores(settings, given);
    const env = {
      KONTOR_EVENTSTORE_URL: eventStoreUrl,
      DATABASE_URL: database.ownerUrl,
      DATABASE_APP_URL: database.appUrl,
    };
    const apiPort = port === 0 ? await freePort() : port;
    const { paymentUrl, payments } = await startPaymentSimulator(apiPort, settings, start);
    const workerUrl = await start('worker', { ...env, ...payments, KONTOR_WORKER_PORT: String(await freePort()) });
    const adminKey = await makeAdminKey(database.appUrl, dataDir);
    const apiUrl = await start('api', { ...env, ...payments, KONTOR_PORT: String(apiPort) });
    const channelsUrl = await startChannels(
      settings.channelsFile ?? join(dataDir, 'channels.json'),
      { ...env, KONTOR_URL: apiUrl, KONTOR_KEY: adminKey.secret, ...(await channelsPort(settings)) },
      start,
    );
    const addresses = {
      apiUrl,
      ...(channelsUrl !== undefined && { channelsUrl }),
      workerUrl,
      eventStoreUrl,
      paymentUrl,
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

/**
 * Starts the database and the event store without anything that acts on them, except for servers that the settings name.
 * @throws Error if Kontor runs on the folder
 */
export const withStores = async <Result>(
  { dataDir, say }: Omit<StackOptions, 'port'>,
  work: (stores: Pick<RunFile, 'databaseUrl' | 'eventStoreUrl'>) => Promise<Result>,
): Promise<Result> => {
  const running = readRunFile(dataDir);
  if (running) throw new Error(`Kontor runs on ${dataDir} (process ${running.pid}): stop it first`);
  const settings = upSettings();
  const given = await checkedEventStore(settings.eventStoreUrl);
  const { startStores, stop } = supervise(dataDir, say);
  try {
    const { database, eventStoreUrl } = await startStores(settings, given);
    return await work({ databaseUrl: database.ownerUrl, eventStoreUrl });
  } finally {
    await stop();
  }
};

/**
 * One level at a time, because Node never comes to an end with all of them where the system makes no folders, as in /proc.
 * @throws Error that names the folder and the remedy
 */
const makeFolder = (folder: string): void => {
  if (existsSync(folder)) return;
  makeFolder(dirname(folder));
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    throw new Error(`The folder ${folder} cannot be made (${String(error)}): choose another with --data`, {
      cause: error,
    });
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
 * Starts a simulator if no payment provider is configured. Its port and secret must stay the same after a crash.
 * @returns the address of the provider, and variables for the apps that use it
 */
const startPaymentSimulator = async (
  apiPort: number,
  { host, paymentProviderUrl, paymentProviderSecret }: UpSettings,
  start: Starter,
): Promise<{ readonly paymentUrl: string; readonly payments: Record<string, string> }> => {
  if (paymentProviderUrl !== undefined) return { paymentUrl: paymentProviderUrl, payments: {} };
  const secret = { PAYMENT_PROVIDER_SECRET: paymentProviderSecret ?? randomBytes(32).toString('base64url') };
  const paymentUrl = await start('payment-simulator', {
    ...secret,
    PAYMENT_SIMULATOR_PORT: String(await freePort()),
    PAYMENT_WEBHOOK_URL: `http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${apiPort}/v1/webhooks/payments`,
  });
  return { paymentUrl, payments: { ...secret, PAYMENT_PROVIDER_URL: paymentUrl } };
};

/** Starts the host of channel adapters if there is a channels file. */
const startChannels = async (file: string, env: Record<string, string>, start: Starter) =>
  existsSync(file) ? start('channels', { ...env, KONTOR_CHANNELS: file }) : undefined;

/** Partners call the host of channel adapters, so its port must stay the same after a crash. */
const channelsPort = async ({ channelsPort: port }: UpSettings) => ({
  KONTOR_CHANNELS_PORT: String(port ?? (await freePort())),
});

/** @throws StoreUnavailable if the settings name an event store that Kontor cannot use */
const checkedEventStore = async (url: string | undefined) => {
  if (url !== undefined) await (await openEventStore(url)).close();
  return url;
};

/** Its port must stay the same after a crash, because the other parts reconnect to it. */
const startEventStore = async (dataDir: string, start: Starter) => {
  const password = eventStorePasswordIn(dataDir);
  const address = await start('event-store', { KONTOR_EVENTSTORE_PASSWORD: password }, [
    ...['--data', join(dataDir, 'events'), '--port', String(await freePort())],
    ...['--user', EVENT_STORE_USER, '--tls-folder', dataDir],
  ]);
  // Clients send a password over TLS only, and Node's TLS does not send an address as the name of the server.
  return `esdb://${EVENT_STORE_USER}:${encodeURIComponent(password)}@${address.replace('127.0.0.1', 'localhost')}?tls=true&tlsCAFile=${encodeURIComponent(resolve(dataDir, 'event-store.crt'))}`;
};

const EVENT_STORE_USER = 'kontor';

/** In `<dataDir>/event-store-password`, which only this user can read. It is made at the first start. */
const eventStorePasswordIn = (dataDir: string): string => {
  const file = join(dataDir, 'event-store-password');
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  const password = randomBytes(24).toString('base64url');
  writeFileSync(`${file}.new`, `${password}\n`, { mode: 0o600, flush: true });
  renameSync(`${file}.new`, file);
  return password;
};

import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { runApp } from '#host';
import { readEventStoreSettings } from '#settings';
import { type ServerVersion } from './read-context.js';
import { certificateIn } from './self-signed.js';
import { type ServerOptions, startServer } from './server.js';

const HELP = `kontor event-store: a local, single-node event store that speaks EventStoreDB's gRPC protocol

  --port N              default 2113; 0 takes any free port
  --host HOST           default 127.0.0.1
  --data FOLDER         default ./data/events
  --memory              keep everything in memory, for tests
  --max-append-size N   bytes of data and metadata per append, default 1048576
  --like VERSION        behave as EventStoreDB 23.10 (the default) or 24.2
  --slow-start MS       say for so long that the server is not ready, as EventStoreDB does while it starts
  --late-end MS         keep open calls for so long after a stop signal; EventStoreDB takes 5000
  --tls-cert FILE       PEM; with --tls-key, serves TLS
  --tls-key FILE        PEM
  --tls-folder FOLDER   serves TLS for 127.0.0.1 and localhost with a certificate that is made there at the first start:
                        event-store.crt, which clients name as tlsCAFile, and event-store.key
  --user NAME           demands basic authentication (needs TLS); password: KONTOR_EVENTSTORE_PASSWORD
  --help

Once ready, prints one line: kontor event-store listening on HOST:PORT
Health check: GET /health/live on the same port answers 204.

Example, until Ctrl+C:
  npm run event-store -- --memory --port 0`;

function parse() {
  return parseArgs({
    options: {
      port: { type: 'string', default: '2113' },
      host: { type: 'string', default: '127.0.0.1' },
      data: { type: 'string', default: './data/events' },
      memory: { type: 'boolean', default: false },
      'max-append-size': { type: 'string', default: String(1024 * 1024) },
      like: { type: 'string', default: '23.10' },
      'slow-start': { type: 'string', default: '0' },
      'late-end': { type: 'string', default: '0' },
      'tls-cert': { type: 'string' },
      'tls-key': { type: 'string' },
      'tls-folder': { type: 'string' },
      user: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  }).values;
}

type Arguments = ReturnType<typeof parse>;

function optionsFrom(given: Arguments): ServerOptions {
  const tls = tlsFrom(given);
  return {
    host: given.host,
    port: integer('port', given.port),
    data: given.memory ? undefined : given.data,
    maxAppendSize: integer('max-append-size', given['max-append-size']),
    like: version(given.like),
    slowStartMs: integer('slow-start', given['slow-start']),
    lateEndMs: integer('late-end', given['late-end']),
    tls,
    credentials: credentialsFrom(given.user, tls !== undefined),
  };
}

function tlsFrom({ 'tls-cert': cert, 'tls-key': key, 'tls-folder': folder }: Arguments): ServerOptions['tls'] {
  if (folder !== undefined) return certificateIn(folder);
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined) throw new Error('--tls-cert and --tls-key go together.');
  return { cert: readFileSync(cert), key: readFileSync(key) };
}

function credentialsFrom(user: string | undefined, tls: boolean): ServerOptions['credentials'] {
  if (user === undefined) return undefined;
  const { password } = readEventStoreSettings(process.env);
  if (!password) throw new Error('--user needs a password in KONTOR_EVENTSTORE_PASSWORD.');
  if (!tls) throw new Error('--user needs TLS: without it, clients send no credentials.');
  return { user, password };
}

function version(value: string): ServerVersion {
  if (value !== '23.10' && value !== '24.2') throw new Error('--like must be 23.10 or 24.2.');
  return value;
}

function integer(name: string, value: string): number {
  if (!/^\d+$/.test(value)) throw new Error(`--${name} must be a whole number.`);
  return Number(value);
}

export async function run(): Promise<void> {
  const start = async () => {
    const options = optionsFrom(parse());
    const server = await startServer(options);
    return { url: `${options.host}:${server.port}`, close: () => server.close() };
  };
  if (process.argv.includes('--help')) console.log(HELP);
  else await runApp('event-store', start, [Error]);
}

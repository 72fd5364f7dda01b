import { kinds, optionalVariable, requiredVariable, variableWithDefault } from '#host';

export const CONSUMERS = ['projections', 'processes', 'relay'] as const;
const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
const PAYMENT_FAULTS = ['seed', 'lost', 'cut', 'slow', 'error', 'lie', 'early', 'twice', 'late', 'none'];

const dataDir = variableWithDefault(kinds.anyText('a folder'), './data', {
  name: 'KONTOR_DATA',
  meaning: 'Folder of all local state: event store, database, keys, logs. The option --data names another.',
});
const host = variableWithDefault(kinds.anyText('a host name or an IP address'), '127.0.0.1', {
  name: 'KONTOR_HOST',
  meaning: 'Address at which the apps listen.',
});
const logLevel = variableWithDefault(kinds.oneOf(LOG_LEVELS), 'info', {
  name: 'KONTOR_LOG',
  meaning: 'Level of the logs. With debug, the CLI prints the stacks of errors, too.',
});
/**
 * EventStoreDB 24 takes all variables that begin with EVENTSTORE_ for settings of its own and does not start with one
 * that it does not know: the former name should not be used any more.
 */
const eventStore = {
  name: 'KONTOR_EVENTSTORE_URL',
  formerName: 'EVENTSTORE_URL',
  meaning: 'The EventStoreDB, or several of its nodes: esdb://a,b,c.',
  defaultMeaning: 'under `kontor up`, a local event store',
};
const eventStoreUrl = requiredVariable(kinds.eventStoreUrl, eventStore);
const database = {
  name: 'DATABASE_URL',
  meaning: 'The PostgreSQL database, as the role that owns its schema.',
  defaultMeaning: 'under `kontor up`, an embedded PostgreSQL',
};
const databaseUrl = requiredVariable(kinds.postgresUrl('kontor_owner'), database);
const databaseOfApi = {
  name: 'DATABASE_APP_URL',
  meaning: 'The same database, as the role of the API, to which row-level security applies.',
  defaultMeaning: 'under `kontor up`, an embedded PostgreSQL',
};
const kek = optionalVariable(kinds.base64Key, {
  name: 'KONTOR_KEK',
  meaning: 'Key-encryption key: it encrypts the keys of personal data.',
  defaultMeaning: 'the file `kek` in KONTOR_DATA, made at the first start',
});
const previousKek = optionalVariable(kinds.base64Key, {
  name: 'KONTOR_KEK_PREVIOUS',
  meaning: 'While the key-encryption key is being replaced: the former one, which still opens what it encrypted.',
});
const streamCacheBytes = optionalVariable(kinds.mebibytes, {
  name: 'KONTOR_STREAM_CACHE_MB',
  meaning:
    'MiB of memory in each process of the API and the worker for the streams that commands go to. Streams that do not fit are read again, which is slower.',
  defaultMeaning: 'one eighth of Node’s heap limit, at least 64',
});
export const kafkaBrokers = optionalVariable(kinds.addresses, {
  name: 'KAFKA_BROKERS',
  meaning:
    'Brokers of Kafka. With them, the worker publishes events, the API takes commands from Kafka, and channel adapters read the published events: see docs/kafka.md.',
});
const paymentProviderUrl = optionalVariable(kinds.httpUrl, {
  name: 'PAYMENT_PROVIDER_URL',
  meaning: 'Where payments are carried out. A worker without it carries out none: they wait.',
  defaultMeaning: 'under `kontor up`, a simulator that moves no money',
});
const providerSecret = {
  name: 'PAYMENT_PROVIDER_SECRET',
  meaning: 'Key at the payment provider, who also signs its webhooks (`POST /v1/webhooks/payments`) with it.',
  defaultMeaning: 'under `kontor up`, a new one at each start',
};
const paymentProviderSecret = variableWithDefault(kinds.secretText, '', providerSecret);
const channelsPort = {
  name: 'KONTOR_CHANNELS_PORT',
  meaning: 'Port of the host of channel adapters.',
  defaultMeaning: '7073; under `kontor up`, any free port',
};

export const apiVariables = {
  eventStoreUrl,
  databaseUrl: requiredVariable(kinds.postgresUrl('kontor_app'), databaseOfApi),
  dataDir,
  host,
  port: variableWithDefault(kinds.port, '7070', {
    name: 'KONTOR_PORT',
    meaning: 'Port of the API. The option --port of `kontor up` names another.',
  }),
  logLevel,
  kek,
  previousKek,
  streamCacheBytes,
  kafkaBrokers,
  paymentProviderSecret,
  readsPerSecond: variableWithDefault(kinds.positiveNumberOf('requests'), '10000', {
    name: 'KONTOR_READS_PER_SECOND',
    meaning: 'Reads that each API key has in each process of the API; for a moment, twice as many.',
  }),
  writesPerSecond: variableWithDefault(kinds.positiveNumberOf('commands'), '10000', {
    name: 'KONTOR_WRITES_PER_SECOND',
    meaning: 'Commands that each API key has in each process of the API; for a moment, twice as many.',
  }),
};

export const workerVariables = {
  eventStoreUrl,
  databaseUrl,
  dataDir,
  host,
  port: variableWithDefault(kinds.port, '7071', {
    name: 'KONTOR_WORKER_PORT',
    meaning: 'Port of the worker, for health and metrics.',
    defaultMeaning: '7071; under `kontor up`, any free port',
  }),
  logLevel,
  kek,
  previousKek,
  streamCacheBytes,
  consumers: variableWithDefault(kinds.someOf(CONSUMERS), CONSUMERS.join(','), {
    name: 'CONSUMERS',
    meaning: 'What the worker runs. It publishes only with KAFKA_BROKERS, and `relay` must not be named without them.',
  }),
  kafkaBrokers,
  paymentProviderUrl,
  paymentProviderSecret,
  acceptWithinSeconds: variableWithDefault(kinds.positiveNumberOf('seconds'), '86400', {
    name: 'KONTOR_ACCEPT_WITHIN_SECONDS',
    meaning: 'How long a location may take to accept what is assigned to it; then another location is looked for.',
  }),
};

export const channelsVariables = {
  eventStoreUrl,
  databaseUrl,
  host,
  port: variableWithDefault(kinds.port, '7073', channelsPort),
  logLevel,
  kafkaBrokers,
  apiUrl: requiredVariable(kinds.httpUrl, {
    name: 'KONTOR_URL',
    meaning: 'A running API: channel adapters send their commands there. For the CLI, a Kontor elsewhere (`--url`).',
  }),
  apiKey: requiredVariable(kinds.secretText, {
    name: 'KONTOR_KEY',
    meaning: 'API key at that API; channel adapters need a key of staff (`--key`).',
  }),
  file: requiredVariable(kinds.anyText('a JSON file of channels'), {
    name: 'KONTOR_CHANNELS',
    meaning: 'File of the channels whose adapters are hosted: see docs/channels.md.',
    defaultMeaning: 'under `kontor up`, `channels.json` in KONTOR_DATA, if there is one',
  }),
};

export const paymentSimulatorVariables = {
  dataDir,
  host,
  port: variableWithDefault(kinds.port, '7072', {
    name: 'PAYMENT_SIMULATOR_PORT',
    meaning: 'Port of the payment simulator.',
    defaultMeaning: '7072; under `kontor up`, any free port',
  }),
  secret: paymentProviderSecret,
  webhookUrl: optionalVariable(kinds.httpUrl, {
    name: 'PAYMENT_WEBHOOK_URL',
    meaning: 'Where the payment simulator sends its webhooks.',
    defaultMeaning: 'under `kontor up`, the API',
  }),
  faults: optionalVariable(kinds.numbersByName(PAYMENT_FAULTS, '{"seed":1,"cut":0.2}'), {
    name: 'PAYMENT_SIMULATOR_FAULTS',
    meaning:
      'What goes wrong at the payment simulator, as chances from 0 to 1: see apps/payment-simulator/src/faults.ts.',
  }),
};

/** Of each command of the CLI. */
export const cliVariables = {
  dataDir,
  url: optionalVariable(channelsVariables.apiUrl.kind, channelsVariables.apiUrl),
  key: optionalVariable(channelsVariables.apiKey.kind, channelsVariables.apiKey),
};

/** Of `kontor up`, besides those that it only passes on to the apps that it starts. */
export const upVariables = {
  port: apiVariables.port,
  host,
  eventStoreUrl: optionalVariable(kinds.eventStoreUrl, eventStore),
  databaseUrl: optionalVariable(databaseUrl.kind, database),
  databaseAppUrl: optionalVariable(apiVariables.databaseUrl.kind, databaseOfApi),
  databaseBiUrl: optionalVariable(kinds.postgresUrl('kontor_bi'), {
    name: 'DATABASE_BI_URL',
    meaning: 'The same database, as the role of analysts: only for `kontor import --expect`.',
    defaultMeaning: 'under `kontor up`, an embedded PostgreSQL',
  }),
  paymentProviderUrl,
  paymentProviderSecret: optionalVariable(kinds.secretText, providerSecret),
  channelsFile: optionalVariable(channelsVariables.file.kind, channelsVariables.file),
  channelsPort: optionalVariable(kinds.port, channelsPort),
};

export const eventStoreVariables = {
  password: optionalVariable(kinds.secretText, {
    name: 'KONTOR_EVENTSTORE_PASSWORD',
    meaning: 'Password of the local event store, with its option --user.',
  }),
};

import {
  checkSettings,
  type Environment,
  kinds,
  readSettings,
  requiredVariable,
  type SettingsOf,
  type SettingsTableRow,
  settingsTableOf,
} from '#host';
import {
  apiVariables,
  channelsVariables,
  type CONSUMERS,
  cliVariables,
  eventStoreVariables,
  kafkaBrokers,
  paymentSimulatorVariables,
  upVariables,
  workerVariables,
} from './variables.js';

export type ApiSettings = SettingsOf<typeof apiVariables>;
export type WorkerSettings = SettingsOf<typeof workerVariables>;
export type ConsumerKind = (typeof CONSUMERS)[number];
export type ChannelsSettings = SettingsOf<typeof channelsVariables>;
export type PaymentSimulatorSettings = SettingsOf<typeof paymentSimulatorVariables>;
export type EventStoreSettings = SettingsOf<typeof eventStoreVariables>;
export type CliSettings = SettingsOf<typeof cliVariables>;
export type UpSettings = SettingsOf<typeof upVariables>;

/** @throws SettingsError, as each function here */
export const readApiSettings = (env: Environment): ApiSettings => readSettings(apiVariables, env);

export const readWorkerSettings = (env: Environment): WorkerSettings => {
  const namesRelay = env['CONSUMERS']?.split(',').includes('relay') ?? false;
  const contradiction = 'KAFKA_BROKERS is not set, but CONSUMERS names relay. Set it, or leave relay out of CONSUMERS.';
  return readSettings(workerVariables, env, namesRelay && !env['KAFKA_BROKERS'] ? [contradiction] : []);
};

export const readChannelsSettings = (env: Environment): ChannelsSettings => readSettings(channelsVariables, env);

export const readPaymentSimulatorSettings = (env: Environment): PaymentSimulatorSettings =>
  readSettings(paymentSimulatorVariables, env);

export const readEventStoreSettings = (env: Environment): EventStoreSettings => readSettings(eventStoreVariables, env);

export const readCliSettings = (env: Environment): CliSettings => readSettings(cliVariables, env);

/** For a command of the CLI that cannot do without them. */
export const readKafkaBrokers = (env: Environment): readonly string[] =>
  readSettings({ brokers: requiredVariable(kinds.addresses, kafkaBrokers) }, env).brokers;

/** Also looks at those that `kontor up` only passes on to the apps that it starts. */
export const readUpSettings = (env: Environment): UpSettings => {
  checkSettings([upVariables, apiVariables, workerVariables, channelsVariables, paymentSimulatorVariables], env);
  const needsAppUrl = !env['DATABASE_APP_URL'] && env['DATABASE_URL'];
  const contradiction = 'DATABASE_APP_URL is not set, but DATABASE_URL is. Set both, or neither: see deploy/README.md.';
  return readSettings(upVariables, env, needsAppUrl ? [contradiction] : []);
};

/** Every variable that an app reads, for the page of configuration. */
export const settingsTable = (): readonly SettingsTableRow[] =>
  settingsTableOf({
    api: apiVariables,
    worker: workerVariables,
    channels: channelsVariables,
    'payment-simulator': paymentSimulatorVariables,
    'event-store': eventStoreVariables,
    cli: { ...cliVariables, ...upVariables, kafkaBrokers },
  });

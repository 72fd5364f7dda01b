import { eventStoreUrlFrom } from '#event-store-esdb';

export interface Settings {
  /** `esdb://…` */
  readonly eventStoreUrl: string;
  /** `postgres://…` of the role kontor_owner. */
  readonly databaseUrl: string;
  /** Of Kafka, `host:port`; none: events are read straight from the log. */
  readonly kafkaBrokers: readonly string[];
  /** Kontor's API, and a key of staff: adapters act for their channels. */
  readonly apiUrl: string;
  readonly apiKey: string;
  /** The file of channels. */
  readonly file: string;
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

const required = (env: Environment, name: string) => {
  const value = env[name];
  if (value !== undefined && value !== '') return value;
  throw new Error(`The environment variable ${name} is missing`);
};

/** @throws Error that names what is missing */
export const settingsOf = (env: Environment): Settings => ({
  eventStoreUrl: eventStoreUrlFrom(env) ?? required(env, 'KONTOR_EVENTSTORE_URL'),
  databaseUrl: required(env, 'DATABASE_URL'),
  kafkaBrokers: env['KAFKA_BROKERS']?.split(',').filter(Boolean) ?? [],
  apiUrl: required(env, 'KONTOR_URL'),
  apiKey: required(env, 'KONTOR_KEY'),
  file: required(env, 'KONTOR_CHANNELS'),
  host: env['KONTOR_HOST'] ?? '127.0.0.1',
  port: Number(env['KONTOR_CHANNELS_PORT'] ?? 7073),
});

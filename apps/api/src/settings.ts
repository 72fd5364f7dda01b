import { eventStoreUrlFrom } from '#event-store-esdb';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What the environment says. */
export interface Settings {
  /** `esdb://…` */
  readonly eventStoreUrl: string;
  /** `postgres://…` of the role kontor_app. */
  readonly databaseUrl: string;
  /** Where keys are kept that the environment does not give. */
  readonly dataDir: string;
  /** 0: any free port. */
  readonly port: number;
  readonly host: string;
  readonly logLevel: string;
  /** Of Kafka, `host:port`; none: commands come over HTTP only. */
  readonly kafkaBrokers: readonly string[];
}

const required = (env: Environment, name: string) => {
  const value = env[name];
  if (value !== undefined && value !== '') return value;
  throw new Error(`The environment variable ${name} is missing`);
};

const portOf = (text: string) => {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new Error(`KONTOR_PORT is not a port: ${text}`);
};

/** @throws Error that names what is missing or wrong */
export const settingsOf = (env: Environment): Settings => ({
  eventStoreUrl: eventStoreUrlFrom(env) ?? required(env, 'KONTOR_EVENTSTORE_URL'),
  databaseUrl: required(env, 'DATABASE_APP_URL'),
  dataDir: env['KONTOR_DATA'] ?? './data',
  port: portOf(env['KONTOR_PORT'] ?? '7070'),
  host: env['KONTOR_HOST'] ?? '127.0.0.1',
  logLevel: env['KONTOR_LOG'] ?? 'info',
  kafkaBrokers: env['KAFKA_BROKERS']?.split(',').filter(Boolean) ?? [],
});

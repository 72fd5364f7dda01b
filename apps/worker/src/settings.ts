import { eventStoreUrlFrom } from '#event-store-esdb';
import { type PaymentProvider, paymentProviderFrom } from '#payments';

export interface Settings {
  /** `esdb://…` */
  readonly eventStoreUrl: string;
  /** `postgres://…` of the role kontor_owner. */
  readonly databaseUrl: string;
  /** For health and metrics; 0: any free port. */
  readonly port: number;
  readonly host: string;
  /** Which consumers to run: `projections`, `processes`, `relay`. Default: all. */
  readonly consumers: ReadonlySet<string>;
  /** Of Kafka, `host:port`; none: nothing is published. */
  readonly kafkaBrokers: readonly string[];
  /** By PAYMENT_PROVIDER_URL and PAYMENT_PROVIDER_SECRET. */
  readonly provider: PaymentProvider;
  /** How long a location may take to accept what it is assigned; a day, if left out. */
  readonly acceptWithinSeconds?: number;
}

const CONSUMERS = ['projections', 'processes', 'relay'];

type Environment = Readonly<Record<string, string | undefined>>;

const required = (env: Environment, name: string) => {
  const value = env[name];
  if (value !== undefined && value !== '') return value;
  throw new Error(`The environment variable ${name} is missing`);
};

/** Those named, or all: without brokers, all that work without. @throws Error */
const consumersOf = (env: Environment): ReadonlySet<string> => {
  const named = env['CONSUMERS'];
  const consumers = new Set(named?.split(',') ?? CONSUMERS);
  for (const name of consumers) {
    if (!CONSUMERS.includes(name)) throw new Error(`CONSUMERS names ${name}; there are ${CONSUMERS.join(', ')}`);
  }
  if (named !== undefined && consumers.has('relay')) required(env, 'KAFKA_BROKERS');
  return consumers;
};

const acceptWithin = ({ KONTOR_ACCEPT_WITHIN_SECONDS: text }: Environment) => {
  if (text === undefined) return {};
  const acceptWithinSeconds = Number(text);
  if (acceptWithinSeconds > 0) return { acceptWithinSeconds };
  throw new Error(`KONTOR_ACCEPT_WITHIN_SECONDS is ${text}, not a number of seconds`);
};

/** @throws Error that names what is missing or wrong */
export const settingsOf = (env: Environment): Settings => {
  const consumers = consumersOf(env);
  return {
    eventStoreUrl: eventStoreUrlFrom(env) ?? required(env, 'KONTOR_EVENTSTORE_URL'),
    databaseUrl: required(env, 'DATABASE_URL'),
    port: Number(env['KONTOR_WORKER_PORT'] ?? 7071),
    host: env['KONTOR_HOST'] ?? '127.0.0.1',
    consumers,
    provider: paymentProviderFrom(env),
    ...acceptWithin(env),
    kafkaBrokers: consumers.has('relay') ? (env['KAFKA_BROKERS']?.split(',').filter(Boolean) ?? []) : [],
  };
};

import { type PaymentProvider, paymentProviderFrom } from '#payments';

export interface Settings {
  /** `esdb://…` */
  readonly eventStoreUrl: string;
  /** `postgres://…` of the role kontor_owner. */
  readonly databaseUrl: string;
  /** For health and metrics; 0: any free port. */
  readonly port: number;
  readonly host: string;
  /** Which consumers to run: `projections`, `processes`. Default: all. */
  readonly consumers: ReadonlySet<string>;
  /** By PAYMENT_PROVIDER_URL and PAYMENT_PROVIDER_SECRET. */
  readonly provider: PaymentProvider;
}

const CONSUMERS = ['projections', 'processes'];

type Environment = Readonly<Record<string, string | undefined>>;

const required = (env: Environment, name: string) => {
  const value = env[name];
  if (value !== undefined && value !== '') return value;
  throw new Error(`The environment variable ${name} is missing`);
};

/** @throws Error that names what is missing or wrong */
export const settingsOf = (env: Environment): Settings => {
  const consumers = new Set(env['CONSUMERS']?.split(',') ?? CONSUMERS);
  for (const name of consumers) {
    if (!CONSUMERS.includes(name)) throw new Error(`CONSUMERS names ${name}; there are ${CONSUMERS.join(' and ')}`);
  }
  return {
    eventStoreUrl: required(env, 'EVENTSTORE_URL'),
    databaseUrl: required(env, 'DATABASE_URL'),
    port: Number(env['KONTOR_WORKER_PORT'] ?? 7071),
    host: env['KONTOR_HOST'] ?? '127.0.0.1',
    consumers,
    provider: paymentProviderFrom(env),
  };
};

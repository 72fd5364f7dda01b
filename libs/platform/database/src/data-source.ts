import { DataSource, type EntitySchema } from 'typeorm';

export interface DatabaseOptions {
  /** `postgres://…`, with the TLS parameters of libpq, if any. */
  readonly url: string;
  /** `owner` may change the schema (worker); `app` reads under row-level security (API). */
  readonly role: 'owner' | 'app';
  /** Maximum number of connections. Default 10. */
  readonly poolSize?: number;
  readonly entities?: readonly EntitySchema[];
}

/** Milliseconds. The owner's is longer because the worker builds indices on large tables. */
const STATEMENT_TIMEOUT = { app: 15_000, owner: 300_000 };

/** Opens a connection pool. Tables are created by {@link migrate} alone, never by TypeORM's synchronization. */
export const openDatabase = ({ url, role, poolSize = 10, entities = [] }: DatabaseOptions): Promise<DataSource> =>
  new DataSource({
    type: 'postgres',
    url,
    poolSize,
    entities: [...entities],
    applicationName: `kontor-${role}`,
    connectTimeoutMS: 10_000,
    installExtensions: false,
    // The server enforces the first limit; the client enforces the second if the server does not answer.
    extra: {
      statement_timeout: STATEMENT_TIMEOUT[role],
      query_timeout: STATEMENT_TIMEOUT[role] + 5000,
      keepAlive: true,
    },
  }).initialize();

import { DataSource, type EntitySchema } from 'typeorm';

export interface DatabaseOptions {
  /** `postgres://…`, with everything that libpq's URLs can say about TLS. */
  readonly url: string;
  /** `owner` may change the schema (worker); `app` reads under row-level security (API). */
  readonly role: 'owner' | 'app';
  /** Most connections. Default 10. */
  readonly poolSize?: number;
  readonly entities?: readonly EntitySchema[];
}

/** The API answers people, the worker may build an index on a large table. Milliseconds. */
const STATEMENT_TIMEOUT = { app: 15_000, owner: 300_000 };

/** Opens a connection pool. Nothing is ever created by synchronizing: see {@link migrate}. */
export const openDatabase = ({ url, role, poolSize = 10, entities = [] }: DatabaseOptions): Promise<DataSource> =>
  new DataSource({
    type: 'postgres',
    url,
    poolSize,
    entities: [...entities],
    applicationName: `kontor-${role}`,
    connectTimeoutMS: 10_000,
    installExtensions: false,
    // The first limit is the server's to keep, the second holds when the server says nothing at all.
    extra: {
      statement_timeout: STATEMENT_TIMEOUT[role],
      query_timeout: STATEMENT_TIMEOUT[role] + 5000,
      keepAlive: true,
    },
  }).initialize();

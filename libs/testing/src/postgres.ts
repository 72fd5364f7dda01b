import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate, openDatabase, startEmbeddedPostgres, type EmbeddedPostgres } from '#database';

type DataSource = Awaited<ReturnType<typeof openDatabase>>;

export interface TestDatabase {
  readonly postgres: EmbeddedPostgres;
  /** As kontor_owner. */
  readonly owner: DataSource;
  /** As kontor_app. */
  readonly app: DataSource;
  /** Closes the connections, stops the server, and leaves no files. */
  stop(): Promise<void>;
}

/** A real PostgreSQL of the suite's own, with Kontor's schema and roles. Takes seconds: once per file, in `beforeAll`. */
export const startTestDatabase = async (): Promise<TestDatabase> => {
  const dataDir = mkdtempSync(join(tmpdir(), 'kontor-test-'));
  const postgres = await startEmbeddedPostgres({ dataDir, log: () => undefined });
  const owner = await openDatabase({ url: postgres.ownerUrl, role: 'owner', poolSize: 4 });
  await migrate(owner);
  const app = await openDatabase({ url: postgres.appUrl, role: 'app', poolSize: 4 });
  return {
    postgres,
    owner,
    app,
    stop: async () => {
      await Promise.all([owner.destroy(), app.destroy()]);
      await postgres.stop();
      rmSync(dataDir, { recursive: true });
    },
  };
};

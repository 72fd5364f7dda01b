import { afterAll, beforeAll, beforeEach, describe } from '@jest/globals';
import { startTestDatabase, type TestDatabase } from '#testing';
import { PgProcessStore } from './process-store.js';
import { processStoreContract } from './process-store.fixture.js';

describe('the store of processes in PostgreSQL', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await startTestDatabase();
  });
  afterAll(() => database.stop(), 60_000);
  beforeEach(async () => {
    await database.owner.query(
      'TRUNCATE system.process, system.process_instance, system.process_parked, system.process_held',
    );
  });

  processStoreContract(() => new PgProcessStore(database.owner, 'processes'));
});

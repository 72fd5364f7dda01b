import { describe } from '@jest/globals';
import { processStoreContract } from './process-store.fixture.js';
import { InMemoryProcessStore } from './processes.fixture.js';

describe('the store of processes in memory', () => processStoreContract(() => new InMemoryProcessStore()));

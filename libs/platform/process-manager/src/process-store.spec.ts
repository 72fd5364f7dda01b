import { describe } from '@jest/globals';
import { InMemoryProcessStore } from '#testing';
import { processStoreContract } from './process-store.fixture.js';

describe('the store of processes in memory', () => processStoreContract(() => new InMemoryProcessStore()));

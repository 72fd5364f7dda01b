import 'reflect-metadata';
import { LogMismatch } from '#event-store';
import { StoreUnavailable } from '#event-store-esdb';
import { runApp } from '#host';
import { readWorkerSettings } from '#settings';
import { startWorker } from './worker.js';

await runApp('worker', async () => startWorker(readWorkerSettings(process.env)), [StoreUnavailable, LogMismatch]);

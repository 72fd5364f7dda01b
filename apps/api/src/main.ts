import 'reflect-metadata';
import { LogMismatch } from '#event-store';
import { StoreUnavailable } from '#event-store-esdb';
import { runApp } from '#host';
import { readApiSettings } from '#settings';
import { createApi } from './api.js';

await runApp('api', async () => createApi(readApiSettings(process.env)), [StoreUnavailable, LogMismatch]);

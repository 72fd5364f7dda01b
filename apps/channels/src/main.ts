import 'reflect-metadata';
import { LogMismatch } from '#event-store';
import { StoreUnavailable } from '#event-store-esdb';
import { runApp } from '#host';
import { readChannelsSettings } from '#settings';
import { startChannels } from './channels.js';

await runApp('channels', async () => startChannels(readChannelsSettings(process.env)), [StoreUnavailable, LogMismatch]);

import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { type SettingsError } from '#host';
import {
  readApiSettings,
  readChannelsSettings,
  readUpSettings,
  readWorkerSettings,
  settingsTable,
} from './settings.js';

const storage = {
  KONTOR_EVENTSTORE_URL: 'esdb://host:2113?tls=false',
  DATABASE_URL: 'postgres://kontor_owner@host/kontor',
  DATABASE_APP_URL: 'postgres://kontor_app@host/kontor',
};

const problemsOf = (read: () => unknown): readonly string[] => {
  try {
    read();
    return [];
  } catch (error) {
    return (error as SettingsError).problems;
  }
};

describe('the settings of the API', () => {
  it('do not take a level of the log that does not exist for debug', () =>
    expect(problemsOf(() => readApiSettings({ ...storage, KONTOR_LOG: 'warning' }))).toEqual([
      'KONTOR_LOG is "warning". Set it to debug, info, warn, error or silent.',
    ]));

  it('name all variables that are missing', () =>
    expect(problemsOf(() => readApiSettings({}))).toEqual([
      expect.stringMatching(/^KONTOR_EVENTSTORE_URL is not set/),
      expect.stringMatching(/^DATABASE_APP_URL is not set/),
    ]));
});

describe('the address of the event store', () => {
  const read = (env: Record<string, string>) => readUpSettings(env).eventStoreUrl;

  it('is KONTOR_EVENTSTORE_URL, and where that is not set the older EVENTSTORE_URL', () => {
    const [url, older] = ['esdb://new:2113', 'esdb://old:2113'];
    expect(read({ KONTOR_EVENTSTORE_URL: url, EVENTSTORE_URL: older })).toBe(url);
    expect(read({ EVENTSTORE_URL: older })).toBe(older);
    expect(read({ KONTOR_EVENTSTORE_URL: '', EVENTSTORE_URL: older })).toBe(older);
    expect(read({})).toBeUndefined();
  });

  it('is never called EVENTSTORE_URL in the deployment: EventStoreDB 24 does not start where that is set', () => {
    const folder = resolve('deploy');
    const files = readdirSync(folder).filter((name) => /^(compose.*\.yaml|Dockerfile)$/.test(name));
    expect(files.length).toBeGreaterThan(2);
    for (const name of files)
      expect([name, readFileSync(resolve(folder, name), 'utf8').match(/^\s*EVENTSTORE_URL\b/m)]).toEqual([name, null]);
  });
});

describe('the settings of the worker', () => {
  it('do not take a port that is no number', () =>
    expect(problemsOf(() => readWorkerSettings({ ...storage, KONTOR_WORKER_PORT: 'http' }))).toEqual([
      expect.stringMatching(/^KONTOR_WORKER_PORT is "http"/),
    ]));

  it('name all consumers unless the environment names some', () => {
    expect([...readWorkerSettings(storage).consumers]).toEqual(['projections', 'processes', 'relay']);
    expect([...readWorkerSettings({ ...storage, CONSUMERS: 'processes' }).consumers]).toEqual(['processes']);
  });

  it('need Kafka where CONSUMERS names the relay', () => {
    const env = { ...storage, CONSUMERS: 'relay' };
    expect(problemsOf(() => readWorkerSettings(env))).toEqual([expect.stringMatching(/^KAFKA_BROKERS is not set/)]);
    expect(readWorkerSettings({ ...env, KAFKA_BROKERS: 'kafka:9092' }).kafkaBrokers).toEqual(['kafka:9092']);
  });
});

it('the settings of the host of channels do not take a port that is no number', () =>
  expect(
    problemsOf(() =>
      readChannelsSettings({
        ...storage,
        KONTOR_URL: 'http://api',
        KONTOR_KEY: 'key',
        KONTOR_CHANNELS: 'channels.json',
        KONTOR_CHANNELS_PORT: '7073a',
      }),
    ),
  ).toEqual([expect.stringMatching(/^KONTOR_CHANNELS_PORT is "7073a"/)]));

describe('the settings of kontor up', () => {
  it('need nothing', () => expect(readUpSettings({})).toMatchObject({ host: '127.0.0.1', port: 7070 }));

  it('have no secret of the payment provider unless one is set: a new one is made', () =>
    expect(readUpSettings({}).paymentProviderSecret).toBeUndefined());

  it('name what is wrong for an app that it starts, once', () =>
    expect(problemsOf(() => readUpSettings({ KONTOR_LOG: 'loud', CONSUMERS: 'all' }))).toEqual([
      expect.stringMatching(/^KONTOR_LOG is "loud"/),
      expect.stringMatching(/^CONSUMERS is "all"/),
    ]));

  it('name both roles of a database that is given, or none', () =>
    expect(problemsOf(() => readUpSettings({ DATABASE_URL: storage.DATABASE_URL }))).toEqual([
      expect.stringMatching(/^DATABASE_APP_URL is not set, but DATABASE_URL is/),
    ]));
});

describe('the table of settings', () => {
  it('names every variable once, and says what each means', () => {
    const rows = settingsTable();
    expect(new Set(rows.map(({ name }) => name)).size).toBe(rows.length);
    for (const { name, meaning, expected, apps } of rows)
      expect([name, meaning, expected, apps]).toEqual([
        expect.stringMatching(/^[A-Z_]+$/),
        expect.stringMatching(/\.$/),
        expect.stringMatching(/./),
        expect.arrayContaining([expect.any(String)]),
      ]);
  });

  it('says which apps do not start without a variable', () => {
    const requirements = settingsTable().map(({ name, requiredBy }) => [name, requiredBy]);
    expect(Object.fromEntries(requirements)).toMatchObject({
      KONTOR_EVENTSTORE_URL: ['api', 'worker', 'channels'],
      DATABASE_URL: ['worker', 'channels'],
      DATABASE_APP_URL: ['api'],
      KONTOR_PORT: [],
    });
  });
});

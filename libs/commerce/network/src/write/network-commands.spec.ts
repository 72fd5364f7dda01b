import { setImmediate as immediate } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';
import { ConsumerLoop } from '#event-store';
import { aCause, InMemoryEventStore, runnerOn } from '#testing';
import { NetworkDirectory } from '../read/network-directory.js';
import { NetworkLookup } from '../read/network-lookup.js';
import { type ChangeNetwork, ChangeNetworkHandler } from './change-network.js';
import { networkCommands } from './network-commands.js';

const find = (name: string) => {
  const contract = networkCommands.find((one) => one.name === name);
  if (!contract) throw new Error(`No command ${name}`);
  return contract;
};

const pathsOf = (errors: readonly ValidationError[]): string[] =>
  errors.flatMap(({ property, constraints, children = [] }) => [
    ...Object.keys(constraints ?? {}).map((rule) => `${property}: ${rule}`),
    ...pathsOf(children),
  ]);

/** The rules that a body breaks, for example `gln: GLN`. */
const brokenRules = (name: string, body: object) =>
  pathsOf(validateSync(plainToInstance(find(name).dto, body), { whitelist: true, forbidNonWhitelisted: true }));

const messageOf = (name: string, body: object) =>
  find(name).message(plainToInstance(find(name).dto, body), aCause()) as ChangeNetwork;

const store12 = { locationId: 'store-12', name: 'High Street', type: 'store' };
const channelLocation = { locationId: 'store-12', methods: ['ship', 'pickup'], safetyStock: 0 };
const web = {
  ...{
    channelId: 'web-uk',
    name: 'Web shop',
    kind: 'web',
    currency: 'GBP',
    locale: 'en-GB',
    locations: [channelLocation],
  },
  ...{ reservationTtlSeconds: 900, promisesIncoming: false },
};
const everything = {
  ...{ country: 'GB', gln: '5012345000008', timeZone: 'Europe/London', latitude: 51.5, longitude: -0.12 },
};

const all: [name: string, body: object, stream: string][] = [
  ['RegisterLocation', store12, 'location-store-12'],
  ['PauseLocation', { locationId: 'store-12', reason: 'flood' }, 'location-store-12'],
  ['ResumeLocation', { locationId: 'store-12' }, 'location-store-12'],
  ['ConfigureChannel', web, 'channel-web-uk'],
];

describe('the network commands', () => {
  it.each(all)('include %s', (name, body, stream) => {
    expect(brokenRules(name, body)).toEqual([]);
    expect(messageOf(name, body).command).toStrictEqual({ type: name, data: body });
    expect(find(name)).toMatchObject({ scope: 'network:write' });
    expect(find(name).stream(plainToInstance(find(name).dto, body))).toBe(stream);
  });

  it.each(all)('of which %s requires each of its fields', (name, body) => {
    expect(networkCommands).toHaveLength(all.length);
    for (const field of Object.keys(body)) {
      expect(brokenRules(name, { ...body, [field]: undefined })).not.toEqual([]);
      expect(brokenRules(name, { ...body, [field]: null })).not.toEqual([]);
    }
    expect(brokenRules(name, { ...body, surprise: 1 })).toContain('surprise: whitelistValidation');
  });

  it('accept a location with all its details', () =>
    expect(brokenRules('RegisterLocation', { ...store12, ...everything })).toEqual([]));

  it.each(['de', 'de-DE', 'zh-Hant-TW', 'sr-Latn'])('accept the language %s', (locale) =>
    expect(brokenRules('ConfigureChannel', { ...web, locale })).toEqual([]),
  );

  it.each<[string, string, object]>([
    ['locationId: matches', 'RegisterLocation', { locationId: 'Store 12' }],
    ['name: isNotEmpty', 'RegisterLocation', { name: '' }],
    ['type: isIn', 'RegisterLocation', { type: 'shed' }],
    ['country: country code of ISO 3166-1', 'RegisterLocation', { country: 'UK' }],
    ['country: matches', 'RegisterLocation', { country: 'gb' }],
    ['gln: GLN', 'RegisterLocation', { gln: '5012345000009' }],
    ['gln: GLN', 'RegisterLocation', { gln: '501234500000' }],
    ['gln: GLN', 'RegisterLocation', { gln: null }],
    ['gln: GLN', 'RegisterLocation', { gln: 5012345000008 }],
    ['timeZone: name of a time zone of the IANA', 'RegisterLocation', { timeZone: 'Europe/Atlantis' }],
    ['latitude: max', 'RegisterLocation', { latitude: 91 }],
    ['latitude: isNumber', 'RegisterLocation', { latitude: '51.5' }],
    ['longitude: min', 'RegisterLocation', { longitude: -181 }],
    ['reason: isNotEmpty', 'PauseLocation', { reason: '' }],
    ['channelId: matches', 'ConfigureChannel', { channelId: '-web' }],
    ['kind: isIn', 'ConfigureChannel', { kind: 'fax' }],
    ['currency: currency code of ISO 4217', 'ConfigureChannel', { currency: 'GBX' }],
    ['locale: BCP 47 language tag', 'ConfigureChannel', { locale: 'en_GB' }],
    ['locale: BCP 47 language tag', 'ConfigureChannel', { locale: 'english' + '-x'.repeat(20) }],
    [
      'locations: arrayUnique',
      'ConfigureChannel',
      { locations: [channelLocation, { ...channelLocation, safetyStock: 1 }] },
    ],
    ['locations: isArray', 'ConfigureChannel', { locations: 'store-12' }],
    ['methods: arrayNotEmpty', 'ConfigureChannel', { locations: [{ ...channelLocation, methods: [] }] }],
    ['methods: arrayNotEmpty', 'ConfigureChannel', { locations: [{ ...channelLocation, methods: 'ship' }] }],
    ['methods: isIn', 'ConfigureChannel', { locations: [{ ...channelLocation, methods: ['drone'] }] }],
    ['methods: arrayUnique', 'ConfigureChannel', { locations: [{ ...channelLocation, methods: ['ship', 'ship'] }] }],
    ['safetyStock: min', 'ConfigureChannel', { locations: [{ ...channelLocation, safetyStock: -1 }] }],
    ['reservationTtlSeconds: min', 'ConfigureChannel', { reservationTtlSeconds: 0 }],
    ['promisesIncoming: isBoolean', 'ConfigureChannel', { promisesIncoming: 'no' }],
  ])('report %s in %s', (rule, name, part) => {
    const [, body] = all.find(([one]) => one === name) ?? [];
    expect(brokenRules(name, { ...body, ...part })).toContain(rule);
  });
});

describe('a change of the network', () => {
  const withNetwork = async (
    test: (send: (name: string, body: object) => Promise<unknown>, seen: NetworkDirectory) => Promise<void>,
  ) => {
    const store = new InMemoryEventStore();
    const directory = new NetworkDirectory();
    const stop = new AbortController();
    const running = new ConsumerLoop(store, directory).run(stop.signal);
    const runner = runnerOn(store);
    const handler = new ChangeNetworkHandler(runner, directory, new NetworkLookup(directory, store));
    await test((name, body) => handler.execute(messageOf(name, body)), directory).finally(() => stop.abort());
    await running;
  };

  it('is in view once the command is answered', () =>
    withNetwork(async (send, seen) => {
      await send('RegisterLocation', store12);
      expect(seen.location('store-12')).toEqual({ ...store12, paused: false });
      await send('ConfigureChannel', web);
      expect(seen.channel('web-uk')).toEqual({ ...web, version: 1 });
      await send('PauseLocation', { locationId: 'store-12', reason: 'flood' });
      expect(seen.location('store-12')).toEqual({ ...store12, paused: true });
    }));

  it('is answered only once it is in view', async () => {
    const store = new InMemoryEventStore();
    const directory = new NetworkDirectory();
    const runner = runnerOn(store);
    const handler = new ChangeNetworkHandler(runner, directory, new NetworkLookup(directory, store));
    let answered = false;
    const sent = handler.execute(messageOf('RegisterLocation', store12)).then(() => (answered = true));
    while (store.events.length === 0) await immediate();
    await immediate();
    expect(answered).toBe(false);
    await directory.handle({ events: store.events, position: await store.head(), caughtUp: true });
    await sent;
  });

  it('is refused for a channel with an unregistered location', () =>
    withNetwork(async (send, seen) => {
      await expect(send('ConfigureChannel', web)).rejects.toMatchObject({
        code: 'location-not-found',
        details: { locationId: 'store-12' },
      });
      expect(seen.channel('web-uk')).toBeUndefined();
    }));
});

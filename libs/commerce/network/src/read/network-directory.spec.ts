import { describe, expect, it } from '@jest/globals';
import { ConsumerLoop, OutcomeUnknown, type Recorded, asPosition, type StreamNotReadable } from '#event-store';
import { type Message } from '#kernel';
import { aRecorded, InMemoryEventStore, newEvents } from '#testing';
import { NetworkDirectory } from './network-directory.js';
import { NetworkLookup } from './network-lookup.js';

const details = { name: 'High Street', type: 'store' } as const;
const configuration = {
  ...{ name: 'Web', kind: 'web', currency: 'GBP', locale: 'en-GB', promisesIncoming: false },
  ...{ locations: [{ locationId: 'store-12', methods: ['ship'], safetyStock: 0 }], reservationTtlSeconds: 900 },
} as const;
const registered: Message = { type: 'LocationRegistered', data: details };
const paused: Message = { type: 'LocationPaused', data: { reason: 'flood' } };
const resumed: Message = { type: 'LocationResumed', data: {} };
const configured = (version: number): Message => ({ type: 'ChannelConfigured', data: { ...configuration, version } });

const stream = (name: string, ...events: Message[]): Recorded[] =>
  events.map((event, revision) => aRecorded(name, event, { revision }));

const history = [
  ...stream('location-store-12', registered, paused, resumed, {
    type: 'LocationDetailsChanged',
    data: { ...details, name: 'Low Street' },
  }),
  ...stream('location-store-13', { type: 'LocationRegistered', data: { ...details, name: 'Old name' } }, paused, {
    type: 'LocationDetailsChanged',
    data: details,
  }),
  ...stream('channel-web', configured(1), configured(2)),
];

const batch = (events: readonly Recorded[], position = 100) => ({
  events,
  position: asPosition(position),
  caughtUp: true,
});

const directoryAfter = async (...batches: (readonly Recorded[])[]) => {
  const directory = new NetworkDirectory();
  for (const events of batches) await directory.handle(batch(events));
  return directory;
};

const contents = (directory: NetworkDirectory) => ({
  locations: directory.locations(),
  channels: directory.channels(),
});

const expected = {
  locations: [
    { locationId: 'store-12', name: 'Low Street', type: 'store', paused: false },
    { locationId: 'store-13', name: 'High Street', type: 'store', paused: true },
  ],
  channels: [{ channelId: 'web', ...configuration, version: 2 }],
};

describe('the network directory', () => {
  it('has the current state of every location and channel', async () => {
    const directory = await directoryAfter(history);
    expect(contents(directory)).toEqual(expected);
    expect(directory.location('store-13')).toEqual(expected.locations[1]);
    expect(directory.channel('web')).toEqual(expected.channels[0]);
    expect(directory.location('store-14')).toBeUndefined();
  });

  it('is the same when everything is delivered twice', async () => {
    expect(contents(await directoryAfter(history, history))).toEqual(expected);
    expect(contents(await directoryAfter(history.flatMap((one) => [one, one])))).toEqual(expected);
  });

  it('never shows an older state if old events are delivered again', async () => {
    const directory = await directoryAfter(history, history.slice(0, 2));
    expect(contents(directory)).toEqual(expected);
  });

  it('parks a stream with an event of a newer version once, and follows all others', async () => {
    const unknown = stream('location-store-12', { type: 'LocationMoved', data: {} }).map((one) => ({
      ...one,
      revision: 9,
    }));
    const directory = new NetworkDirectory();
    const parked: StreamNotReadable[] = [];
    directory.onParked = (one) => parked.push(one);
    await directory.handle(batch(history, 90));
    await directory.handle(batch([...unknown, ...unknown], 100));
    expect(contents(directory)).toEqual(expected);
    expect(await directory.waitUntilReached(asPosition(100), 0)).toBe(true);
    expect(directory.parked).toEqual(parked);
    expect(parked).toMatchObject([{ stream: 'location-store-12', revision: 9, type: 'LocationMoved' }]);
  });

  it('starts from the beginning and resumes from its position', async () => {
    const directory = new NetworkDirectory();
    expect(await directory.resume()).toBe(0);
    await directory.handle(batch([], 70));
    expect(await directory.resume()).toBe(70);
  });

  it('resolves a wait for a position once the position is in view', async () => {
    const directory = new NetworkDirectory();
    await directory.handle(batch([], 50));
    expect(await directory.waitUntilReached(asPosition(50), 0)).toBe(true);
    const waiting = directory.waitUntilReached(asPosition(60), 60_000);
    await directory.handle(batch([], 55));
    await directory.handle(batch([], 65));
    expect(await waiting).toBe(true);
  });

  it('waits no longer than the time limit', async () => {
    expect(await new NetworkDirectory().waitUntilReached(asPosition(1), 1)).toBe(false);
  });

  it('follows the log', async () => {
    const store = new InMemoryEventStore();
    const directory = new NetworkDirectory();
    const stop = new AbortController();
    const running = new ConsumerLoop(store, directory).run(stop.signal);
    await store.append('stock-TEA~store-12', -1, newEvents([{ type: 'StockReceived', data: {} }]));
    await store.append('location-store-12', -1, newEvents([registered]));
    expect(await directory.waitUntilReached(await store.head(), 5_000)).toBe(true);
    expect(directory.location('store-12')).toMatchObject(details);
    stop.abort();
    await running;
  });
});

describe('a lookup', () => {
  it('reads the log only for what the directory does not have yet', async () => {
    const store = new InMemoryEventStore();
    await store.append('location-store-12', -1, newEvents([registered, paused]));
    await store.append('channel-web', -1, newEvents([configured(1)]));
    const directory = new NetworkDirectory();
    await directory.handle(batch([], 70));
    const lookup = new NetworkLookup(directory, store);
    expect(await lookup.location('store-12')).toMatchObject({ ...details, paused: true });
    expect(await lookup.channel('web')).toMatchObject({ version: 1 });
    expect(await lookup.location('store-12')).toBeDefined();
    expect(store.reads).toBe(2);
    expect(await lookup.location('store-13')).toBeUndefined();
    expect(await directory.resume()).toBe(70);
  });

  it('throws if the log does not answer', async () => {
    class Silent extends InMemoryEventStore {
      // eslint-disable-next-line require-yield -- it fails first
      override async *read(): AsyncGenerator<Recorded> {
        throw await Promise.resolve(new Error('connection lost'));
      }
    }
    const lookup = new NetworkLookup(new NetworkDirectory(), new Silent());
    await expect(lookup.location('store-12')).rejects.toThrow(OutcomeUnknown);
  });
});

import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { checkAtStart, type EsdbEventStore, eventStoreUrlFrom, StoreUnavailable } from './index.js';

describe('the address of the event store', () => {
  it('is KONTOR_EVENTSTORE_URL, and where that is not set the older EVENTSTORE_URL', () => {
    const [url, older] = ['esdb://new:2113', 'esdb://old:2113'];
    expect(eventStoreUrlFrom({ KONTOR_EVENTSTORE_URL: url, EVENTSTORE_URL: older })).toBe(url);
    expect(eventStoreUrlFrom({ EVENTSTORE_URL: older })).toBe(older);
    expect(eventStoreUrlFrom({ KONTOR_EVENTSTORE_URL: '', EVENTSTORE_URL: older })).toBe(older);
    expect(eventStoreUrlFrom({})).toBeUndefined();
  });

  it('is never called EVENTSTORE_URL in the deployment: EventStoreDB 24 does not start where that is set', () => {
    const folder = resolve('deploy');
    const files = readdirSync(folder).filter((name) => /^(compose.*\.yaml|Dockerfile)$/.test(name));
    expect(files.length).toBeGreaterThan(2);
    for (const name of files)
      expect([name, readFileSync(resolve(folder, name), 'utf8').match(/^\s*EVENTSTORE_URL\b/m)]).toEqual([name, null]);
  });
});

describe('the check when a process starts', () => {
  const storeThat = (probe: () => Promise<unknown>) => ({ probe }) as EsdbEventStore;
  const check = async (probe: () => Promise<unknown>) => {
    const sentences: string[] = [];
    await checkAtStart(storeThat(probe), (sentence) => sentences.push(sentence));
    return sentences;
  };

  it('says nothing when all is well, and otherwise what is remarkable', async () => {
    expect(await check(() => Promise.resolve({ version: '23.10.8', remark: undefined }))).toEqual([]);
    expect(await check(() => Promise.resolve({ version: '25.1', remark: 'It is new.' }))).toEqual(['It is new.']);
  });

  it('says what may pass by itself, and ends the process for what someone has to mend', async () => {
    const unavailable = (mayPass: boolean) => () => Promise.reject(new StoreUnavailable('It is not there.', mayPass));
    expect(await check(unavailable(true))).toEqual(['It is not there.']);
    await expect(check(unavailable(false))).rejects.toThrow('It is not there.');
  });
});

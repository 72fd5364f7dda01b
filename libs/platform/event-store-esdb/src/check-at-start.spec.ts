import { describe, expect, it } from '@jest/globals';
import { checkAtStart, type EsdbEventStore, StoreUnavailable } from './index.js';

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

  it('says what may pass by itself, and ends the process for what someone has to fix', async () => {
    const unavailable = (mayPass: boolean) => () => Promise.reject(new StoreUnavailable('It is not there.', mayPass));
    expect(await check(unavailable(true))).toEqual(['It is not there.']);
    await expect(check(unavailable(false))).rejects.toThrow('It is not there.');
  });
});

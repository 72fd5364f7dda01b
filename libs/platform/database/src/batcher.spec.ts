import { describe, expect, it, jest } from '@jest/globals';
import { Batcher } from './batcher.js';

type Ask = (keys: readonly string[]) => Promise<ReadonlyMap<string, string>>;

const echo = () =>
  jest.fn<Ask>(async (keys) => {
    await new Promise(setImmediate);
    return new Map(keys.filter((key) => key !== 'nobody').map((key) => [key, key.toUpperCase()]));
  });

describe('a batcher', () => {
  it('asks at once for what is wanted in the same breath, each once, and together for what comes meanwhile', async () => {
    const ask = echo();
    const batcher = new Batcher(ask);
    const first = [batcher.get('a'), batcher.get('b'), batcher.get('a'), batcher.get('nobody')];
    await Promise.resolve();
    const second = [batcher.get('c'), batcher.get('a')];
    expect(await Promise.all([...first, ...second])).toEqual(['A', 'B', 'A', undefined, 'C', 'A']);
    expect(ask.mock.calls).toEqual([[['a', 'b', 'nobody']], [['c', 'a']]]);
  });

  it('waits for others to go along when it may', async () => {
    const ask = echo();
    const batcher = new Batcher(ask, { lingerMs: 5 });
    const first = batcher.get('a');
    await new Promise(setImmediate);
    expect(await Promise.all([first, batcher.get('b')])).toEqual(['A', 'B']);
    expect(ask.mock.calls).toEqual([[['a', 'b']]]);
  });

  it('asks for no more at once than it may', async () => {
    const ask = echo();
    const batcher = new Batcher(ask, { most: 2 });
    await Promise.all(['a', 'b', 'c'].map((key) => batcher.get(key)));
    expect(ask.mock.calls).toEqual([[['a', 'b']], [['c']]]);
  });

  it('hands a failure to those who asked, and goes on', async () => {
    const ask = echo().mockRejectedValueOnce(new Error('away'));
    const batcher = new Batcher(ask);
    const failing = Promise.allSettled([batcher.get('a'), batcher.get('b')]);
    expect((await failing).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await batcher.get('a')).toBe('A');
  });
});

import { describe, expect, it, jest } from '@jest/globals';
import { Batcher } from './batcher.js';

type Ask = (keys: readonly string[]) => Promise<ReadonlyMap<string, string>>;

const echo = () =>
  jest.fn<Ask>(async (keys) => {
    await new Promise(setImmediate);
    return new Map(keys.filter((key) => key !== 'nobody').map((key) => [key, key.toUpperCase()]));
  });

describe('a batcher', () => {
  it('loads the keys of one turn together, each once, and those of the meantime in the next query', async () => {
    const ask = echo();
    const batcher = new Batcher(ask);
    const first = [batcher.get('a'), batcher.get('b'), batcher.get('a'), batcher.get('nobody')];
    await Promise.resolve();
    const second = [batcher.get('c'), batcher.get('a')];
    expect(await Promise.all([...first, ...second])).toEqual(['A', 'B', 'A', undefined, 'C', 'A']);
    expect(ask.mock.calls).toEqual([[['a', 'b', 'nobody']], [['c', 'a']]]);
  });

  it('waits for further keys if lingerMs is set', async () => {
    const ask = echo();
    const batcher = new Batcher(ask, { lingerMs: 5 });
    const first = batcher.get('a');
    await new Promise(setImmediate);
    expect(await Promise.all([first, batcher.get('b')])).toEqual(['A', 'B']);
    expect(ask.mock.calls).toEqual([[['a', 'b']]]);
  });

  it('loads no more keys in one query than maxKeys', async () => {
    const ask = echo();
    const batcher = new Batcher(ask, { maxKeys: 2 });
    await Promise.all(['a', 'b', 'c'].map((key) => batcher.get(key)));
    expect(ask.mock.calls).toEqual([[['a', 'b']], [['c']]]);
  });

  it('rejects the lookups of a failed query and serves later ones', async () => {
    const ask = echo().mockRejectedValueOnce(new Error('away'));
    const batcher = new Batcher(ask);
    const failing = Promise.allSettled([batcher.get('a'), batcher.get('b')]);
    expect((await failing).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await batcher.get('a')).toBe('A');
  });
});

import { describe, expect, it } from '@jest/globals';
import { TransientError } from '../transient-error.js';
import { foundIn } from './order-import.js';

describe('an answer of a marketplace', () => {
  it('has what is at the path', () =>
    expect(foundIn({ status: 200, body: { order_id: 'BZ-1' } })).toEqual({ order_id: 'BZ-1' }));

  it.each([404, 410])('%d says that there is nothing', (status) =>
    expect(foundIn({ status, body: undefined })).toBeUndefined(),
  );

  it.each([
    [302, undefined],
    [200, undefined],
    [200, 'maintenance'],
    [400, {}],
    [401, {}],
    [429, {}],
    [503, undefined],
  ])('%d with the body %j says nothing about an order, which is tried again', (status, body) =>
    expect(() => foundIn({ status, body })).toThrow(TransientError),
  );
});

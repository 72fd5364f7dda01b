import { describe, expect, it, jest } from '@jest/globals';
import { ForbiddenException, type Logger, PayloadTooLargeException } from '@nestjs/common';
import { CommandIdReused, OutcomeUnknown } from '#event-store';
import { DomainError } from '#kernel';
import { answerOrLog, answerToRead, Problem } from './problem.js';
import { problems } from './problems.js';

const log = () => ({ warn: jest.fn(), error: jest.fn() });
const answerOf = (error: unknown, logger = log()) => answerOrLog(error, logger as unknown as Logger, 'POST /x');

describe('an error becomes a problem', () => {
  it.each([
    [new DomainError('order-exists', 'There is one'), 409, '/problems/order-exists'],
    [new DomainError('order-not-found', 'There is none'), 404, '/problems/order-not-found'],
    [new DomainError('forbidden', 'No'), 403, '/problems/forbidden'],
    [new DomainError('something-new', 'No'), 409, '/problems/something-new'],
    [new CommandIdReused('c'), 422, '/problems/command-id-reused'],
    [new ForbiddenException('No'), 403, '/problems/forbidden'],
    [new PayloadTooLargeException(), 413, '/problems/too-large'],
    [Object.assign(new Error('No'), { statusCode: 415 }), 415, '/problems/unsupported-media-type'],
    [Object.assign(new Error('No'), { statusCode: 400 }), 400, '/problems/malformed-request'],
    [Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }), 503, '/problems/unavailable'],
    [Object.assign(new Error('the database system is shutting down'), { code: '57P01' }), 503, '/problems/unavailable'],
    [Object.assign(new Error('nothing read within 5000 ms'), { code: 'ETIMEDOUT' }), 503, '/problems/unavailable'],
    [Object.assign(new Error('14 UNAVAILABLE: No connection established'), { code: 14 }), 503, '/problems/unavailable'],
    [Object.assign(new Error('3 INVALID_ARGUMENT'), { code: 3 }), 500, '/problems/internal-error'],
    [new Error('Connection terminated unexpectedly'), 503, '/problems/unavailable'],
    [Object.assign(new Error('duplicate key'), { code: '23505' }), 500, '/problems/internal-error'],
    [new Problem('too-many-requests', 'No'), 429, '/problems/too-many-requests'],
  ])('%p', (error, status, type) => {
    expect(answerOf(error).document).toMatchObject({
      status,
      type,
      title: expect.any(String),
      detail: expect.any(String),
    });
  });

  it('with members that a machine can use', () => {
    const { document } = answerOf(new DomainError('not-enough-stock', 'Too few', { available: 3, sku: 'MUG' }));
    expect(document).toMatchObject({ available: 3, sku: 'MUG', status: 409 });
  });

  it('whose standard members cannot be overwritten', () => {
    const { document } = answerOf(new Problem('not-found', 'No', { status: 200, type: 'x', title: 'y', detail: 'z' }));
    expect(document).toMatchObject({ status: 404, type: '/problems/not-found', detail: 'No' });
  });

  it('that is retryable if the outcome is unknown', () => {
    const { document, headers } = answerOf(new OutcomeUnknown('order-1', 'timeout'));
    expect(document).toMatchObject({ status: 503, retryable: true });
    expect(headers).toEqual({ 'retry-after': '1' });
  });

  it('with only an id for a defect, whose cause is in the log under that id', () => {
    const logger = log();
    const { document } = answerOf(new TypeError('secret of the house'), logger);
    expect(document).toMatchObject({ status: 500, type: '/problems/internal-error', id: expect.any(String) });
    expect(JSON.stringify(document)).not.toContain('secret');
    expect(logger.error).toHaveBeenCalledWith(
      expect.objectContaining({ id: document['id'], route: 'POST /x', stack: expect.stringContaining('secret') }),
    );
  });

  it.each([undefined, null, 'text', 42])('even when %p was thrown', (thrown) => {
    expect(answerOf(thrown).document.status).toBe(500);
  });
});

it('every problem has a meaning that is a sentence', () => {
  for (const [code, { status, meaning }] of Object.entries(problems)) {
    expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(meaning).toMatch(/\.$/);
  }
});

it('a read that the log does not answer is unavailable, and has no unknown outcome', () => {
  const error = new OutcomeUnknown('stock-MUG~store', 'no answer');
  expect(answerOf(error).document).toMatchObject({ type: '/problems/outcome-unknown' });
  expect(answerToRead(error)?.document).toMatchObject({ status: 503, type: '/problems/unavailable' });
  expect(answerToRead(new DomainError('order-not-found', 'There is none'))).toBeUndefined();
});

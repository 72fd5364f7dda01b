import { expect, it } from '@jest/globals';
import { QueryFailedError } from 'typeorm';
import { isOutage } from './outage.js';

const failed = (message: string, code?: string) =>
  new QueryFailedError('SELECT 1', [], Object.assign(new Error(message), code !== undefined && { code }));

it.each([
  ['a database that does not answer a query', failed('Query read timeout')],
  ['a connection that was lost', failed('Connection terminated unexpectedly')],
  ['a pool without a free connection', new Error('timeout exceeded when trying to connect')],
  ['a database that shuts down', failed('terminating connection due to administrator command', '57P01')],
])('%s may answer later', (_, error) => expect(isOutage(error)).toBe(true));

it('a query that is wrong stays wrong', () =>
  expect(isOutage(failed('column "a" does not exist', '42703'))).toBe(false));

import { beforeEach, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { createLog } from './log.js';
import { NestLog } from './nest-log.js';

let lines: Readonly<Record<string, unknown>>[];
beforeEach(() => {
  lines = [];
  const write = (line: string) => lines.push(JSON.parse(line) as Record<string, unknown>);
  Logger.overrideLogger(new NestLog(createLog('api', 'info', { write })));
});

const logger = new Logger('orders');

it('an error keeps the stack among its details', () => {
  logger.error({ problem: '/problems/internal-error', stack: 'Error: at line 7' });
  expect(lines).toMatchObject([
    { level: 'error', source: 'orders', problem: '/problems/internal-error', stack: 'Error: at line 7' },
  ]);
});

it('an error of Nest has its message, its stack and its source', () => {
  logger.error('It failed', 'Error: at line 8');
  expect(lines).toMatchObject([{ message: 'It failed', stack: 'Error: at line 8', source: 'orders' }]);
});

it('a warning has its details and its source', () => {
  logger.warn({ route: 'GET /v1/orders' });
  expect(lines).toMatchObject([{ level: 'warn', route: 'GET /v1/orders', source: 'orders' }]);
});

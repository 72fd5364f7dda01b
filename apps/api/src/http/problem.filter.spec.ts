import { afterAll, beforeAll, expect, it } from '@jest/globals';
import fastify from 'fastify';
import { OutcomeUnknown } from '#event-store';
import { ProblemFilter } from './problem.filter.js';
import { type Routes } from './routes.js';

const filter = new ProblemFilter({ methodsOf: () => ['GET', 'POST'] } as unknown as Routes);
const app = fastify({ forceCloseConnections: true }).route({
  method: ['GET', 'POST'],
  url: '/',
  handler: (request, reply) => filter.answer(new OutcomeUnknown('stock-MUG~store', 'no answer'), request, reply),
});

let address: string;
beforeAll(async () => {
  address = await app.listen({ port: 0, host: '127.0.0.1' });
});
afterAll(() => app.close());

it.each([
  ['GET', '/problems/unavailable'],
  ['POST', '/problems/outcome-unknown'],
] as const)('a %s that the log does not answer is answered with %s', async (method, type) => {
  const answer = await fetch(address, { method });
  expect([answer.status, await answer.json()]).toEqual([503, expect.objectContaining({ type })]);
});

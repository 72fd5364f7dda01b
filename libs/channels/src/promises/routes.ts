import { Readable } from 'node:stream';
import { type FastifyInstance } from 'fastify';
import { type AdapterContext } from '../adapter.js';
import { type Promised } from './keep-promises.js';

const PAGE = 1_000;

/**
 * `GET availability`: what the channel can promise, a line of JSON per SKU, oldest change first; with `?since=` what has
 * changed after that sequence. The last line's `sequence` is the next `since`.
 */
export const availabilityRoutes = (app: FastifyInstance, { promises, channel }: AdapterContext): void => {
  app.get<{ Querystring: { since?: string } }>(
    '/availability',
    { config: { scope: 'stock:read' } },
    async ({ query: { since = '0' } }, reply) => {
      if (!/^\d{1,15}$/.test(since)) return reply.code(400).send({ title: 'since is not a sequence' });
      const lines = async function* () {
        for (let after = Number(since); ;) {
          const page: readonly Promised[] = await promises.since(channel, after, PAGE);
          for (const one of page) yield `${JSON.stringify(one)}\n`;
          if (page.length < PAGE) return;
          after = page.at(-1)?.sequence ?? after;
        }
      };
      return reply.type('application/x-ndjson').send(Readable.from(lines()));
    },
  );
};

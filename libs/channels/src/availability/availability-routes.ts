import { Readable } from 'node:stream';
import { type FastifyInstance } from 'fastify';
import { type AdapterContext } from '../adapter.js';
import { type AvailabilityDelta } from './availability-deltas.js';

const PAGE_SIZE = 1_000;

/**
 * `GET availability`: what the channel can sell, as NDJSON with one line for each SKU, the oldest change first. With
 * `?since=<sequence>` the changes after that sequence. The `sequence` of the last line is the next `since`.
 */
export const availabilityRoutes = (
  app: FastifyInstance,
  { availability, channel }: Pick<AdapterContext, 'availability' | 'channel'>,
): void => {
  app.get<{ Querystring: { since?: string } }>(
    '/availability',
    { config: { scope: 'stock:read', query: ['since'] } },
    async ({ query: { since = '0' } }, reply) => {
      if (!/^\d{1,15}$/.test(since)) return reply.code(400).send({ title: 'since must be a sequence' });
      const lines = async function* () {
        for (let after = Number(since); ;) {
          const page: readonly AvailabilityDelta[] = await availability.changesAfter(channel, after, PAGE_SIZE);
          for (const delta of page) yield `${JSON.stringify(delta)}\n`;
          if (page.length < PAGE_SIZE) return;
          after = page.at(-1)?.sequence ?? after;
        }
      };
      return reply.type('application/x-ndjson').send(Readable.from(lines()));
    },
  );
};

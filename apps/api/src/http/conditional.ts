import { type Position } from '#event-store';
import { type FastifyReply, type FastifyRequest } from 'fastify';

/** `"12"`, or `"12-4711"` for an answer from several streams. */
export const etag = (...parts: readonly (number | Position)[]) => `"${parts.join('-')}"`;

const includesTag = (header: string | undefined, tag: string) =>
  header?.split(',').some((one) => one.trim() === '*' || one.trim().replace(/^W\//, '') === tag) ?? false;

/** Answers with the body, or with 304 if the caller has this revision already. */
export const sendTagged = (request: FastifyRequest, reply: FastifyReply, tag: string, body: object): void => {
  reply.header('etag', tag).header('cache-control', 'private, no-cache');
  if (includesTag(request.headers['if-none-match'], tag)) reply.status(304).send();
  else reply.send(body);
};

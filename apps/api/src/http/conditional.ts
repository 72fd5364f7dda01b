import { type Position } from '#event-store';
import { type FastifyReply, type FastifyRequest } from 'fastify';

/** `"12"`, or `"12-4711"` where several streams make up what is shown. */
export const etag = (...parts: readonly (number | Position)[]) => `"${parts.join('-')}"`;

const isNamed = (header: string | undefined, tag: string) =>
  header?.split(',').some((one) => one.trim() === '*' || one.trim().replace(/^W\//, '') === tag) ?? false;

/** Answers with the body, or with 304 when the caller has just this revision. */
export const sendTagged = (request: FastifyRequest, reply: FastifyReply, tag: string, body: object): void => {
  reply.header('etag', tag).header('cache-control', 'private, no-cache');
  if (isNamed(request.headers['if-none-match'], tag)) reply.status(304).send();
  else reply.send(body);
};

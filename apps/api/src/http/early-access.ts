import { NotFoundException, UnsupportedMediaTypeException } from '@nestjs/common';
import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { type AccessGuard } from '#access';
import { PAYMENT_WEBHOOK_CONTENT_TYPE } from '#payments';
import { type ProblemFilter } from './problem.filter.js';

/** A body must have arrived by then, except for batches, whose lines are read as they are carried out. */
const BODY_TIMEOUT_MS = 30_000;

/** Signed webhooks need no key. Their bodies are small. */
const WEBHOOKS = '/v1/webhooks/';

interface Parts {
  readonly access: Pick<AccessGuard, 'authenticateEarly'>;
  readonly problems: ProblemFilter;
  readonly bodyTimeoutMs?: number;
}

/** Looks at the key of a request before its body is read, and ends bodies that do not arrive. */
export const checkBeforeBody = (
  server: FastifyInstance,
  { access, problems, bodyTimeoutMs = BODY_TIMEOUT_MS }: Parts,
): void => {
  server.addHook('onRequest', async (request, reply) => {
    if (!hasBody(request)) return;
    try {
      if (!isWebhook(request)) await access.authenticateEarly(request, reply);
      if (!isBatch(request)) endLateBody(request, reply, bodyTimeoutMs);
    } catch (error) {
      endLateBody(request, reply, bodyTimeoutMs);
      problems.answer(error, request, reply);
      await reply;
    }
  });
};

const hasBody = ({ headers, method }: FastifyRequest) =>
  method !== 'GET' &&
  method !== 'HEAD' &&
  (headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0);

const isBatch = ({ headers }: FastifyRequest) => headers['content-type']?.startsWith('application/x-ndjson') === true;

/** @throws NotFoundException, UnsupportedMediaTypeException, before a body is read that nobody takes */
const isWebhook = ({ is404, url, headers }: FastifyRequest): boolean => {
  if (is404) throw new NotFoundException();
  if (!url.startsWith(WEBHOOKS)) return false;
  if (headers['content-type']?.startsWith(PAYMENT_WEBHOOK_CONTENT_TYPE)) return true;
  throw new UnsupportedMediaTypeException(`Send Content-Type: ${PAYMENT_WEBHOOK_CONTENT_TYPE}.`);
};

const endLateBody = ({ raw }: FastifyRequest, reply: FastifyReply, afterMs: number) => {
  const timer = setTimeout(() => {
    if (!raw.complete) reply.raw.socket?.destroy();
  }, afterMs);
  for (const event of ['end', 'close'] as const) raw.once(event, () => clearTimeout(timer));
};

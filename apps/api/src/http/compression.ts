import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';

/** Smaller answers would gain less than the work costs. */
const MIN_CHARACTERS = 1_500;
const COMPRESSIBLE = /^(text\/|application\/(json|problem\+json|openapi\+json|javascript))/;

const brotli = promisify(brotliCompress);
const gzipped = promisify(gzip);

/** By name, the preferred one first; with levels that suit answers that are made once. */
const ENCODINGS: Readonly<Record<string, (body: string) => Promise<Buffer>>> = {
  br: (body) =>
    brotli(body, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 4, [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT },
    }),
  gzip: (body) => gzipped(body, { level: 4 }),
};

/**
 * Compresses the answers of a server for callers that accept it. Answers that are sent bit by bit are left as they are: event
 * streams and the answers to batches. Not `@fastify/compress`: it streams what it compresses, without a content-length.
 */
export const compressAnswers = (fastify: FastifyInstance): void => {
  fastify.addHook('onSend', (request, reply, payload, done) => {
    if (reply.statusCode === 304 || isText(reply)) reply.header('vary', 'accept-encoding');
    if (!isCompressible(reply, payload)) {
      done(null, payload);
      return;
    }
    const encoding = acceptedEncoding(request);
    if (encoding === undefined) {
      done(null, payload);
      return;
    }
    ENCODINGS[encoding]?.(payload).then(
      (compressed) => {
        reply.header('content-encoding', encoding).header('content-length', compressed.length);
        const tag = reply.getHeader('etag');
        if (typeof tag === 'string' && tag.startsWith('"')) reply.header('etag', `W/${tag}`); // of other bytes
        done(null, compressed);
      },
      (error: unknown) => done(error as Error),
    );
  });
};

const isCompressible = (reply: FastifyReply, payload: unknown): payload is string =>
  typeof payload === 'string' &&
  payload.length >= MIN_CHARACTERS &&
  !reply.hasHeader('content-encoding') &&
  isText(reply);

const isText = (reply: FastifyReply) => COMPRESSIBLE.test(String(reply.getHeader('content-type')));

const acceptedEncoding = ({ headers }: FastifyRequest) => {
  const accepted = new Set(
    (headers['accept-encoding'] ?? '')
      .toLowerCase()
      .split(',')
      .map((one) => one.split(';').map((part) => part.trim()))
      .filter(([, weight]) => !/^q=0(\.0*)?$/.test(weight ?? ''))
      .map(([name]) => name),
  );
  return Object.keys(ENCODINGS).find((name) => accepted.has(name));
};

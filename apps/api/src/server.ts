import { type Server } from 'node:http';
import { UnsupportedMediaTypeException } from '@nestjs/common';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { parseJson } from '#kernel';
import { PAYMENT_WEBHOOK_CONTENT_TYPE } from '#payments';
import { compressAnswers } from './http/compression.js';
import { type ProblemFilter } from './http/problem.filter.js';
import { type Routes } from './http/routes.js';
import { observeRequests } from './operations/request-metrics.js';
import { type MetricsRegistry } from '#host/service';

/** Room for commands with a thousand lines. */
const MAX_BODY_BYTES = 1024 * 1024;
/** A SKU of 64 characters, each percent-encoded. */
const MAX_PARAMETER = 200;
/** Time for the upload of a whole batch. */
const REQUEST_TIMEOUT_MS = 300_000;
const HEADERS_TIMEOUT_MS = 10_000;
/** How often Node looks for connections that are late with their headers. */
const CONNECTION_CHECK_MS = 1_000;
/** Webhooks come without a key, so many of them must not fill the memory. */
const MAX_WEBHOOK_BYTES = 16 * 1024;
const IDLE_TIMEOUT_MS = 65_000;
const MAX_CONNECTIONS = 12_000;

interface Parts {
  readonly problems: ProblemFilter;
  readonly routes: Routes;
  readonly metrics: MetricsRegistry;
}

/** The HTTP server with its limits. */
export const createAdapter = ({ problems, routes, metrics }: Parts): FastifyAdapter => {
  const adapter = new FastifyAdapter({
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionTimeout: IDLE_TIMEOUT_MS,
    keepAliveTimeout: IDLE_TIMEOUT_MS,
    trustProxy: false,
    http: { connectionsCheckingInterval: CONNECTION_CHECK_MS, headersTimeout: HEADERS_TIMEOUT_MS },
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    routerOptions: { maxParamLength: MAX_PARAMETER },
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) =>
      problems.answer(error, request, reply),
  });
  const fastify = adapter.getInstance<FastifyInstance>();
  const server: Server = fastify.server;
  server.maxConnections = MAX_CONNECTIONS;
  routes.recordRoutesOf(fastify);
  observeRequests(fastify, metrics);
  compressAnswers(fastify);
  adapter.useBodyParser('application/json', false, {}, (_request, bytes: Buffer, done) => done(null, parseJson(bytes)));
  // Nest would parse forms as bodies, and curl sends this type unless another is given.
  adapter.useBodyParser('application/x-www-form-urlencoded', false, {}, (_request, _body, done) =>
    done(new UnsupportedMediaTypeException('Send Content-Type: application/json.'), undefined),
  );
  // Batches are read as streams.
  fastify.addContentTypeParser('application/x-ndjson', (_request, payload, done) => done(null, payload));
  fastify.addContentTypeParser(
    PAYMENT_WEBHOOK_CONTENT_TYPE,
    { parseAs: 'string', bodyLimit: MAX_WEBHOOK_BYTES },
    (_request, text, done) => done(null, text),
  );
  return adapter;
};

import { type FastifyInstance } from 'fastify';
import { Histogram } from 'prom-client';
import { type MetricsRegistry } from '#host/service';

/** Seconds. Answers from memory are in the first bucket; a request may wait for 30 s. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export const observeRequests = (fastify: FastifyInstance, registry: MetricsRegistry): void => {
  const durations = new Histogram({
    name: 'kontor_http_request_duration_seconds',
    help: 'Requests by method, route and status.',
    labelNames: ['method', 'route', 'status'],
    buckets: BUCKETS,
    registers: [registry],
  });
  fastify.addHook('onResponse', ({ method, routeOptions }, reply, done) => {
    durations.observe(
      { method, route: routeOptions.url ?? 'none', status: reply.statusCode },
      reply.elapsedTime / 1000,
    );
    done();
  });
};

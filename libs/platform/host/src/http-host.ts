import { fastify, type FastifyInstance, type FastifyServerOptions } from 'fastify';
import { type MetricsRegistry } from './metrics.js';

export interface Readiness {
  /** A sentence for each thing that keeps the app from its work; empty when it is ready. */
  readonly troubles: readonly string[];
  /** More that the answer says, by its names there. */
  readonly details?: object;
}

export interface Health {
  readonly metrics: MetricsRegistry;
  readonly checkReadiness: () => Promise<Readiness>;
}

/** A server that has `/health/live`, `/health/ready` and `/metrics`, and whatever else is added before it listens. */
export const createHttpHost = ({ metrics, checkReadiness }: Health, options: FastifyServerOptions = {}) => {
  const app = fastify({ forceCloseConnections: true, ...options });
  app.get('/health/live', () => ({ status: 'live' }));
  app.get('/health/ready', async (_request, reply) => {
    const { troubles, details } = await checkReadiness();
    const isReady = troubles.length === 0;
    return reply.code(isReady ? 200 : 503).send({ status: isReady ? 'ready' : 'not ready', troubles, ...details });
  });
  app.get('/metrics', async (_request, reply) => reply.type(metrics.contentType).send(await metrics.metrics()));
  return app;
};

/** @returns where it listens. @param port 0 takes any free one */
export const listenAt = async (app: FastifyInstance, host: string, port: number): Promise<string> =>
  `http://${host}:${new URL(await app.listen({ host, port })).port}`;

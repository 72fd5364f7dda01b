import { fastify, type FastifyInstance, type FastifyRequest, type FastifyServerOptions } from 'fastify';
import { parseJson } from '#kernel';
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

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Names of the parameters that the route takes in the query of its URL; none if left out. */
    readonly query?: readonly string[];
  }
}

/**
 * A server that has `/health/live`, `/health/ready` and `/metrics`, and whatever else is added before it listens. A JSON body
 * that can be read in two ways is refused.
 */
export const createHttpHost = ({ metrics, checkReadiness }: Health, options: FastifyServerOptions = {}) => {
  const app = fastify({ forceCloseConnections: true, ...options });
  app.addHook('preParsing', async (request, reply, payload) => {
    const title = wrongParameterOf(request);
    if (title === undefined) return payload;
    return reply.code(400).type('application/problem+json').send({ status: 400, title });
  });
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, bytes: Buffer, done) => {
    try {
      done(null, parseJson(bytes));
    } catch (error) {
      done(Object.assign(error as Error, { statusCode: 400 }));
    }
  });
  app.get('/health/live', () => ({ status: 'live' }));
  app.get('/health/ready', async (_request, reply) => {
    const { troubles, details } = await checkReadiness();
    const isReady = troubles.length === 0;
    return reply.code(isReady ? 200 : 503).send({ status: isReady ? 'ready' : 'not ready', troubles, ...details });
  });
  app.get('/metrics', async (_request, reply) => reply.type(metrics.contentType).send(await metrics.metrics()));
  return app;
};

/** Says what is wrong with the parameters of a request: an unknown name, one given twice, or control characters. */
const wrongParameterOf = ({ is404, routeOptions, query, params }: FastifyRequest): string | undefined => {
  if (is404) return undefined;
  const { query: known = [] } = routeOptions.config;
  const given = query as Readonly<Record<string, string | readonly string[]>>;
  for (const [name, value] of Object.entries(given)) {
    if (!known.includes(name)) return `${name} is no parameter of this path: it has ${known.join(', ') || 'none'}`;
    if (typeof value !== 'string') return `${name} may be given once`;
  }
  const wrong = Object.entries({ ...given, ...(params as typeof given) }).find(([, value]) =>
    /\p{C}/u.test(String(value)),
  );
  return wrong && `${wrong[0]} may not have control characters`;
};

/** @returns where it listens. @param port 0 takes any free one */
export const listenAt = async (app: FastifyInstance, host: string, port: number): Promise<string> =>
  `http://${host}:${new URL(await app.listen({ host, port })).port}`;

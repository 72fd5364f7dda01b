import { fastify, type FastifyInstance, type FastifyRequest } from 'fastify';

export interface JsonRequest {
  readonly method: string;
  /** The parts of the path, decoded. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  readonly headers: FastifyRequest['headers'];
  /** The body as it was sent. */
  readonly text: string;
  /** The parsed body; empty where there is none. */
  readonly body: Readonly<Record<string, unknown>>;
}

export interface JsonReply {
  readonly status: number;
  readonly body?: object;
  /** Value of the header `Retry-After`. */
  readonly retryAfterSeconds?: number;
}

/** The HTTP server of a simulated partner. Stopped and started again, it keeps its address. */
export class JsonServer {
  /** The number of requests that are not answered yet. */
  openRequests = 0;
  private app: FastifyInstance | undefined;
  private port = 0;

  constructor(private readonly answer: (request: JsonRequest) => JsonReply | Promise<JsonReply>) {}

  /** @returns the base URL */
  async start(): Promise<string> {
    const app = fastify({ forceCloseConnections: true });
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));
    app.all('/*', async (request, reply) => {
      this.openRequests++;
      reply.raw.once('close', () => this.openRequests--);
      const { status, body, retryAfterSeconds } = await this.answer(jsonRequestOf(request));
      if (retryAfterSeconds !== undefined) reply.header('retry-after', String(retryAfterSeconds));
      return reply.code(status).send(body);
    });
    await app.listen({ host: '127.0.0.1', port: this.port });
    this.app = app;
    this.port = (app.server.address() as { port: number }).port;
    return `http://127.0.0.1:${this.port}`;
  }

  /** Closes all connections, also those with open requests. */
  async stop(): Promise<void> {
    await this.app?.close();
    this.app = undefined;
  }
}

const jsonRequestOf = ({ method, url, headers, body }: FastifyRequest): JsonRequest => {
  const { pathname, searchParams: query } = new URL(url, 'http://simulator');
  const path = pathname.split('/').slice(1).map(decodeURIComponent);
  const text = typeof body === 'string' ? body : '';
  return { method, path, query, headers, text, body: (text === '' ? {} : JSON.parse(text)) as JsonRequest['body'] };
};

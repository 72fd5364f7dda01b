import { createServer as createHttp, type Server as HttpServer } from 'node:http';
import {
  createServer as createHttp2,
  type Http2Server,
  type IncomingHttpHeaders,
  type Http2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import { createServer as createTcp, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTls, type TlsOptions } from 'node:tls';
import { SendWindow } from './send-window.js';
import { Code, GrpcError, notReady } from './errors.js';
import { Call, type Method } from './grpc-call.js';

const FIRST_BYTES_TIMEOUT_MS = 10_000;
const CLOSE_TIMEOUT_MS = 2_000;

/** One port for gRPC (HTTP/2) and health checks (HTTP/1.1): the first bytes of a connection tell which. */
export class Listener {
  /** Whether calls and health checks are accepted; before, they are answered that the server is not ready. */
  isReady = false;
  readonly #calls = new Set<Call>();
  readonly #connections = new Map<Http2Session, SendWindow>();
  readonly #sockets = new Set<Socket>();
  readonly #front: Server;

  constructor(methodOf: (path: string) => Method, tls?: Pick<TlsOptions, 'cert' | 'key'>) {
    const http2 = this.#http2(methodOf);
    const http = healthServer(() => this.isReady);
    const accept = (socket: Socket): void => this.#accept(socket, http2, http);
    this.#front = tls
      ? createTls({ ...tls, ALPNProtocols: ['h2', 'http/1.1'] }, accept)
      : createTcp({ noDelay: true }, accept);
    this.#front.on('tlsClientError', () => undefined);
  }

  #http2(methodOf: (path: string) => Method): Http2Server {
    const server = createHttp2({
      settings: { initialWindowSize: 1024 * 1024 },
      maxSessionMemory: 256,
      // Clients that give up reads reset streams in numbers that Node takes for an attack.
      streamResetBurst: 1_000_000,
      streamResetRate: 100_000,
    });
    server.on('session', (session) => {
      session.setLocalWindowSize(4 * 1024 * 1024);
      this.#connections.set(session, new SendWindow(session));
      session.on('close', () => this.#connections.delete(session));
      session.on('error', () => undefined); // 'close' follows
    });
    server.on('stream', (stream, headers) => this.#open(stream, headers, methodOf));
    return server;
  }

  #open(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, methodOf: (path: string) => Method): void {
    const connection = stream.session && this.#connections.get(stream.session);
    if (!connection) return; // closed meanwhile
    const call = new Call(stream, headers, connection);
    this.#calls.add(call);
    stream.on('close', () => {
      this.#calls.delete(call);
      if (this.#calls.size === 0) this.#onIdle();
    });
    call.start(this.#methodFor(headers, methodOf));
  }

  #methodFor(headers: IncomingHttpHeaders, methodOf: (path: string) => Method): Method {
    const contentType = headers['content-type'] ?? '';
    if (!contentType.startsWith('application/grpc')) return failing(() => unsupported(contentType));
    return this.isReady ? methodOf(headers[':path'] ?? '') : failing(notReady);
  }

  #onIdle: () => void = () => undefined;

  #accept(socket: Socket, http2: Http2Server, http: HttpServer): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.setTimeout(FIRST_BYTES_TIMEOUT_MS, () => socket.destroy());
    socket.once('data', (bytes) => {
      socket.setTimeout(0);
      socket.removeAllListeners('timeout');
      socket.pause();
      socket.unshift(bytes);
      if (bytes.toString('latin1', 0, 3) === 'PRI') http2.emit('connection', socket);
      else {
        http.emit('connection', socket);
        socket.resume();
      }
    });
  }

  /** Resolves with the port. */
  async listen(port: number, host: string): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#front.once('error', reject).listen(port, host, resolve);
    });
    return (this.#front.address() as AddressInfo).port;
  }

  /** Lets open calls go on for a while, then ends them without a status and closes the connections. */
  async close(lateEndMs: number): Promise<void> {
    const closed = new Promise((resolve) => this.#front.close(resolve));
    for (const session of this.#connections.keys()) session.close();
    if (lateEndMs > 0 && this.#calls.size > 0) await this.#idleOrLate(lateEndMs);
    for (const call of this.#calls) call.abort();
    const timer = setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy();
    }, CLOSE_TIMEOUT_MS);
    await closed;
    clearTimeout(timer);
  }

  async #idleOrLate(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#onIdle = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

const failing =
  (error: () => GrpcError): Method =>
  () => {
    throw error();
  };

const unsupported = (contentType: string): GrpcError =>
  new GrpcError(Code.INTERNAL, `Content-Type '${contentType}' is not supported.`);

function healthServer(isReady: () => boolean): HttpServer {
  return createHttp((request, response) => {
    response.statusCode = request.url !== '/health/live' ? 404 : isReady() ? 204 : 503;
    response.setHeader('connection', 'close');
    response.end();
  });
}

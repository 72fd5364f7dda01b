import { createServer as createHttp, type Server as HttpServer } from 'node:http';
import { createServer as createHttp2, type Http2Server, type ServerHttp2Session } from 'node:http2';
import { createServer as createTcp, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTls, type TlsOptions } from 'node:tls';
import { GrpcError, Code } from './errors.js';
import { Call, type Method } from './grpc.js';

const FIRST_BYTES_MS = 10_000;
const CLOSE_MS = 2_000;

/** One port for gRPC (HTTP/2) and health checks (HTTP/1.1): the first bytes of a connection tell which. */
export class Listener {
  readonly #calls = new Set<Call>();
  readonly #sessions = new Set<ServerHttp2Session>();
  readonly #sockets = new Set<Socket>();
  readonly #front: Server;

  constructor(methodOf: (path: string) => Method, tls?: Pick<TlsOptions, 'cert' | 'key'>) {
    const http2 = this.#http2(methodOf);
    const http = healthServer();
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
      this.#sessions.add(session);
      session.on('close', () => this.#sessions.delete(session));
      session.on('error', () => undefined); // 'close' follows
    });
    server.on('stream', (stream, headers) => {
      const call = new Call(stream, headers);
      this.#calls.add(call);
      stream.on('close', () => this.#calls.delete(call));
      call.start(methodOf(headers[':path'] ?? ''));
    });
    return server;
  }

  #accept(socket: Socket, http2: Http2Server, http: HttpServer): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    socket.setTimeout(FIRST_BYTES_MS, () => socket.destroy());
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

  /** Ends the open calls with CANCELLED and the connections after them. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#front.close(resolve));
    for (const call of this.#calls) call.finish(new GrpcError(Code.CANCELLED, 'The server is shutting down.'));
    for (const session of this.#sessions) session.close();
    const timer = setTimeout(() => {
      for (const socket of this.#sockets) socket.destroy();
    }, CLOSE_MS);
    await closed;
    clearTimeout(timer);
  }
}

function healthServer(): HttpServer {
  return createHttp((request, response) => {
    response.statusCode = request.url === '/health/live' ? 204 : 404;
    response.setHeader('connection', 'close');
    response.end();
  });
}

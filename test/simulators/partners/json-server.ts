import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';

export interface JsonRequest {
  readonly method: string;
  /** Its parts, decoded. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: Readonly<Record<string, unknown>>;
}

export interface JsonReply {
  readonly status: number;
  readonly body?: object;
  /** Seconds. */
  readonly retryAfter?: number;
}

/** What simulators of other sides speak. */
export class JsonServer {
  private port = 0;
  private readonly server = createServer((request, response) => {
    void this.serve(request, response).catch(() => response.destroy());
  });

  constructor(private readonly answer: (request: JsonRequest) => JsonReply) {}

  /** Comes back at the same address. @returns it */
  async start(): Promise<string> {
    await new Promise<void>((resolve, reject) =>
      this.server.once('error', reject).listen(this.port, '127.0.0.1', resolve),
    );
    this.port = (this.server.address() as AddressInfo).port;
    return `http://127.0.0.1:${this.port}`;
  }

  /** It is gone, connections and all. */
  async stop(): Promise<void> {
    if (this.server.listening) await new Promise((resolve) => this.server.close(resolve).closeAllConnections());
  }

  private async serve(request: IncomingMessage, response: ServerResponse) {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const text = Buffer.concat(parts).toString();
    const { method = '', url = '', headers } = request;
    const { pathname, searchParams: query } = new URL(url, 'http://simulator');
    const body = (text === '' ? {} : JSON.parse(text)) as JsonRequest['body'];
    const path = pathname.split('/').slice(1).map(decodeURIComponent);
    const { status, body: said, retryAfter } = this.answer({ method, path, query, headers, body });
    response.writeHead(status, {
      'content-type': 'application/json',
      ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
    });
    response.end(said && JSON.stringify(said));
  }
}

import { connect, type Socket } from 'node:net';

export interface Answer {
  readonly status: number;
  readonly head: string;
  readonly body: string;
}

/**
 * One keep-alive connection that sends a request and reads its answer. It uses little CPU, so that generating load does not
 * slow down the product on the same machine. Answers must have a Content-Length.
 */
export class HttpConnection {
  private buffer: Buffer = Buffer.alloc(0);
  private resolve: ((answer: Answer) => void) | undefined;
  private reject: ((error: Error) => void) | undefined;

  private constructor(
    private readonly socket: Socket,
    private readonly host: string,
  ) {
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => {
      this.buffer = this.buffer.length === 0 ? chunk : Buffer.concat([this.buffer, chunk]);
      this.parse();
    });
    socket.on('error', (error) => this.reject?.(error));
    socket.on('close', () => this.reject?.(new Error('The connection was closed')));
  }

  static open(url: string): Promise<HttpConnection> {
    const { hostname, port, host } = new URL(url);
    return new Promise((resolve, reject) => {
      const socket = connect(Number(port), hostname, () => resolve(new HttpConnection(socket, host)));
      socket.once('error', reject);
    });
  }

  get(path: string, headers: string): Promise<Answer> {
    return this.send(`GET ${path} HTTP/1.1\r\nHost: ${this.host}\r\n${headers}\r\n`);
  }

  post(path: string, headers: string, body: string): Promise<Answer> {
    const length = Buffer.byteLength(body);
    const head = `POST ${path} HTTP/1.1\r\nHost: ${this.host}\r\n${headers}Content-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`;
    return this.send(head + body);
  }

  close(): void {
    this.reject = undefined;
    this.socket.destroy();
  }

  private send(request: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
      this.socket.write(request);
    });
  }

  private parse() {
    const end = this.buffer.indexOf('\r\n\r\n');
    if (end < 0) return;
    const head = this.buffer.toString('latin1', 0, end);
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
    const total = end + 4 + length;
    if (this.buffer.length < total) return;
    const answer = { status: Number(head.slice(9, 12)), head, body: this.buffer.toString('utf8', end + 4, total) };
    this.buffer = this.buffer.subarray(total);
    this.resolve?.(answer);
  }
}

import { type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import { GrpcError, Code } from './errors.js';
import { WireError } from '#wire';

const MAX_MESSAGE = 64 * 1024 * 1024;

/** Starts a call; what it needs from the client it takes by setting `onMessage` and `onHalfClose`. */
export type Method = (call: Call) => void;

/** One gRPC call: an HTTP/2 stream that carries length-prefixed messages. */
export class Call {
  onMessage: (message: Buffer) => void = () => undefined;
  onHalfClose: () => void = () => undefined;
  closed = false;
  /** The client has not yet taken what it was sent. */
  blocked = false;
  #chunks: Buffer[] = [];
  #received = 0;
  #outbox: Buffer[] = [];
  #finished = false;
  #onClose: () => void = () => undefined;
  #onDrain: () => void = () => undefined;
  #trailers: Record<string, string> = { 'grpc-status': '0' };

  constructor(
    private readonly stream: ServerHttp2Stream,
    readonly headers: IncomingHttpHeaders,
  ) {
    stream.on('data', (chunk: Buffer) => this.#guard(() => this.#receive(chunk)));
    stream.on('end', () => this.#guard(this.onHalfClose));
    stream.on('drain', () => this.#drained());
    stream.on('error', () => undefined); // 'close' follows
    stream.on('close', () => this.#close());
    stream.on('wantTrailers', () => stream.sendTrailers(this.#trailers));
  }

  start(method: Method): void {
    this.#guard(() => method(this));
  }

  /** Sends frames; false if the client does not keep up: wait for {@link drained}. */
  send(frames: Buffer): boolean {
    if (this.closed || this.#finished) return true;
    this.#respond();
    if (!this.stream.write(frames)) this.#block();
    return !this.blocked;
  }

  /** Sends a frame together with others of the same turn. */
  sendSoon(frame: Buffer): void {
    if (this.#outbox.push(frame) > 1) return;
    queueMicrotask(() => this.#sendOutbox());
  }

  #sendOutbox(): void {
    const frames = this.#outbox;
    if (frames.length === 0) return;
    this.#outbox = [];
    this.send(frames.length === 1 ? (frames[0] as Buffer) : Buffer.concat(frames));
  }

  finish(error?: GrpcError): void {
    this.#sendOutbox();
    if (this.closed || this.#finished) return;
    this.#finished = true;
    if (error) this.#trailers = error.trailers;
    if (this.stream.headersSent) this.stream.end();
    else this.stream.respond({ ...HEADERS, ...this.#trailers }, { endStream: true });
    this.stream.resume();
  }

  /** Calls back when the call is over, at once if it already is. */
  whenClosed(callback: () => void): void {
    if (this.closed) callback();
    else this.#onClose = callback;
  }

  /** Resolves once the client can take more, or is gone. */
  async drained(): Promise<void> {
    if (!this.blocked) return;
    await new Promise<void>((resolve) => (this.#onDrain = resolve));
  }

  #respond(): void {
    if (!this.stream.headersSent) this.stream.respond(HEADERS, { waitForTrailers: true });
  }

  /** Stops listening to a client that does not listen. */
  #block(): void {
    this.blocked = true;
    if (!this.stream.readableEnded) this.stream.pause();
  }

  #drained(): void {
    this.blocked = false;
    this.stream.resume();
    this.#onDrain();
  }

  #close(): void {
    if (this.closed) return;
    this.closed = true;
    this.#drained();
    this.#onClose();
  }

  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.finish(asGrpcError(error));
    }
  }

  #receive(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#received += chunk.length;
    if (this.#received < this.#wanted()) return;
    const bytes = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks);
    let at = 0;
    while (!this.#finished && bytes.length - at >= 5) {
      const end = at + 5 + messageLength(bytes, at);
      if (end > bytes.length) break;
      this.onMessage(bytes.subarray(at + 5, end));
      at = end;
    }
    this.#received = bytes.length - at;
    this.#chunks = this.#received > 0 ? [bytes.subarray(at)] : [];
  }

  /** The bytes that the first message in the making needs. */
  #wanted(): number {
    const [first] = this.#chunks;
    return first && first.length >= 5 ? 5 + messageLength(first, 0) : 5;
  }
}

const HEADERS = { ':status': 200, 'content-type': 'application/grpc' };

function messageLength(bytes: Buffer, at: number): number {
  if (bytes[at] !== 0) throw new GrpcError(Code.UNIMPLEMENTED, 'Compression is not supported.');
  const length = bytes.readUInt32BE(at + 1);
  if (length > MAX_MESSAGE) throw new GrpcError(Code.RESOURCE_EXHAUSTED, 'The message is too large.');
  return length;
}

export function asGrpcError(error: unknown): GrpcError {
  if (error instanceof GrpcError) return error;
  if (error instanceof WireError) return new GrpcError(Code.INVALID_ARGUMENT, error.message);
  console.error(error);
  return new GrpcError(Code.UNKNOWN, error instanceof Error ? error.message : 'Unknown error');
}

/** A method with one request message. */
export const unary =
  (handle: (message: Buffer, call: Call) => void): Method =>
  (call) => {
    let request: Buffer | undefined;
    call.onMessage = (message) => (request = message);
    call.onHalfClose = () => {
      if (!request) throw new GrpcError(Code.INVALID_ARGUMENT, 'The request is missing.');
      handle(request, call);
    };
  };

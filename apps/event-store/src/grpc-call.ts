import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import { gunzipSync, inflateSync } from 'node:zlib';
import { asGrpcError, Code, deadlineExceeded, GrpcError } from './errors.js';
import { type SendWindow } from './send-window.js';

const MAX_TRAILER_LENGTH = 16 * 1024;
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Starts a call. It receives messages of the client by setting `onMessage` and `onHalfClose`. */
export type Method = (call: Call) => void;

/** One gRPC call: an HTTP/2 stream that carries length-prefixed messages. */
export class Call {
  onMessage: (message: Buffer) => void = () => undefined;
  onHalfClose: () => void = () => undefined;
  closed = false;
  /** Whether sent frames are still waiting for the client. */
  blocked = false;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
  #soon: Buffer[] = [];
  #finished = false;
  #unsent = 0;
  #writtenIn = -1;
  #onClose: () => void = () => undefined;
  #onDrain: () => void = () => undefined;
  #onSent: () => void = () => undefined;
  #onEmptied: () => void = () => undefined;
  #isAborted = false;
  #timer: NodeJS.Timeout | undefined;
  #trailers: Record<string, string> = { 'grpc-status': '0' };

  constructor(
    private readonly stream: ServerHttp2Stream,
    readonly headers: IncomingHttpHeaders,
    private readonly sendWindow: SendWindow,
  ) {
    const messages = new MessageReader(headers, (message) => !this.#finished && this.onMessage(message));
    stream.on('data', (chunk: Buffer) => this.#guard(() => messages.take(chunk)));
    stream.on('end', () => this.#guard(this.onHalfClose));
    stream.on('drain', () => this.#drained());
    stream.on('error', () => undefined); // 'close' follows
    stream.on('close', () => this.#close());
    stream.on('wantTrailers', () => !this.#isAborted && stream.sendTrailers(this.#trailers));
    this.deadline = deadlineOf(headers);
    if (this.deadline < Infinity) this.#limit();
  }

  #limit(): void {
    const wait = Math.min(this.deadline - Date.now(), MAX_TIMER_MS);
    this.#timer = setTimeout(() => this.finish(deadlineExceeded()), wait);
  }

  start(method: Method): void {
    this.#guard(() => method(this));
  }

  /** Bytes that can be sent at once; 0 while frames of an earlier turn of the event loop are waiting. */
  get window(): number {
    const isWaiting = this.#unsent > 0 && this.#writtenIn !== this.sendWindow.turn;
    return isWaiting ? 0 : this.sendWindow.window(this.#unsent);
  }

  /** Sends frames. @returns false if the client does not keep up: wait for {@link drained} */
  send(frames: Buffer): boolean {
    if (this.closed || this.#finished) return true;
    this.#respond();
    this.#unsent += frames.length;
    this.#writtenIn = this.sendWindow.turn;
    this.sendWindow.wrote(frames.length);
    if (!this.stream.write(frames, () => this.#sent(frames.length))) this.#block();
    return !this.blocked;
  }

  #sent(bytes: number): void {
    if (this.closed) return;
    this.#unsent -= bytes;
    this.sendWindow.sent(bytes);
    if (this.#unsent > 0) return;
    this.#onEmptied();
    this.#onSent();
  }

  /** Sends a frame together with others of the same turn of the event loop. */
  sendSoon(frame: Buffer): void {
    if (this.#soon.push(frame) > 1) return;
    queueMicrotask(() => this.#sendSoon());
  }

  #sendSoon(): void {
    const frames = this.#soon;
    if (frames.length === 0) return;
    this.#soon = [];
    this.send(frames.length === 1 ? (frames[0] as Buffer) : Buffer.concat(frames));
  }

  finish(error?: GrpcError): void {
    this.#sendSoon();
    if (this.closed || this.#finished) return;
    this.#finished = true;
    if (error) this.#trailers = error.trailers;
    if (!Object.values(this.#trailers).every(isHeaderValue)) this.#failWithoutStatus();
    else if (this.stream.headersSent) this.stream.end();
    else this.stream.respond({ ...RESPONSE_HEADERS, ...this.#trailers }, { endStream: true });
    this.stream.resume();
  }

  /** Ends the call as EventStoreDB does if a name does not fit into a header. */
  #failWithoutStatus(): void {
    if (this.stream.headersSent) this.stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    else this.stream.respond({ ':status': 500 }, { endStream: true });
  }

  /** Ends the call without a status, as EventStoreDB does when it shuts down. */
  abort(): void {
    this.#sendSoon();
    this.#finished = true;
    this.#isAborted = true;
    this.#respond();
    this.stream.close(constants.NGHTTP2_NO_ERROR);
  }

  /** Calls back when the call has ended, or at once if it already has. */
  whenClosed(callback: () => void): void {
    if (this.closed) callback();
    else this.#onClose = callback;
  }

  /** Calls back whenever all frames have been sent. */
  whenSent(callback: () => void): void {
    this.#onSent = callback;
  }

  /** Whether all frames have been sent. */
  get isEmpty(): boolean {
    return this.#unsent === 0;
  }

  /** Resolves once all frames have been sent or the client has disconnected. */
  async emptied(): Promise<void> {
    if (this.#unsent === 0 || this.closed) return;
    await new Promise<void>((resolve) => (this.#onEmptied = resolve));
  }

  /** Resolves once the client can receive more or has disconnected. */
  async drained(): Promise<void> {
    if (!this.blocked) return;
    await new Promise<void>((resolve) => (this.#onDrain = resolve));
  }

  #respond(): void {
    if (!this.stream.headersSent) this.stream.respond(RESPONSE_HEADERS, { waitForTrailers: true });
  }

  /** Stops reading from a client that does not read its answers. */
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
    clearTimeout(this.#timer);
    this.sendWindow.sent(this.#unsent);
    this.#drained();
    this.#onEmptied();
    this.#onClose();
  }

  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.finish(asGrpcError(error));
    }
  }
}

const RESPONSE_HEADERS = { ':status': 200, 'content-type': 'application/grpc' };
const isHeaderValue = (value: string): boolean => value.length <= MAX_TRAILER_LENGTH && /^[\t\x20-\x7e]*$/.test(value);

/** A method with one request message. */
export const unary =
  (handle: (message: Buffer, call: Call) => void): Method =>
  (call) => {
    let request: Buffer | undefined;
    call.onMessage = (message) => (request = message);
    call.onHalfClose = () => {
      if (!request) throw new GrpcError(Code.INTERNAL, 'Incomplete message.');
      handle(request, call);
    };
  };

const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;
const UNITS_MS: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1_000, m: 1, u: 1e-3, n: 1e-6 };
const MIN_TIMEOUT_MS = 1e-4;
const DECOMPRESSORS = new Map([
  ['gzip', gunzipSync],
  ['deflate', inflateSync],
]);

/** Splits the bytes of a client into messages. */
class MessageReader {
  #chunks: Buffer[] = [];
  #received = 0;

  constructor(
    private readonly headers: IncomingHttpHeaders,
    private readonly onMessage: (message: Buffer) => void,
  ) {}

  /** @throws GrpcError if a message is too large or cannot be unpacked */
  take(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#received += chunk.length;
    if (this.#received < this.#wanted()) return;
    const bytes = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks);
    let at = 0;
    while (bytes.length - at >= 5) {
      const end = at + 5 + messageLength(bytes, at);
      if (end > bytes.length) break;
      const message = bytes.subarray(at + 5, end);
      this.onMessage(bytes[at] === 0 ? message : this.#decompressed(message));
      at = end;
    }
    this.#received = bytes.length - at;
    this.#chunks = this.#received > 0 ? [bytes.subarray(at)] : [];
  }

  #decompressed(message: Buffer): Buffer {
    const encoding = String(this.headers['grpc-encoding'] ?? 'identity');
    const decompress = DECOMPRESSORS.get(encoding);
    if (!decompress) throw new GrpcError(Code.UNIMPLEMENTED, `Unsupported grpc-encoding value '${encoding}'.`);
    return decompress(message, { maxOutputLength: MAX_MESSAGE_BYTES });
  }

  /** Number of bytes of the first incomplete message. */
  #wanted(): number {
    const [first] = this.#chunks;
    return first && first.length >= 5 ? 5 + messageLength(first, 0) : 5;
  }
}

function messageLength(bytes: Buffer, at: number): number {
  const length = bytes.readUInt32BE(at + 1);
  if (length > MAX_MESSAGE_BYTES) throw new GrpcError(Code.RESOURCE_EXHAUSTED, 'The message is too large.');
  return length;
}

/** The deadline in milliseconds since the epoch. A timeout that is invalid or shorter than 100 ns is ignored. */
function deadlineOf(headers: IncomingHttpHeaders): number {
  const match = /^(\d{1,8})([HMSmun])$/.exec(String(headers['grpc-timeout'] ?? ''));
  const timeout = match ? Number(match[1]) * (UNITS_MS[match[2] ?? ''] ?? 0) : 0;
  return timeout >= MIN_TIMEOUT_MS ? Date.now() + timeout : Infinity;
}

import { constants, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import { type Connection } from './connection.js';
import { asGrpcError, Code, deadlineExceeded, GrpcError } from './errors.js';
import { deadlineFrom, MessageReader } from './grpc-messages.js';

const LARGEST_TRAILER = 16 * 1024;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Starts a call; what it needs from the client it takes by setting `onMessage` and `onHalfClose`. */
export type Method = (call: Call) => void;

/** One gRPC call: an HTTP/2 stream that carries length-prefixed messages. */
export class Call {
  onMessage: (message: Buffer) => void = () => undefined;
  onHalfClose: () => void = () => undefined;
  closed = false;
  /** The client has not yet taken what it was sent. */
  blocked = false;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
  #outbox: Buffer[] = [];
  #finished = false;
  #unsent = 0;
  #writtenIn = -1;
  #onClose: () => void = () => undefined;
  #onDrain: () => void = () => undefined;
  #onSent: () => void = () => undefined;
  #onEmptied: () => void = () => undefined;
  #isCut = false;
  #timer: NodeJS.Timeout | undefined;
  #trailers: Record<string, string> = { 'grpc-status': '0' };

  constructor(
    private readonly stream: ServerHttp2Stream,
    readonly headers: IncomingHttpHeaders,
    private readonly connection: Connection,
  ) {
    const messages = new MessageReader(headers, (message) => !this.#finished && this.onMessage(message));
    stream.on('data', (chunk: Buffer) => this.#guard(() => messages.take(chunk)));
    stream.on('end', () => this.#guard(this.onHalfClose));
    stream.on('drain', () => this.#drained());
    stream.on('error', () => undefined); // 'close' follows
    stream.on('close', () => this.#close());
    stream.on('wantTrailers', () => !this.#isCut && stream.sendTrailers(this.#trailers));
    this.deadline = deadlineFrom(headers);
    if (this.deadline < Infinity) this.#limit();
  }

  #limit(): void {
    const wait = Math.min(this.deadline - Date.now(), LONGEST_TIMER_MS);
    this.#timer = setTimeout(() => this.finish(deadlineExceeded()), wait);
  }

  start(method: Method): void {
    this.#guard(() => method(this));
  }

  /** Bytes that the client takes at once: 0 while what was sent in an earlier turn waits for it. */
  get window(): number {
    const isWaiting = this.#unsent > 0 && this.#writtenIn !== this.connection.turn;
    return isWaiting ? 0 : this.connection.window(this.#unsent);
  }

  /** Sends frames; false if the client does not keep up: wait for {@link drained}. */
  send(frames: Buffer): boolean {
    if (this.closed || this.#finished) return true;
    this.#respond();
    this.#unsent += frames.length;
    this.#writtenIn = this.connection.turn;
    this.connection.wrote(frames.length);
    if (!this.stream.write(frames, () => this.#sent(frames.length))) this.#block();
    return !this.blocked;
  }

  #sent(bytes: number): void {
    if (this.closed) return;
    this.#unsent -= bytes;
    this.connection.sent(bytes);
    if (this.#unsent > 0) return;
    this.#onEmptied();
    this.#onSent();
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
    if (!Object.values(this.#trailers).every(isHeaderValue)) this.#failWithoutStatus();
    else if (this.stream.headersSent) this.stream.end();
    else this.stream.respond({ ...HEADERS, ...this.#trailers }, { endStream: true });
    this.stream.resume();
  }

  /** As EventStoreDB does where a name does not fit into a header. */
  #failWithoutStatus(): void {
    if (this.stream.headersSent) this.stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    else this.stream.respond({ ':status': 500 }, { endStream: true });
  }

  /** Ends the call without a status, as EventStoreDB does when it shuts down. */
  cut(): void {
    this.#sendOutbox();
    this.#finished = true;
    this.#isCut = true;
    this.#respond();
    this.stream.close(constants.NGHTTP2_NO_ERROR);
  }

  /** Calls back when the call is over, at once if it already is. */
  whenClosed(callback: () => void): void {
    if (this.closed) callback();
    else this.#onClose = callback;
  }

  /** Calls back whenever the client has taken all that was sent. */
  whenSent(callback: () => void): void {
    this.#onSent = callback;
  }

  /** All that was sent has gone out. */
  get isEmpty(): boolean {
    return this.#unsent === 0;
  }

  /** Resolves once all that was sent has gone out, or the client is gone. */
  async emptied(): Promise<void> {
    if (this.#unsent === 0 || this.closed) return;
    await new Promise<void>((resolve) => (this.#onEmptied = resolve));
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
    clearTimeout(this.#timer);
    this.connection.sent(this.#unsent);
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

const HEADERS = { ':status': 200, 'content-type': 'application/grpc' };
const isHeaderValue = (value: string): boolean => value.length <= LARGEST_TRAILER && /^[\t\x20-\x7e]*$/.test(value);

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

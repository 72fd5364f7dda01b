import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { TOO_SLOW } from './event-store-protocol.js';
import { count, type Counters, noRequests, type Requests } from './event-store-requests.js';
import {
  ACK,
  cancelFrame,
  creditFrame,
  DATA,
  END_STREAM,
  type Frame,
  FrameReader,
  HEADERS,
  PING,
  pingFrame,
  RST_STREAM,
  trailersFrame,
} from './http2-frames.js';

/** The trailers with which a server of version 23.10 drops a live subscription whose reader is slow. */
const DROPPED = { 'grpc-status': '10', 'grpc-message': TOO_SLOW };

/**
 * A proxy between clients and an event store without TLS. It passes on all bytes unchanged, counts requests, and can end
 * subscriptions as a server does that drops a slow reader. Flow control stays between the two ends.
 */
export class EventStoreProxy {
  private readonly counters = noRequests();
  private readonly connections = new Set<Connection>();
  private readonly server: Server;
  private readonly stopped = new AbortController();
  /** Subscriptions that were ended so far. */
  drops = 0;

  private constructor(private readonly target: URL) {
    this.server = createServer({ noDelay: true }, (client) => this.accept(client));
  }

  /** @param url of the event store: `esdb://host:port?tls=false`. The store may be started later and restarted. */
  static async start(url: string): Promise<EventStoreProxy> {
    const proxy = new EventStoreProxy(new URL(url));
    await once(proxy.server.listen(0, '127.0.0.1'), 'listening');
    return proxy;
  }

  /** The address for clients. */
  get url(): string {
    return `esdb://127.0.0.1:${(this.server.address() as AddressInfo).port}?tls=false`;
  }

  /** The requests so far. */
  get requests(): Requests {
    return { ...this.counters };
  }

  /** Ends every open subscription that has got an answer. */
  drop(): void {
    for (const connection of this.connections) connection.drop();
  }

  async dropEvery(milliseconds: number): Promise<void> {
    const { signal } = this.stopped;
    while (!signal.aborted) {
      await pause(milliseconds, undefined, { signal }).catch(() => undefined);
      this.drop();
    }
  }

  async stop(): Promise<void> {
    this.stopped.abort();
    const closed = once(this.server.close(), 'close');
    for (const connection of this.connections) connection.close();
    await closed;
  }

  private accept(client: Socket) {
    const store = connect({ host: this.target.hostname, port: Number(this.target.port), noDelay: true });
    const onDrop = () => this.drops++;
    const connection = new Connection({ client, store }, this.counters, onDrop);
    this.connections.add(connection);
    client.once('close', () => this.connections.delete(connection));
  }
}

/** A call that may be a subscription: only its messages tell. */
interface Call {
  readonly messages: Messages;
  isSubscription: boolean;
  isAnswered: boolean;
  isEnding: boolean;
}

/** A connection of a client, and the one to the server behind it. */
class Connection {
  private readonly calls = new Map<number, Call>();
  private readonly dropped = new Set<number>();
  /** Payload of a ping → the HTTP/2 streams that are dropped once the server has answered the ping. */
  private readonly ending = new Map<string, readonly number[]>();
  private pings = 0;

  constructor(
    private readonly ends: { readonly client: Socket; readonly store: Socket },
    private readonly counters: Counters,
    private readonly onDrop: () => void,
  ) {
    const { client, store } = ends;
    forward(client, store, new FrameReader((frame) => this.fromClient(frame)));
    forward(
      store,
      client,
      FrameReader.ofServer((frame) => this.fromServer(frame)),
    );
  }

  /**
   * Works in two steps, so that flow control stays consistent and nothing that the server has sent is lost: it cancels the
   * calls at the server, and when the server has answered the ping that follows, ends them at the client.
   */
  drop(): void {
    const isLive = ({ isSubscription, isAnswered, isEnding }: Call) => isSubscription && isAnswered && !isEnding;
    const live = [...this.calls].filter(([, call]) => isLive(call));
    if (live.length === 0) return;
    const token = Buffer.from(`drop${String(this.pings++).padStart(4, '0')}`.slice(-8));
    for (const [stream, call] of live) {
      call.isEnding = true;
      this.ends.store.write(cancelFrame(stream));
    }
    this.ending.set(
      token.toString(),
      live.map(([stream]) => stream),
    );
    this.ends.store.write(pingFrame(token));
  }

  close(): void {
    this.ends.client.destroy();
    this.ends.store.destroy();
  }

  private fromClient({ type, stream, payload }: Frame): undefined {
    if (type === RST_STREAM) this.calls.delete(stream);
    if (type !== DATA) return;
    const call = this.calls.get(stream) ?? aCall();
    this.calls.set(stream, call);
    for (const message of call.messages.take(payload)) call.isSubscription ||= count(message, this.counters);
  }

  private fromServer({ type, flags, stream, payload }: Frame): Buffer | undefined {
    if (this.dropped.has(stream)) return this.afterDrop(type, payload);
    if (type === PING && flags === ACK) return this.end(payload.toString('latin1'));
    if (type === DATA) this.answered(stream);
    if (type === RST_STREAM || (type === HEADERS && flags & END_STREAM)) this.calls.delete(stream);
    return undefined;
  }

  private answered(stream: number) {
    const call = this.calls.get(stream);
    if (call) call.isAnswered = true;
  }

  /** Leaves calls alone that the server or the client has ended meanwhile. */
  private end(token: string): Buffer | undefined {
    const streams = this.ending.get(token)?.filter((stream) => this.calls.delete(stream));
    this.ending.delete(token);
    return (
      streams &&
      Buffer.concat(
        streams.map((stream) => {
          this.dropped.add(stream);
          this.onDrop();
          return trailersFrame(stream, DROPPED);
        }),
      )
    );
  }

  /** Keeps frames of a dropped call from the client. Headers cannot be left out, because their compression has state. */
  private afterDrop(type: number, payload: Buffer): Buffer {
    if (type === HEADERS) this.close();
    if (type === DATA && payload.length > 0) this.ends.store.write(creditFrame(payload.length));
    return Buffer.alloc(0);
  }
}

const aCall = (): Call => ({ messages: new Messages(), isSubscription: false, isAnswered: false, isEnding: false });

const forward = (from: Socket, to: Socket, frames: FrameReader) => {
  from.on('data', (chunk: Buffer) => {
    const isFull = frames.take(chunk).reduce((full, bytes) => !to.write(bytes) || full, false);
    if (isFull) from.pause();
  });
  to.on('drain', () => from.resume());
  from.on('end', () => to.end());
  from.on('error', () => undefined); // 'close' follows
  from.on('close', () => to.destroy());
};

const HEAD_BYTES = 5;

/** Joins the messages of a call. The head of each is a zero byte and four bytes with its length. */
class Messages {
  private rest: Buffer = Buffer.alloc(0);

  take(piece: Buffer): readonly Buffer[] {
    const bytes = this.rest.length === 0 ? piece : Buffer.concat([this.rest, piece]);
    const messages: Buffer[] = [];
    let at = 0;
    while (bytes.length >= at + HEAD_BYTES) {
      const end = at + HEAD_BYTES + bytes.readUInt32BE(at + 1);
      if (end > bytes.length) break;
      messages.push(bytes.subarray(at + HEAD_BYTES, end));
      at = end;
    }
    this.rest = bytes.subarray(at);
    return messages;
  }
}

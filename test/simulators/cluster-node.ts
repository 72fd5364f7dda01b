import { once } from 'node:events';
import { createServer, connect, type Server as NetServer, type Socket } from 'node:net';
import codes from '@eventstore/db-client/generated/code_pb.js';
import gossip from '@eventstore/db-client/generated/gossip_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import statusMessages from '@eventstore/db-client/generated/status_pb.js';
import {
  Client,
  credentials,
  Metadata,
  type sendUnaryData,
  Server,
  type ServerDuplexStream,
  type ServerWritableStream,
  type ServiceDefinition,
  status,
} from '@grpc/grpc-js';
import any from 'google-protobuf/google/protobuf/any_pb.js';
import {
  BATCH_APPEND,
  GET_SUPPORTED_METHODS,
  GOSSIP,
  listenOnFreePort,
  READ,
  supportedMethods,
} from './event-store-protocol.js';

/** The state of the cluster that a node needs. */
export interface ClusterState {
  /** The ports of all nodes. */
  readonly ports: readonly number[];
  /** Port of the leader; undefined while there is none. */
  readonly leader: number | undefined;
  /** Whether the other nodes believe that it is alive. */
  isAlive(port: number): boolean;
  /** Whether there is a leader that reaches enough nodes to write. */
  readonly canWrite: boolean;
}

export interface NodeOptions {
  /** `host:port` of the one log behind all nodes. */
  readonly log: string;
  /** While it is a follower, it has no events that are younger than this. */
  readonly lagMs: number;
}

/** A write that too few nodes have confirmed ends after this. */
const WRITE_TIMEOUT_MS = 2_000;
const MAX_MESSAGE_BYTES = 17 * 1024 * 1024;

const raw = (path: string, requestStream: boolean, responseStream: boolean) => ({
  path,
  requestStream,
  responseStream,
  requestSerialize: (bytes: Buffer) => bytes,
  requestDeserialize: (bytes: Buffer) => bytes,
  responseSerialize: (bytes: Uint8Array) => Buffer.from(bytes),
  responseDeserialize: (bytes: Buffer) => bytes,
});

const SERVICE: ServiceDefinition = {
  gossip: raw(GOSSIP, false, false),
  features: raw(GET_SUPPORTED_METHODS, false, false),
  read: raw(READ, false, true),
  batchAppend: raw(BATCH_APPEND, true, true),
};

type ReadCall = ServerWritableStream<Buffer, Uint8Array>;
type AppendCall = ServerDuplexStream<Buffer, Uint8Array>;

/** One node: a listener that can be killed and frozen, in front of a server that passes calls on to the one log behind all nodes. */
export class ClusterNode {
  state: 'running' | 'frozen' | 'dead' = 'dead';
  private listener: NetServer | undefined;
  private readonly sockets = new Set<Socket>();
  private readonly held: (() => void)[] = [];
  private readonly server = new Server({ 'grpc.max_receive_message_length': MAX_MESSAGE_BYTES });
  private inner = 0;
  private readonly log: Client;

  constructor(
    private readonly cluster: ClusterState,
    /** Stays the same when it starts again. */
    readonly port: number,
    private readonly options: NodeOptions,
  ) {
    this.log = new Client(options.log, credentials.createInsecure(), {
      'grpc.max_receive_message_length': MAX_MESSAGE_BYTES,
      'grpc.use_local_subchannel_pool': 1,
    });
    this.server.addService(SERVICE, {
      gossip: (_: unknown, answer: sendUnaryData<Uint8Array>) => answer(null, this.clusterInfo()),
      features: (_: unknown, answer: sendUnaryData<Uint8Array>) => answer(null, supportedMethods().serializeBinary()),
      read: (call: ReadCall) => this.read(call),
      batchAppend: (call: AppendCall) => this.batchAppend(call),
    });
  }

  /** How many connections clients have open. */
  get connections(): number {
    return this.sockets.size;
  }

  async start(): Promise<void> {
    if (this.inner === 0) this.inner = await listenOnFreePort(this.server);
    const listener = createServer({ pauseOnConnect: true }, (socket) => this.accept(socket));
    await once(listener.listen(this.port, '127.0.0.1'), 'listening');
    this.listener = listener;
    this.state = 'running';
  }

  /** Like SIGKILL: connections break, and nobody listens. */
  kill(): void {
    this.state = 'dead';
    this.held.length = 0;
    this.listener?.close();
    for (const socket of this.sockets) socket.destroy();
  }

  /** Like SIGSTOP: connections are accepted, and nothing is answered. */
  freeze(): void {
    this.state = 'frozen';
    for (const socket of this.sockets) socket.pause();
  }

  thaw(): void {
    this.state = 'running';
    for (const go of this.held.splice(0)) go();
    for (const socket of this.sockets) socket.resume();
  }

  close(): void {
    this.kill();
    this.log.close();
    this.server.forceShutdown();
  }

  private accept(socket: Socket) {
    this.sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => this.sockets.delete(socket));
    const go = () => {
      if (socket.destroyed) return;
      const behind = connect(this.inner, '127.0.0.1');
      // A frozen process sends nothing either: what the inner server sends is held back.
      behind.on('data', (bytes) =>
        this.state === 'frozen' ? this.held.push(() => socket.write(bytes)) : socket.write(bytes),
      );
      behind.on('error', () => socket.destroy()).on('close', () => socket.destroy());
      socket.on('data', (bytes) => behind.write(bytes)).on('close', () => behind.destroy());
      socket.resume();
    };
    if (this.state === 'frozen') this.held.push(go);
    else go();
  }

  private get leads() {
    return this.cluster.leader === this.port;
  }

  private clusterInfo() {
    const { LEADER, FOLLOWER, UNKNOWN } = gossip.MemberInfo.VNodeState;
    const { leader, ports } = this.cluster;
    const follower = leader === undefined ? UNKNOWN : FOLLOWER;
    const members = ports.map((port) =>
      new gossip.MemberInfo()
        .setState(port === leader ? LEADER : follower)
        .setIsAlive(this.cluster.isAlive(port))
        .setHttpEndPoint(new gossip.EndPoint().setAddress('127.0.0.1').setPort(port)),
    );
    return new gossip.ClusterInfo().setMembersList(members).serializeBinary();
  }

  private read(call: ReadCall) {
    if (call.metadata.get('requires-leader')[0] === 'true' && !this.leads) {
      call.emit('error', this.notLeader());
      return;
    }
    const isLate = !this.leads && this.options.lagMs > 0;
    const request = isLate ? withoutMaxCount(call.request) : { bytes: call.request, most: Infinity };
    const reading = this.log.makeServerStreamRequest(READ, asIs, asIs, request.bytes, new Metadata());
    let left = request.most;
    reading.on('data', (bytes: Buffer) => {
      const ageMs = isLate ? ageOf(bytes) : undefined;
      if (ageMs === undefined) call.write(bytes);
      else if (request.most === Infinity) setTimeout(() => call.write(bytes), Math.max(0, this.options.lagMs - ageMs));
      else if (ageMs >= this.options.lagMs && left-- > 0) call.write(bytes);
    });
    reading.on('error', (error) => call.emit('error', error));
    reading.on('end', () => call.end());
    call.on('cancelled', () => reading.cancel());
  }

  private notLeader() {
    const { leader } = this.cluster;
    if (leader === undefined) return { code: status.UNAVAILABLE, details: 'Server Is Not Ready' };
    const metadata = new Metadata();
    metadata.set('exception', 'not-leader');
    metadata.set('leader-endpoint-host', '127.0.0.1');
    metadata.set('leader-endpoint-port', String(leader));
    return { code: status.NOT_FOUND, details: 'Leader info available', metadata };
  }

  /** A follower passes appends on to the leader; here both pass them on to the log. */
  private batchAppend(call: AppendCall) {
    const appending = this.log.makeBidiStreamRequest(BATCH_APPEND, asIs, asIs, new Metadata());
    call.on('data', (bytes: Buffer) => {
      if (this.cluster.canWrite) appending.write(bytes);
      else setTimeout(() => call.write(timedOut(bytes)), WRITE_TIMEOUT_MS);
    });
    appending.on('data', (bytes: Buffer) => call.write(bytes));
    appending.on('error', (error) => call.emit('error', error));
    appending.on('end', () => call.end());
    call.on('end', () => appending.end()).on('cancelled', () => appending.cancel());
  }
}

const asIs = (bytes: Buffer) => bytes;

/** The same read without its maximum count, and that count; a subscription has none. */
const withoutMaxCount = (bytes: Buffer) => {
  const request = streams.ReadReq.deserializeBinary(bytes);
  const options = request.getOptions();
  if (!options?.hasCount()) return { bytes, most: Infinity };
  const most = Number(options.getCount());
  options.setCount(String(Number.MAX_SAFE_INTEGER));
  return { bytes: Buffer.from(request.serializeBinary()), most };
};

/** The age of the event in a message, in milliseconds; undefined for other messages. */
const ageOf = (bytes: Buffer) => {
  const created = streams.ReadResp.deserializeBinary(bytes).getEvent()?.getEvent()?.getMetadataMap().get('created');
  return created === undefined ? undefined : Date.now() - Number(created.slice(0, -4));
};

const timedOut = (request: Buffer) => {
  const details = new any.Any();
  details.setTypeUrl('type.googleapis.com/event_store.client.Timeout');
  const error = new statusMessages.Status()
    .setCode(codes.Code.DEADLINE_EXCEEDED)
    .setMessage('Timeout')
    .setDetails(details);
  const { BatchAppendReq, BatchAppendResp } = streams;
  const correlationId = BatchAppendReq.deserializeBinary(request).getCorrelationId();
  return new BatchAppendResp().setCorrelationId(correlationId).setError(error).serializeBinary();
};

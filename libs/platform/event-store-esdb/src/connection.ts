import gossip, { type ClusterInfo } from '@eventstore/db-client/generated/gossip_pb.js';
import features, { type SupportedMethods } from '@eventstore/db-client/generated/serverfeatures_pb.js';
import streams, { type BatchAppendResp } from '@eventstore/db-client/generated/streams_pb.js';
import { Client, type ClientDuplexStream, type ClientReadableStream, Metadata } from '@grpc/grpc-js';
import { decodeReadResponse, type ReadResponse } from './read-response.js';
import { type ConnectionSettings } from './connection-settings.js';

const READ = '/event_store.client.streams.Streams/Read';
const BATCH_APPEND = '/event_store.client.streams.Streams/BatchAppend';
const GOSSIP = '/event_store.client.gossip.Gossip/Read';
const FEATURES = '/event_store.client.server_features.ServerFeatures/GetSupportedMethods';

/** The part of a gRPC call that is needed to end it. */
interface OpenCall {
  cancel(): void;
  on(event: 'status', listener: () => void): unknown;
}

/** One connection to one node, opened by the first call. */
export class Connection {
  /** Whether no call may be started any more. */
  closed = false;
  private readonly client: Client;
  private readonly calls = new Set<OpenCall>();

  constructor(
    /** `host:port` */
    readonly node: string,
    private readonly settings: ConnectionSettings,
  ) {
    this.client = new Client(node, settings.channel, settings.options);
  }

  /** @param request a `ReadReq` */
  read(request: Buffer): ClientReadableStream<ReadResponse> {
    return this.track(
      this.client.makeServerStreamRequest(READ, unchanged, decodeReadResponse, request, this.metadata()),
    );
  }

  /** Takes `BatchAppendReq`s. */
  appends(): ClientDuplexStream<Buffer, BatchAppendResp> {
    return this.track(this.client.makeBidiStreamRequest(BATCH_APPEND, unchanged, decodeAppended, this.metadata()));
  }

  /** The members of the cluster, as the node knows them. */
  gossip(timeoutMs: number): Promise<ClusterInfo> {
    return this.callUnary(GOSSIP, (bytes) => gossip.ClusterInfo.deserializeBinary(bytes), timeoutMs);
  }

  /** The version of the node and the methods that it serves. */
  features(timeoutMs: number): Promise<SupportedMethods> {
    return this.callUnary(FEATURES, (bytes) => features.SupportedMethods.deserializeBinary(bytes), timeoutMs);
  }

  /** Ends all calls. */
  close(): void {
    this.closed = true;
    for (const call of this.calls) call.cancel();
    closeWithoutReconnecting(this.client);
  }

  /** A call whose request is empty. */
  private callUnary<Answer>(path: string, decode: (bytes: Uint8Array) => Answer, timeoutMs: number): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const options = { deadline: Date.now() + timeoutMs };
      this.client.makeUnaryRequest(
        path,
        unchanged,
        decode,
        Buffer.alloc(0),
        this.metadata(),
        options,
        (error, answer) =>
          answer === undefined ? reject(error ?? new Error(`${path} has no answer`)) : resolve(answer),
      );
    });
  }

  private track<Kept extends OpenCall>(call: Kept): Kept {
    this.calls.add(call);
    call.on('status', () => this.calls.delete(call));
    return call;
  }

  private metadata() {
    const metadata = new Metadata();
    for (const [name, value] of Object.entries(this.settings.headers)) metadata.set(name, value);
    return metadata;
  }
}

/** Private parts of a channel of grpc-js. */
interface ChannelInternals {
  readonly internalChannel?: {
    readonly subchannelPool?: {
      readonly pool?: Readonly<Record<string, readonly { readonly subchannel: { continueConnecting: boolean } }[]>>;
    };
  };
}

/**
 * A channel of grpc-js 1.14.7 that is closed while its node does not answer keeps trying to connect, and finally holds an unused
 * connection open. Its internal flag stops these attempts.
 */
const closeWithoutReconnecting = (client: Client) => {
  const { internalChannel } = client.getChannel() as unknown as ChannelInternals;
  const subchannels = Object.values(internalChannel?.subchannelPool?.pool ?? {}).flat();
  client.close();
  // A try that was started in this turn of the event loop sets its flag in this turn, so it is cleared in the next one.
  setImmediate(() => {
    for (const { subchannel } of subchannels) subchannel.continueConnecting = false;
  });
};

const unchanged = (request: Buffer) => request;
const decodeAppended = (bytes: Buffer) => streams.BatchAppendResp.deserializeBinary(bytes);

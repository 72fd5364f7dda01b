import gossip, { type ClusterInfo } from '@eventstore/db-client/generated/gossip_pb.js';
import features, { type SupportedMethods } from '@eventstore/db-client/generated/serverfeatures_pb.js';
import streams, { type BatchAppendResp } from '@eventstore/db-client/generated/streams_pb.js';
import {
  type ChannelOptions,
  Client,
  type ClientDuplexStream,
  type ClientReadableStream,
  Metadata,
} from '@grpc/grpc-js';
import { decodeFrame, type Frame } from './frames.js';
import { type Settings } from './settings.js';

const READ = '/event_store.client.streams.Streams/Read';
const BATCH_APPEND = '/event_store.client.streams.Streams/BatchAppend';
const GOSSIP = '/event_store.client.gossip.Gossip/Read';
const FEATURES = '/event_store.client.server_features.ServerFeatures/GetSupportedMethods';

/** What is common to all calls that may stay open. */
interface Call {
  cancel(): void;
  on(event: 'status', listener: () => void): unknown;
}

/** One connection to one node, opened by the first call. */
export class Connection {
  /** Nothing may be begun here any more. */
  closed = false;
  private readonly client: Client;
  private readonly calls = new Set<Call>();

  constructor(
    /** `host:port` */
    readonly node: string,
    private readonly settings: Settings,
    options: ChannelOptions = {},
  ) {
    this.client = new Client(node, settings.channel, { ...settings.options, ...options });
  }

  /** @param request a `ReadReq` */
  read(request: Buffer): ClientReadableStream<Frame> {
    return this.keep(this.client.makeServerStreamRequest(READ, asIs, decodeFrame, request, this.metadata()));
  }

  /** Takes `BatchAppendReq`s. */
  appends(): ClientDuplexStream<Buffer, BatchAppendResp> {
    return this.keep(this.client.makeBidiStreamRequest(BATCH_APPEND, asIs, decodeAppended, this.metadata()));
  }

  /** What the node knows of its cluster. */
  gossip(timeoutMs: number): Promise<ClusterInfo> {
    return this.ask(GOSSIP, (bytes) => gossip.ClusterInfo.deserializeBinary(bytes), timeoutMs);
  }

  /** What the node can do. */
  features(timeoutMs: number): Promise<SupportedMethods> {
    return this.ask(FEATURES, (bytes) => features.SupportedMethods.deserializeBinary(bytes), timeoutMs);
  }

  /** Ends all calls. */
  close(): void {
    this.closed = true;
    for (const call of this.calls) call.cancel();
    closeForGood(this.client);
  }

  /** A question without content. */
  private ask<Answer>(path: string, decode: (bytes: Uint8Array) => Answer, timeoutMs: number): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const options = { deadline: Date.now() + timeoutMs };
      this.client.makeUnaryRequest(path, asIs, decode, Buffer.alloc(0), this.metadata(), options, (error, answer) =>
        answer === undefined ? reject(error ?? new Error(`${path} has no answer`)) : resolve(answer),
      );
    });
  }

  private keep<Kept extends Call>(call: Kept): Kept {
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

/** What grpc-js keeps to itself. */
interface Internals {
  readonly internalChannel?: {
    readonly subchannelPool?: {
      readonly pool?: Readonly<Record<string, readonly { readonly subchannel: { continueConnecting: boolean } }[]>>;
    };
  };
}

/**
 * A channel that is closed while its node does not answer tries again all the same, and once the node is back it holds a
 * connection that nobody uses and nobody closes (grpc-js 1.14.7). So it is told to stop trying.
 */
const closeForGood = (client: Client) => {
  const { internalChannel } = client.getChannel() as unknown as Internals;
  const subchannels = Object.values(internalChannel?.subchannelPool?.pool ?? {}).flat();
  client.close();
  // A try that was asked for in this turn counts from the next one on.
  setImmediate(() => {
    for (const { subchannel } of subchannels) subchannel.continueConnecting = false;
  });
};

const asIs = (request: Buffer) => request;
const decodeAppended = (bytes: Buffer) => streams.BatchAppendResp.deserializeBinary(bytes);

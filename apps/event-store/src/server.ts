import { randomUUID, timingSafeEqual, createHash } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import features from '@eventstore/db-client/generated/serverfeatures_pb.js';
import gossip from '@eventstore/db-client/generated/gossip_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import { batchAppend } from './batch-append.js';
import { GrpcError, Code } from './errors.js';
import { type Call, type Method, unary } from './grpc-call.js';
import { Listener } from './listener.js';
import { RecentCommits } from './recent-commits.js';
import { Log } from './log.js';
import { systemEvent } from './proposed-event.js';
import { type ServerVersion } from './read-context.js';
import { read } from './reads.js';
import { Storage } from './storage.js';
import { grpcFrame } from '#wire';
import { append, remove, tombstone } from './write-calls.js';
import { Writer } from './writer.js';

/** The versions for ServerFeatures. */
const VERSIONS: Readonly<Record<ServerVersion, string>> = { '23.10': '23.10.8', '24.2': '24.2.0' };
/** Features of methods beyond their first version. */
const FEATURES: Readonly<Record<string, string[]>> = {
  BatchAppend: ['deadline_duration'],
  Read: ['position', 'events'],
};
const STREAMS = 'event_store.client.streams.Streams';
const SERVER_FEATURES = 'event_store.client.server_features.ServerFeatures';
const GOSSIP = 'event_store.client.gossip.Gossip';
const SERVED_SERVICES = new Set([STREAMS, SERVER_FEATURES, GOSSIP]);

export interface ServerOptions {
  host: string;
  /** 0 takes any free port. */
  port: number;
  /** The data folder; without it, everything stays in memory. */
  data?: string | undefined;
  maxAppendSize: number;
  like: ServerVersion;
  /** Milliseconds for which the server answers that it is not ready. */
  slowStartMs: number;
  /** Milliseconds for which open calls go on while the server closes. */
  lateEndMs: number;
  tls?: { cert: Buffer; key: Buffer } | undefined;
  credentials?: { user: string; password: string } | undefined;
}

/** A running event store. */
export interface EventStoreServer {
  readonly port: number;
  /** Answers pending appends, ends open calls and closes the data. */
  close(): Promise<void>;
}

/** @throws if another process has the data open. */
export async function startServer(options: ServerOptions): Promise<EventStoreServer> {
  const storage = new Storage(options.data);
  const log = new Log(storage);
  if (log.head === 0) {
    log.append(log.heads.get('$$$scavenges'), [systemEvent('$metadata', '{"$maxAge":2592000}')]);
    log.commit();
  }
  const recentCommits = new RecentCommits(log.head);
  const writer = new Writer(log, (commit) => recentCommits.publish(commit));
  const listener = new Listener(router(methods({ log, recentCommits, writer, options }), options), options.tls);
  const port = await listener.listen(options.port, options.host);
  if (options.slowStartMs > 0) await setTimeout(options.slowStartMs);
  listener.isReady = true;
  return {
    port,
    close: async () => {
      writer.stop();
      await listener.close(options.lateEndMs);
      storage.close();
    },
  };
}

interface Parts {
  log: Log;
  recentCommits: RecentCommits;
  writer: Writer;
  options: ServerOptions;
}

function methods({ log, recentCommits, writer, options }: Parts): Map<string, Method> {
  const served = new Map<string, Method>([
    ['Read', read({ log, recentCommits, like: options.like })],
    ['Append', append(writer, options.maxAppendSize)],
    ['BatchAppend', batchAppend(writer, options.maxAppendSize)],
    ['Delete', remove(writer)],
    ['Tombstone', tombstone(writer)],
  ]);
  const supported = supportedMethods(options.like, [...served.keys()]);
  return new Map([
    ...[...served].map(([name, method]): [string, Method] => [`/${STREAMS}/${name}`, method]),
    [`/${SERVER_FEATURES}/GetSupportedMethods`, constant(() => supported)],
    [`/${GOSSIP}/Read`, constant(clusterInfo(randomUUID()))],
  ]);
}

const constant = (answer: (call: Call) => Uint8Array): Method =>
  unary((_, call) => {
    call.send(grpcFrame(answer(call)));
    call.finish();
  });

function supportedMethods(like: ServerVersion, names: string[]): Uint8Array {
  const answer = new features.SupportedMethods().setEventStoreServerVersion(VERSIONS[like]);
  for (const name of names) {
    const method = new features.SupportedMethod().setServiceName(STREAMS.toLowerCase());
    answer.addMethods(method.setMethodName(name.toLowerCase()).setFeaturesList(FEATURES[name] ?? []));
  }
  return answer.serializeBinary();
}

/** A cluster of one node, at the address that the client uses. */
const clusterInfo =
  (instanceId: string) =>
  (call: Call): Uint8Array => {
    const { hostname, port } = new URL(`http://${call.headers[':authority'] ?? ''}`);
    const member = new gossip.MemberInfo()
      .setInstanceId(new shared.UUID().setString(instanceId))
      .setTimeStamp(`${Date.now()}0000`)
      .setState(gossip.MemberInfo.VNodeState.LEADER)
      .setIsAlive(true)
      .setHttpEndPoint(new gossip.EndPoint().setAddress(hostname.replace(/^\[|\]$/g, '')).setPort(Number(port || 80)));
    return new gossip.ClusterInfo().setMembersList([member]).serializeBinary();
  };

function router(served: Map<string, Method>, { credentials }: ServerOptions): (path: string) => Method {
  const expected =
    credentials && digest(`Basic ${Buffer.from(`${credentials.user}:${credentials.password}`).toString('base64')}`);
  return (path) => {
    const method = served.get(path) ?? unimplemented(path);
    if (!expected || !path.startsWith(`/${STREAMS}/`)) return method;
    return (call) => {
      if (!timingSafeEqual(digest(call.headers.authorization ?? ''), expected)) throw unauthenticated();
      method(call);
    };
  };
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

const unauthenticated = (): GrpcError => new GrpcError(Code.UNAUTHENTICATED, 'Wrong user name or password.');

/** Answers calls of unsupported services of EventStoreDB, and of unknown ones as EventStoreDB does. */
const unimplemented =
  (path: string): Method =>
  () => {
    const [, service = ''] = path.split('/');
    if (SERVED_SERVICES.has(service)) throw new GrpcError(Code.UNIMPLEMENTED, 'Method is unimplemented.');
    if (!service.startsWith('event_store.')) throw new GrpcError(Code.UNIMPLEMENTED, 'Service is unimplemented.');
    throw new GrpcError(Code.UNIMPLEMENTED, `This event store does not offer ${service}.`);
  };

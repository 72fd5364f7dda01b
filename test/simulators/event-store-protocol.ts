/** Parts of EventStoreDB's protocol that simulated servers share. */
import features, { type SupportedMethods } from '@eventstore/db-client/generated/serverfeatures_pb.js';
import { type Server, ServerCredentials } from '@grpc/grpc-js';

const STREAMS = 'event_store.client.streams.Streams';

export const READ = `/${STREAMS}/Read`;
export const BATCH_APPEND = `/${STREAMS}/BatchAppend`;
export const GET_SUPPORTED_METHODS = '/event_store.client.server_features.ServerFeatures/GetSupportedMethods';
export const GOSSIP = '/event_store.client.gossip.Gossip/Read';

/** The details of the error with which a server of version 23.10 drops a live subscription whose reader is slow. */
export const TOO_SLOW =
  'Operation timed out: Consumer too slow to handle event while live. Client resubscription required.';

/** The answer of a server about itself. */
export const supportedMethods = (
  version = '23.10.8',
  methods: readonly string[] = ['BatchAppend'],
): SupportedMethods => {
  const list = methods.map((name) => new features.SupportedMethod().setServiceName(STREAMS).setMethodName(name));
  return new features.SupportedMethods().setMethodsList(list).setEventStoreServerVersion(version);
};

/** Starts a server on a free port. @returns the port */
export const listenOnFreePort = (server: Server): Promise<number> =>
  new Promise((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve(port),
    ),
  );

import { type EventStoreDBClient } from '@eventstore/db-client';
import streamsService, { type StreamsClient } from '@eventstore/db-client/generated/streams_grpc_pb.js';

type Arguments = Required<Parameters<StreamsClient['batchAppend']>>;

/** What the client keeps to itself: how it finds, secures and shares its connection. */
interface Internals {
  GRPCStreamCreator<Call>(
    service: typeof StreamsClient,
    name: string,
    creator: (client: StreamsClient) => Call,
  ): () => Promise<Call>;
  callArguments(options: object, call: { deadline: number }): Arguments;
}

/** A call of our own over the client's connection, which lives until someone ends it. */
export const openCall = <Call>(
  client: EventStoreDBClient,
  name: string,
  start: (grpc: StreamsClient, ...how: Arguments) => Call,
): Promise<Call> => {
  const internals = client as unknown as Internals;
  const open = internals.GRPCStreamCreator(streamsService.StreamsClient, name, (grpc) =>
    start(grpc, ...internals.callArguments({}, { deadline: Infinity })),
  );
  return open();
};

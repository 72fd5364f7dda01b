import { type EventStoreDBClient } from '@eventstore/db-client';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams, { type ReadReq } from '@eventstore/db-client/generated/streams_pb.js';
import { type ClientReadableStream } from '@grpc/grpc-js';
import { type Position, START } from '#event-store';
import { decodeFrame, type Frame } from './frames.js';
import { openCall } from './open-call.js';

const READ = '/event_store.client.streams.Streams/Read';
/** A filtered subscription tells its position every 32 × this many events that it skips. */
const CHECKPOINT_INTERVAL = 32;

const { Options } = streams.ReadReq;

/** A call that reads `$all`, with a filter, which the client offers for subscriptions only. */
export const openReading = (client: EventStoreDBClient, request: ReadReq): Promise<ClientReadableStream<Frame>> =>
  openCall(client, 'reading', (grpc, ...how) =>
    grpc.makeServerStreamRequest(READ, () => Buffer.from(request.serializeBinary()), decodeFrame, request, ...how),
  );

/** Everything after a position, and what comes later. */
export const subscriptionOf = (after: Position, categories: readonly string[] | undefined): ReadReq => {
  const options = optionsOf(categories);
  options.setAll(from(after));
  options.setSubscription(new Options.SubscriptionOptions());
  return new streams.ReadReq().setOptions(options);
};

/** At most so many events from a position on, the one there included. */
export const forwardsOf = (at: Position, categories: readonly string[] | undefined, most = Number.MAX_SAFE_INTEGER) => {
  const options = optionsOf(categories);
  options.setAll(from(at));
  options.setCount(String(most));
  return new streams.ReadReq().setOptions(options);
};

/** The newest event. */
export const newestOf = (categories: readonly string[] | undefined): ReadReq => {
  const options = optionsOf(categories);
  options.setAll(new Options.AllOptions().setEnd(new shared.Empty()));
  options.setReadDirection(Options.ReadDirection.BACKWARDS);
  options.setCount('1');
  return new streams.ReadReq().setOptions(options);
};

const from = (position: Position) => {
  const all = new Options.AllOptions();
  if (position === START) return all.setStart(new shared.Empty());
  const place = String(position);
  return all.setPosition(new Options.Position().setCommitPosition(place).setPreparePosition(place));
};

const optionsOf = (categories: readonly string[] | undefined) => {
  const options = new Options();
  options.setUuidOption(new Options.UUIDOption().setString(new shared.Empty()));
  const filter = new Options.FilterOptions();
  filter.setStreamIdentifier(filterOf(categories));
  filter.setCount(new shared.Empty());
  filter.setCheckpointintervalmultiplier(CHECKPOINT_INTERVAL);
  options.setFilter(filter);
  return options;
};

/** No prefix at all would let everything through. */
const filterOf = (categories: readonly string[] | undefined) => {
  const names = new Options.FilterOptions.Expression();
  if (!categories) return names.setRegex('^[^$]');
  if (categories.length === 0) return names.setRegex('^$');
  return names.setPrefixList(categories.map((category) => `${category}-`));
};

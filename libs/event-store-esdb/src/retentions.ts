import { BACKWARDS, END, StreamNotFoundError, type EventStoreDBClient } from '@eventstore/db-client';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams, { type ReadResp } from '@eventstore/db-client/generated/streams_pb.js';
import { type Retention, type Retentions } from '#event-store';
import { inTime } from './in-time.js';
import { openCall } from './open-call.js';

const READ = '/event_store.client.streams.Streams/Read';
const METADATA = '$metadata';
const TOMBSTONE = '$streamDeleted';

/** What the metadata of a stream say. */
export const readRetention = async (
  client: EventStoreDBClient,
  stream: string,
  timeoutMs: number,
): Promise<Retention | undefined> => {
  const reading = client.readStream(`$$${stream}`, { direction: BACKWARDS, fromRevision: END, maxCount: 1 });
  try {
    for await (const { event } of inTime(reading, timeoutMs)) return { stream, metadata: metadataOf(event?.data) };
  } catch (error) {
    if (!(error instanceof StreamNotFoundError)) throw error;
  }
  return undefined;
};

/** Every change of any stream's metadata, and every stream that was deleted for good. */
export async function* followRetentions(client: EventStoreDBClient, signal: AbortSignal): AsyncIterable<Retentions> {
  const call = await open(client);
  call.on('error', () => undefined); // also after the end, when nobody else listens
  const cancel = () => call.cancel();
  signal.addEventListener('abort', cancel);
  try {
    yield* pieces(call);
    throw new Error('The server ended the subscription');
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener('abort', cancel);
    call.cancel();
  }
}

/** What was there comes in large pieces, what is new at once. */
async function* pieces(responses: AsyncIterable<ReadResp>): AsyncIterable<Retentions> {
  let caughtUp = false;
  let changes: Retention[] = [];
  for await (const response of responses) {
    const change = changeIn(response);
    if (change) changes.push(change);
    const isNow = response.hasCaughtUp();
    caughtUp ||= isNow;
    if (isNow || (caughtUp && change) || changes.length === MOST) {
      yield { changes, caughtUp };
      changes = [];
    }
  }
}

const open = (client: EventStoreDBClient) => {
  const request = requestOf();
  return openCall(client, 'retentions', (grpc, ...how) =>
    grpc.makeServerStreamRequest(
      READ,
      () => Buffer.from(request.serializeBinary()),
      (bytes: Buffer) => streams.ReadResp.deserializeBinary(bytes),
      request,
      ...how,
    ),
  );
};

/** Most changes in one piece. */
const MOST = 1_000;

const requestOf = () => {
  const types = new streams.ReadReq.Options.FilterOptions.Expression().setPrefixList([METADATA, TOMBSTONE]);
  const filter = new streams.ReadReq.Options.FilterOptions();
  filter.setEventType(types);
  filter.setCount(new shared.Empty());
  filter.setCheckpointintervalmultiplier(1_000);
  const options = new streams.ReadReq.Options();
  options.setAll(new streams.ReadReq.Options.AllOptions().setStart(new shared.Empty()));
  options.setSubscription(new streams.ReadReq.Options.SubscriptionOptions());
  options.setUuidOption(new streams.ReadReq.Options.UUIDOption().setString(new shared.Empty()));
  options.setFilter(filter);
  return new streams.ReadReq().setOptions(options);
};

const changeIn = (response: ReadResp): Retention | undefined => {
  const event = response.getEvent()?.getEvent();
  if (!event) return undefined;
  const stream = nameIn(event);
  const type = event.getMetadataMap().get('type');
  if (type === TOMBSTONE && !stream.startsWith('$')) return { stream, metadata: {}, tombstoned: true };
  if (type !== METADATA || !stream.startsWith('$$')) return undefined;
  return { stream: stream.slice(2), metadata: metadataOf(parsed(event.getData_asU8())) };
};

const nameIn = (event: ReadResp.ReadEvent.RecordedEvent) =>
  Buffer.from(event.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString('utf8');

const parsed = (data: Uint8Array): unknown => {
  try {
    return JSON.parse(Buffer.from(data).toString('utf8'));
  } catch {
    return undefined;
  }
};

/** Metadata that are no JSON object restrict nothing. */
const metadataOf = (data: unknown): Retention['metadata'] =>
  typeof data === 'object' && data !== null && !Array.isArray(data) ? (data as Retention['metadata']) : {};

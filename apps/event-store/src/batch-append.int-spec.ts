import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streamsService from '@eventstore/db-client/generated/streams_grpc_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { jsonEvent } from '@eventstore/db-client';
import { type ClientDuplexStream, credentials } from '@grpc/grpc-js';
import empty from 'google-protobuf/google/protobuf/empty_pb.js';
import timestamp from 'google-protobuf/google/protobuf/timestamp_pb.js';
import { collect, TestServer } from './test-server.fixture.js';

type Request = InstanceType<typeof streams.BatchAppendReq>;
type Answer = InstanceType<typeof streams.BatchAppendResp>;

let server: TestServer;
let client: InstanceType<typeof streamsService.StreamsClient>;
let call: ClientDuplexStream<Request, Answer>;

beforeAll(async () => {
  server = await TestServer.start();
  client = new streamsService.StreamsClient(server.address, credentials.createInsecure());
});
afterAll(async () => {
  client.close();
  await server.stop();
});
beforeEach(() => {
  call = client.batchAppend();
  call.on('error', () => undefined);
});
afterEach(() => call.cancel());

const uuid = (id: string = randomUUID()) => new shared.UUID().setString(id);

function proposed(change: (event: InstanceType<typeof streams.BatchAppendReq.ProposedMessage>) => unknown = () => 0) {
  const event = new streams.BatchAppendReq.ProposedMessage().setId(uuid());
  event.getMetadataMap().set('type', 'Happened').set('content-type', 'application/json');
  change(event);
  return event;
}

interface Given {
  id?: string;
  stream?: string;
  events?: InstanceType<typeof streams.BatchAppendReq.ProposedMessage>[];
  isFinal?: boolean;
  msToLive?: number;
}

/** An append without a stream is the continuation of another. */
function append({
  id = randomUUID(),
  stream,
  events = [proposed()],
  isFinal = true,
  msToLive = 10_000,
}: Given): Request {
  const request = new streams.BatchAppendReq()
    .setCorrelationId(uuid(id))
    .setIsFinal(isFinal)
    .setProposedMessagesList(events);
  if (stream === undefined) return request;
  const options = new streams.BatchAppendReq.Options()
    .setAny(new empty.Empty())
    .setStreamIdentifier(new shared.StreamIdentifier().setStreamName(Buffer.from(stream)))
    .setDeadline(timestamp.Timestamp.fromDate(new Date(Date.now() + msToLive)));
  return request.setOptions(options);
}

async function answer(): Promise<Answer> {
  const [message] = (await once(call, 'data')) as [Answer];
  return message;
}

const problem = (answer: Answer) => {
  const details = answer.getError()?.getDetails();
  if (details?.getTypeName() !== 'event_store.client.BadRequest') return details?.getTypeName();
  return shared.BadRequest.deserializeBinary(details.getValue_asU8()).getMessage();
};

describe('an error of one append is answered to that append only', () => {
  test.each<[string, Parameters<typeof proposed>[0]]>([
    ["Value cannot be null. (Parameter 'dto')", (event) => event.clearId()],
    ["Invalid argument: None (Parameter 'dto')", (event) => event.setId(new shared.UUID())],
    ['Unrecognized Guid format.', (event) => event.setId(uuid('x'))],
    [
      "Empty eventId provided. (Parameter 'eventId')",
      (event) => event.setId(uuid('00000000-0000-0000-0000-000000000000')),
    ],
    ["Empty eventType provided. (Parameter 'eventType')", (event) => event.getMetadataMap().set('type', '')],
    ['The given key was not present in the dictionary.', (event) => event.getMetadataMap().del('content-type')],
  ])('%s', async (reason, change) => {
    call.write(append({ stream: 'bad-event', events: [proposed(change)] }));
    expect(problem(await answer())).toBe(reason);
    call.write(append({ stream: 'good' }));
    expect((await answer()).hasSuccess()).toBe(true);
  });

  test.each([
    ['', "Value cannot be null. (Parameter 'value')"],
    ['$$', "Specified argument was out of the range of valid values. (Parameter 'eventStreamId')"],
  ])('a stream %p is none: %s', async (stream, reason) => {
    call.write(append({ stream }));
    expect(problem(await answer())).toBe(reason);
  });

  test('an append that does not say what it expects', async () => {
    const request = append({ stream: 's' });
    request.getOptions()?.clearAny();
    call.write(request);
    expect(problem(await answer())).toMatch(/'None' is not a valid .*ExpectedStreamPositionOneofCase/);
  });
});

test('an append in several messages is stored once it is complete, under the options of the first', async () => {
  const id = randomUUID();
  call.write(append({ id, stream: 'pieces', isFinal: false }));
  call.write(append({ id, stream: 'elsewhere', isFinal: false }));
  call.write(append({ id }));
  expect((await answer()).getSuccess()?.getCurrentRevision()).toBe('2');
  await expect(collect(server.client().readStream('pieces'))).resolves.toHaveLength(3);
});

describe('an append that is never completed', () => {
  test('is answered once, at its deadline, and does not hold up others', async () => {
    const [late, other] = [randomUUID(), randomUUID()];
    call.write(append({ id: late, stream: 's', isFinal: false, msToLive: 50 }));
    const answers = [await answer()];
    call.write(append({ id: late })); // too late: dropped, not answered again
    call.write(append({ id: other, stream: 's' }));
    answers.push(await answer());
    expect(answers.map((answer) => answer.getCorrelationId()?.getString())).toEqual([late, other]);
    expect(answers.map(problem)).toEqual(['event_store.client.Timeout', undefined]);
  });

  test('is given two seconds at most', async () => {
    const asked = performance.now();
    call.write(append({ stream: 's', isFinal: false }));
    expect(problem(await answer())).toBe('event_store.client.Timeout');
    expect(performance.now() - asked).toBeLessThan(9_000);
  });

  test('leaves the server unharmed when the client goes away', async () => {
    call.write(append({ stream: 's', isFinal: false }));
    call.cancel();
    await once(call, 'error');
    const { success } = await server.client().appendToStream('s', jsonEvent({ type: 'Happened', data: {} }));
    expect(success).toBe(true);
  });
});

describe('a call that the client half-closes', () => {
  test('ends after the answer that comes then', async () => {
    call.write(append({ stream: 's' }));
    call.end();
    expect((await answer()).hasSuccess()).toBe(true);
    await once(call, 'end');
  });

  test('goes on if nothing is to be answered, as on EventStoreDB', async () => {
    const ended = jest.fn();
    call.on('end', ended);
    call.write(append({ stream: 's', isFinal: false, msToLive: 100 }));
    call.end();
    expect(problem(await answer())).toBe('event_store.client.Timeout');
    await server.client().appendToStream('s', jsonEvent({ type: 'Happened', data: {} }));
    expect(ended).not.toHaveBeenCalled();
  });
});

test('structured ids are taken, and given where they are wanted', async () => {
  const half = String(BigInt.asIntN(64, 0xb4e5c2f07d0e4a43n));
  const structured = new shared.UUID().setStructured(
    new shared.UUID.Structured().setMostSignificantBits(half).setLeastSignificantBits('1'),
  );
  call.write(append({ stream: 'structured', events: [proposed((event) => event.setId(structured))] }));
  expect((await answer()).hasSuccess()).toBe(true);
  const [read] = await collect(server.client().readStream('structured'));
  expect(read?.event?.id).toBe('b4e5c2f0-7d0e-4a43-0000-000000000001');

  const options = new streams.ReadReq.Options()
    .setStream(
      new streams.ReadReq.Options.StreamOptions()
        .setStreamIdentifier(new shared.StreamIdentifier().setStreamName(Buffer.from('structured')))
        .setStart(new shared.Empty()),
    )
    .setCount('1')
    .setNoFilter(new shared.Empty())
    .setUuidOption(new streams.ReadReq.Options.UUIDOption().setStructured(new shared.Empty()));
  const [message] = (await once(client.read(new streams.ReadReq().setOptions(options)), 'data')) as [
    InstanceType<typeof streams.ReadResp>,
  ];
  expect(message.getEvent()?.getEvent()?.getId()?.getStructured()?.toObject()).toEqual({
    mostSignificantBits: half,
    leastSignificantBits: '1',
  });
});

import { describe, expect, test } from '@jest/globals';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import timestamp from 'google-protobuf/google/protobuf/timestamp_pb.js';
import fc from 'fast-check';
import { encodeLinkFrame, encodeStored, withStructuredIds } from './answer-frames.js';
import { badRequest, batchDeleted, batchTooLarge, batchWrongVersion, encodeBatchError } from './errors.js';
import { createdOf, dataOf, encodeFrame, idOf, streamOf, TOMBSTONE_REVISION, typeOf } from './event-frames.js';
import { problemOf } from './proposed-event.js';
import { ANY, NO_STREAM, readAppendRequest, readBatchChunk, readDeleteRequest, STREAM_EXISTS } from './requests.js';
import { putVarint, varintSize, WireError, WireReader } from '#wire';

const ID = 'b4e5c2f0-7d0e-4a43-8f6a-2f1d9f1f0a11';
const NAME = Buffer.from('order-ä1');

const identifier = (name: Uint8Array = NAME) => new shared.StreamIdentifier().setStreamName(name);
const uuid = (id = ID) => new shared.UUID().setString(id);

function proposed({ id = ID, type = 'OrderPlaced', data = Buffer.from('{}'), custom = Buffer.of() } = {}) {
  const message = new streams.BatchAppendReq.ProposedMessage().setId(uuid(id)).setData(data).setCustomMetadata(custom);
  message.getMetadataMap().set('type', type).set('content-type', 'application/json');
  return message;
}

function chunk(change: (options: InstanceType<typeof streams.BatchAppendReq.Options>) => unknown = () => undefined) {
  const options = new streams.BatchAppendReq.Options().setStreamIdentifier(identifier());
  change(options);
  return new streams.BatchAppendReq()
    .setCorrelationId(uuid())
    .setOptions(options)
    .setProposedMessagesList([proposed()])
    .setIsFinal(true);
}

const bytes = (message: { serializeBinary(): Uint8Array }) => Buffer.from(message.serializeBinary());

/** What a client decodes from one gRPC frame. */
function unframed(frame: Buffer): Uint8Array {
  expect(frame[0]).toBe(0);
  expect(frame.readUInt32BE(1)).toBe(frame.length - 5);
  return new Uint8Array(frame.subarray(5));
}

const only = <T>([value]: T[]): T => {
  if (value === undefined) throw new Error('empty');
  return value;
};

describe('a recorded event', () => {
  const record = (event: ReturnType<typeof proposed>, revision = 7, position = 300) => {
    const decoded = only(readBatchChunk(bytes(chunk().setProposedMessagesList([event]))).events);
    expect(problemOf(decoded)).toBeUndefined();
    return encodeFrame(decoded, { streamName: NAME, revision, position, created: '17675300000000000' });
  };
  const decode = (frame: Buffer) => {
    const read = streams.ReadResp.deserializeBinary(unframed(frame)).getEvent();
    const event = read?.getEvent();
    if (!read || !event) throw new Error('no event');
    return { read, event };
  };

  const fields = ({ read, event }: ReturnType<typeof decode>) => ({
    id: event.getId()?.getString(),
    metadata: Object.fromEntries(event.getMetadataMap().toObject()) as unknown,
    data: Buffer.from(event.getData_asU8()),
    custom: Buffer.from(event.getCustomMetadata_asU8()),
    stream: Buffer.from(event.getStreamIdentifier()?.getStreamName_asU8() ?? []),
    revision: event.getStreamRevision(),
    positions: [event.getPreparePosition(), event.getCommitPosition(), read.getCommitPosition()],
  });

  test('is what the client gave, placed', () => {
    fc.assert(
      fc.property(
        fc.record({
          id: fc.uuid(),
          type: fc.string({ minLength: 1 }),
          data: fc.uint8Array({ maxLength: 40_000 }),
          custom: fc.uint8Array(),
        }),
        fc.nat(2 ** 31 - 1),
        fc.maxSafeNat(),
        ({ data, custom, ...given }, revision, position) => {
          const event = proposed({ ...given, data: Buffer.from(data), custom: Buffer.from(custom) });
          expect(fields(decode(record(event, revision, position)))).toEqual({
            id: given.id,
            metadata: { type: given.type, 'content-type': 'application/json', created: '17675300000000000' },
            data: Buffer.from(data),
            custom: Buffer.from(custom),
            stream: NAME,
            revision: String(revision),
            positions: Array(3).fill(String(position)),
          });
        },
      ),
    );
  });

  test('can be looked into', () => {
    const frame = record(proposed({ id: ID.toUpperCase(), data: Buffer.from('[1]') }));
    expect([streamOf(frame), idOf(frame), typeOf(frame), dataOf(frame).toString(), createdOf(frame)]).toEqual([
      'order-ä1',
      ID,
      'OrderPlaced',
      '[1]',
      1_767_530_000_000,
    ]);
  });

  test('has a content type that EventStoreDB knows, and no metadata of its own', () => {
    const event = proposed();
    event.getMetadataMap().set('content-type', 'application/JSON').set('created', '5').set('foo', 'bar');
    expect(fields(decode(record(event))).metadata).toEqual({
      type: 'OrderPlaced',
      'content-type': 'application/octet-stream',
      created: '17675300000000000',
    });
  });

  test('leaves out what is empty', () => {
    const frame = record(proposed({ data: Buffer.of() }));
    const full = record(proposed({ data: Buffer.from('x') }));
    expect(full.length - frame.length).toBe(3);
  });

  test('goes out with structured ids, the same in all else', () => {
    const [link, target] = [record(proposed({ type: '$>' }), 1, 400), record(proposed(), 7, 300)];
    const plain = decode(encodeLinkFrame(link, target, 400));
    const structured = decode(withStructuredIds(encodeLinkFrame(link, target, 400)));
    const id = structured.event.getId()?.getStructured();
    expect([id?.getMostSignificantBits(), id?.getLeastSignificantBits()]).toEqual([
      String(BigInt.asIntN(64, 0xb4e5c2f07d0e4a43n)),
      String(BigInt.asIntN(64, 0x8f6a2f1d9f1f0a11n)),
    ]);
    for (const { read } of [plain, structured]) [read.getEvent(), read.getLink()].forEach((event) => event?.clearId());
    expect(structured.read.toObject()).toEqual(plain.read.toObject());
  });

  test('that ends a stream has the highest revision', () => {
    expect(decode(record(proposed(), TOMBSTONE_REVISION)).event.getStreamRevision()).toBe('9223372036854775807');
  });

  test('goes out with the link that points to it', () => {
    const [link, target] = [record(proposed({ type: '$>' }), 1, 400), record(proposed(), 7, 300)];
    const { read, event } = decode(encodeLinkFrame(link, target, 400));
    expect(event.getStreamRevision()).toBe('7');
    expect(read.getLink()?.getStreamRevision()).toBe('1');
    expect(read.getCommitPosition()).toBe('400');
  });

  test('that is gone leaves the link alone', () => {
    const frame = encodeLinkFrame(record(proposed({ type: '$>' })), undefined, 300);
    const read = streams.ReadResp.deserializeBinary(unframed(frame)).getEvent();
    expect([read?.hasEvent(), read?.hasLink()]).toEqual([false, true]);
  });
});

describe('a request', () => {
  test('of a batch is read', () => {
    const deadline = timestamp.Timestamp.fromDate(new Date(1_767_530_000_250));
    const decoded = readBatchChunk(bytes(chunk((options) => options.setStreamPosition('3').setDeadline(deadline))));
    expect(decoded.options).toMatchObject({ stream: 'order-ä1', expected: 3, deadline: 1_767_530_000_250 });
    expect(shared.UUID.deserializeBinary(decoded.correlationId ?? Buffer.of()).getString()).toBe(ID);
    expect(decoded.isFinal).toBe(true);
    const event = only(decoded.events);
    expect(problemOf(event)).toBeUndefined();
    expect(event).toMatchObject({ id: ID, isJson: true, size: 2, typeSize: 11 });
  });

  test('says which revision it expects', () => {
    const expected = (change: Parameters<typeof chunk>[0]) => readBatchChunk(bytes(chunk(change))).options?.expected;
    expect(expected((options) => options.setNoStream(new shared.Empty()))).toBe(NO_STREAM);
    expect(expected((options) => options.setAny(new shared.Empty()))).toBe(ANY);
    expect(expected((options) => options.setStreamExists(new shared.Empty()))).toBe(STREAM_EXISTS);
  });

  test('may expect revisions that no number of JavaScript holds', () => {
    const expected = (revision: string) =>
      readBatchChunk(bytes(chunk((options) => options.setStreamPosition(revision)))).options;
    expect(expected('9223372036854775806')).toMatchObject({ revision: '9223372036854775806' });
    expect(expected('9223372036854775808')).toMatchObject({ expected: NaN });
    expect(expected('18446744073709551615')).toMatchObject({ expected: NO_STREAM });
    expect(readBatchChunk(bytes(chunk())).options).toMatchObject({ expected: undefined });
  });

  test('has a deadline as a time or as a duration', () => {
    const after = (seconds: number) => {
      const options = bytes(new streams.BatchAppendReq.Options().setStreamIdentifier(identifier()));
      const withDuration = Buffer.concat([options, Buffer.from([0x3a, 2, 0x08, seconds])]);
      const message = Buffer.concat([Buffer.from([0x12, withDuration.length]), withDuration]);
      return (readBatchChunk(message).options?.deadline ?? 0) - Date.now();
    };
    expect(after(5)).toBeGreaterThan(4_000);
    expect(after(5)).toBeLessThanOrEqual(5_000);
    expect(after(0)).toBeLessThanOrEqual(0);
  });

  test('of the classic append and of a delete is read', () => {
    const options = new streams.AppendReq.Options().setStreamIdentifier(identifier()).setRevision('4');
    expect(readAppendRequest(bytes(new streams.AppendReq().setOptions(options)))).toMatchObject({ expected: 4 });
    const target = new streams.DeleteReq.Options().setStreamIdentifier(identifier()).setAny(new shared.Empty());
    expect(readDeleteRequest(bytes(new streams.DeleteReq().setOptions(target)))).toMatchObject({
      stream: 'order-ä1',
      expected: ANY,
    });
  });

  test('cut anywhere is refused or read in part, never read beyond its end', () => {
    const whole = bytes(chunk());
    for (let length = 0; length < whole.length; length++) {
      try {
        readBatchChunk(Buffer.from(whole.subarray(0, length)));
      } catch (error) {
        expect(error).toBeInstanceOf(WireError);
      }
    }
  });
});

describe('an answer to a batch', () => {
  const decode = (frame: Buffer) => streams.BatchAppendResp.deserializeBinary(unframed(frame));
  const correlationId = bytes(uuid());

  test('of success carries revision and position', () => {
    const answer = decode(encodeStored({ correlationId, streamName: NAME, revision: 300, position: 70_000 }));
    expect(answer.getCorrelationId()?.getString()).toBe(ID);
    expect(answer.getSuccess()?.toObject()).toMatchObject({
      currentRevision: '300',
      position: { commitPosition: '70000', preparePosition: '70000' },
    });
    expect(Buffer.from(answer.getStreamIdentifier()?.getStreamName_asU8() ?? []).equals(NAME)).toBe(true);
  });

  test('of success without events has neither', () => {
    const answer = decode(encodeStored({ correlationId, streamName: NAME, revision: -1, position: undefined }));
    expect([answer.getSuccess()?.hasNoStream(), answer.getSuccess()?.hasNoPosition()]).toEqual([true, true]);
  });

  test.each([
    ['WrongExpectedVersion', batchWrongVersion({ expected: 3, revision: '3' }, 5)],
    ['BadRequest', badRequest('why')],
    ['StreamDeleted', batchDeleted(NAME)],
    ['MaximumAppendSizeExceeded', batchTooLarge(10)],
  ])('of failure names its type: %s', (type, error) => {
    const answer = decode(encodeBatchError(correlationId, NAME, error));
    expect(answer.getCorrelationId()?.getString()).toBe(ID);
    expect(answer.hasStreamIdentifier()).toBe(true);
    expect(answer.getError()?.getDetails()?.getTypeName()).toBe(`event_store.client.${type}`);
  });
});

test('varints round-trip', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), (value) => {
      const buffer = Buffer.alloc(10);
      expect(putVarint(buffer, 0, value)).toBe(varintSize(value));
      expect(new WireReader(buffer).varint()).toBe(value);
    }),
  );
});

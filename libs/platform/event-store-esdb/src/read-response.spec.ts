import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { describe, expect, it } from '@jest/globals';
import { WireWriter } from '#wire';
import { decodeReadResponse } from './read-response.js';

const { ReadResp } = streams;
const ID = 'b0a7d2b6-6f39-5f3c-8d54-0f1f4b0c2a11';

const PARTS = {
  type: 'StockReceived',
  contentType: 'application/json',
  data: '{"quantity":3,"note":"naïve ☕"}',
  custom: '{"schema":2,"actor":"Zoë"}',
  id: new shared.UUID().setString(ID),
  commit: '12',
  revision: '7',
};

/** As the server would write it, by the code that was generated from its protocol. */
const eventFrame = (different: Partial<typeof PARTS> = {}) => {
  const { type, contentType, data, custom, id, commit, revision } = { ...PARTS, ...different };
  const event = new ReadResp.ReadEvent.RecordedEvent();
  event.setId(id);
  event.setStreamIdentifier(new shared.StreamIdentifier().setStreamName(Buffer.from('stock-Tée~haven')));
  event.setStreamRevision(revision);
  event.setPreparePosition('11');
  event.setCommitPosition(commit);
  const metadata = event.getMetadataMap();
  metadata.set('created', '17637984001239999').set('type', type).set('content-type', contentType);
  event.setCustomMetadata(Buffer.from(custom));
  event.setData(Buffer.from(data));
  const read = new ReadResp.ReadEvent().setEvent(event).setCommitPosition(commit);
  return Buffer.from(new ReadResp().setEvent(read).serializeBinary());
};

describe('a frame of a subscription', () => {
  it('is an event with its place, its time and its content', () => {
    expect(decodeReadResponse(eventFrame())).toEqual({
      kind: 'event',
      recorded: {
        id: ID,
        event: { type: 'StockReceived', data: { quantity: 3, note: 'naïve ☕' } },
        envelope: { schema: 2, actor: 'Zoë' },
        stream: 'stock-Tée~haven',
        revision: 7,
        position: 12,
        recordedAt: 1_763_798_400_123,
      },
    });
  });

  it('has large positions as they are, and none that a number cannot hold', () => {
    const commit = String(Number.MAX_SAFE_INTEGER);
    expect(decodeReadResponse(eventFrame({ commit }))).toMatchObject({
      recorded: { position: Number.MAX_SAFE_INTEGER },
    });
    expect(() => decodeReadResponse(eventFrame({ commit: '9007199254740993' }))).toThrow(RangeError);
  });

  it('can be the end of a stream that was deleted for ever, whose revision no number holds', () => {
    const deleted = { type: '$streamDeleted', revision: '9223372036854775807', data: '' };
    expect(decodeReadResponse(eventFrame(deleted))).toMatchObject({ recorded: { revision: 2 ** 63, position: 12 } });
  });

  it('can be a checkpoint of any number, also that which servers send for "before everything"', () => {
    const before = new ReadResp.Checkpoint().setCommitPosition('18446744073709551615').setPreparePosition('0');
    const decoded = decodeReadResponse(Buffer.from(new ReadResp().setCheckpoint(before).serializeBinary()));
    expect(decoded).toEqual({ kind: 'checkpoint', position: 2 ** 64 });
  });

  it('is skipped when it is of a kind that is not known', () => {
    const unknown = new WireWriter().nested(1000, () => undefined);
    expect([decodeReadResponse(unknown.bytes), decodeReadResponse(Buffer.alloc(0))]).toEqual([
      { kind: 'other' },
      { kind: 'other' },
    ]);
  });

  it('takes what others have written: bytes, broken JSON, nothing around it', () => {
    const bytes = decodeReadResponse(
      eventFrame({ contentType: 'application/octet-stream', data: '\u0001\u0002', custom: '' }),
    );
    expect(bytes).toMatchObject({ recorded: { event: { data: Buffer.from([1, 2]) }, envelope: {} } });
    expect(decodeReadResponse(eventFrame({ data: '{' }))).toMatchObject({ recorded: { event: { data: '{' } } });
  });

  it('is not taken with an id in a form that was not asked for', () => {
    const structured = new shared.UUID().setStructured(new shared.UUID.Structured());
    expect(() => decodeReadResponse(eventFrame({ id: structured }))).toThrow('without an id');
  });

  it('can tell how far the server is', () => {
    const confirmed = new ReadResp().setConfirmation(
      new ReadResp.SubscriptionConfirmation().setSubscriptionId('{"content":{"x":1}}'),
    );
    const checkpoint = new ReadResp().setCheckpoint(
      new ReadResp.Checkpoint().setCommitPosition('4096').setPreparePosition('4095'),
    );
    const caughtUp = new ReadResp().setCaughtUp(new ReadResp.CaughtUp());
    const fellBehind = new ReadResp().setFellBehind(new ReadResp.FellBehind());
    const decoded = [confirmed, checkpoint, caughtUp, fellBehind].map((said) =>
      decodeReadResponse(Buffer.from(said.serializeBinary())),
    );
    expect(decoded).toEqual([
      { kind: 'confirmed' },
      { kind: 'checkpoint', position: 4096 },
      { kind: 'caughtUp' },
      { kind: 'other' },
    ]);
  });
});

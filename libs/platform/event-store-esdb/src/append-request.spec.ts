import streams from '@eventstore/db-client/generated/streams_pb.js';
import { describe, expect, it } from '@jest/globals';
import { NO_STREAM } from '#event-store';
import { aCause, newEvents } from '#testing';
import { encodeAppend } from './append-request.js';

const CORRELATION = '6f1c1e62-3d7e-4b0e-9a45-0f4b6f0c7f11';
const SIZES = [0, 1, 100, 127, 128, 300, 1_100, 16_383, 16_384, 70_000];

describe('a request to append', () => {
  const events = newEvents(
    SIZES.map((size) => ({ type: 'Happened', data: { size, text: 'é'.repeat(size) } })),
    aCause(),
  );
  const request = { correlationId: CORRELATION, stream: 'stock-Tée~haven', deadline: 1_763_798_400_123, events };
  const decoded = (expected: number) =>
    streams.BatchAppendReq.deserializeBinary(encodeAppend({ ...request, expected }));

  it('is what the code that was generated from the protocol reads', () => {
    const read = decoded(0);
    expect(read.getCorrelationId()?.getString()).toBe(CORRELATION);
    expect(read.getIsFinal()).toBe(true);
    const options = read.getOptions();
    expect(Buffer.from(options?.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString()).toBe('stock-Tée~haven');
    expect(options?.getDeadline()?.toDate().getTime()).toBe(request.deadline);
    const proposed = read.getProposedMessagesList().map((message) => ({
      id: message.getId()?.getString(),
      metadata: new Map(message.getMetadataMap().toArray()),
      envelope: JSON.parse(Buffer.from(message.getCustomMetadata_asU8()).toString()) as unknown,
      data: JSON.parse(Buffer.from(message.getData_asU8()).toString()) as unknown,
    }));
    const metadata = new Map([
      ['type', 'Happened'],
      ['content-type', 'application/json'],
    ]);
    expect(proposed).toEqual(
      events.map(({ id, event, envelope }) => ({
        id,
        metadata,
        envelope: JSON.parse(JSON.stringify(envelope)) as unknown,
        data: event.data,
      })),
    );
  });

  it('says at which revision, the first one included', () => {
    for (const expected of [0, 1, 127, 128, 2 ** 40]) {
      const options = decoded(expected).getOptions();
      expect([options?.hasStreamPosition(), options?.getStreamPosition()]).toEqual([true, String(expected)]);
      expect(options?.hasNoStream()).toBe(false);
    }
    const options = decoded(NO_STREAM).getOptions();
    expect([options?.hasStreamPosition(), options?.hasNoStream()]).toEqual([false, true]);
  });
});

import { singleField, putField, recordedEvent, remainingBytes } from './event-frames.js';
import { halvesOf } from './uuid.js';
import { grpcFrame, varintSize, WireReader } from '#wire';
import { randomUUID } from 'node:crypto';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { type StartPosition } from './read-options.js';

/** Encodes `ReadResp.event` for a link: the linked event, if it still exists, and the link itself. */
export function encodeLinkFrame(link: Buffer, target: Buffer | undefined, position: number): Buffer {
  const event = target ? lengthDelimited(0x0a, remainingBytes(recordedEvent(target))) : [];
  return readEventFrame([
    ...event,
    ...lengthDelimited(0x12, remainingBytes(recordedEvent(link))),
    varintField(0x18, position),
  ]);
}

/** Encodes the same `ReadResp.event` with structured ids. */
export function withStructuredIds(frame: Buffer): Buffer {
  const reader = new WireReader(frame, 6).message();
  const parts: Buffer[] = [];
  while (reader.more) {
    const start = reader.at;
    const tag = reader.varint();
    if (tag === 0x0a || tag === 0x12)
      parts.push(...lengthDelimited(tag, Buffer.concat(structuredId(reader.message()))));
    else {
      reader.skip(tag);
      parts.push(frame.subarray(start, reader.at));
    }
  }
  return readEventFrame(parts);
}

function structuredId(recorded: WireReader): Buffer[] {
  const parts: Buffer[] = [];
  while (recorded.more) {
    const start = recorded.at;
    const tag = recorded.varint();
    if (tag !== 0x0a) {
      recorded.skip(tag);
      parts.push(recorded.bytes.subarray(start, recorded.at));
      continue;
    }
    const { most, least } = halvesOf(singleField(recorded.message()));
    const halves = Buffer.concat([varintField(0x08, most), varintField(0x10, least)]);
    parts.push(...lengthDelimited(0x0a, Buffer.concat(lengthDelimited(0x0a, halves))));
  }
  return parts;
}

function lengthDelimited(tag: number, bytes: Buffer): Buffer[] {
  const head = Buffer.alloc(11);
  return [head.subarray(0, putField(head, 0, tag, bytes.length)), bytes];
}

function varintField(tag: number, value: number | bigint): Buffer {
  const bytes = [tag];
  let rest = BigInt(value);
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(rest)]);
}

const readEventFrame = (parts: Buffer[]): Buffer =>
  grpcFrame(Buffer.concat(lengthDelimited(0x0a, Buffer.concat(parts))));

/** The frame of a successful BatchAppendResp. */
export function encodeStored(answer: {
  correlationId: Buffer;
  streamName: Buffer;
  /** -1 for a stream without events. */
  revision: number;
  position: number | undefined;
}): Buffer {
  const { correlationId, streamName, revision, position } = answer;
  const revisionSize = revision < 0 ? 2 : 1 + varintSize(revision);
  const positionSize = position === undefined ? 0 : 2 + 2 * varintSize(position);
  const success = revisionSize + 2 + positionSize;
  const identifier = 1 + varintSize(streamName.length) + streamName.length;
  const message = 2 + correlationId.length + 2 + success + 1 + varintSize(identifier) + identifier;
  const frame = Buffer.allocUnsafe(5 + message);
  frame[0] = 0;
  frame.writeUInt32BE(message, 1);
  let at = putField(frame, 5, 0x0a, correlationId.length);
  at += correlationId.copy(frame, at);
  at = putField(frame, at, 0x1a, success);
  at = revision < 0 ? putField(frame, at, 0x12, 0) : putField(frame, at, 0x08, revision);
  at = putField(frame, at, position === undefined ? 0x22 : 0x1a, positionSize);
  if (position !== undefined) {
    at = putField(frame, at, 0x08, position);
    at = putField(frame, at, 0x10, position);
  }
  at = putField(frame, at, 0x22, identifier);
  at = putField(frame, at, 0x1a, streamName.length);
  streamName.copy(frame, at);
  return frame;
}

const { ReadResp } = streams;

export const CAUGHT_UP = grpcFrame(new ReadResp().setCaughtUp(new ReadResp.CaughtUp()).serializeBinary());

export const FELL_BEHIND = grpcFrame(new ReadResp().setFellBehind(new ReadResp.FellBehind()).serializeBinary());

export function confirmation(): Buffer {
  const message = new ReadResp.SubscriptionConfirmation().setSubscriptionId(randomUUID());
  return grpcFrame(new ReadResp().setConfirmation(message).serializeBinary());
}

export function checkpoint({ commit, prepare }: StartPosition): Buffer {
  return checkpointOf(String(commit), String(prepare));
}

/** The checkpoint 2^64 - 1, which EventStoreDB 24.2 sends if there is no position yet. */
export const CHECKPOINT_BEFORE_EVERYTHING = checkpointOf('18446744073709551615', '18446744073709551615');

function checkpointOf(commit: string, prepare: string): Buffer {
  const message = new ReadResp.Checkpoint().setCommitPosition(commit).setPreparePosition(prepare);
  return grpcFrame(new ReadResp().setCheckpoint(message).serializeBinary());
}

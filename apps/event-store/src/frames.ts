import { type Proposed } from './proposed.js';
import { grpcFrame, putVarint, varintSize, WireReader } from '#wire';

/** The revision of `$streamDeleted`; on the wire it is 2^63 - 1. */
export const TOMBSTONE_REVISION = Number.MAX_SAFE_INTEGER;
const TOMBSTONE_VARINT = Buffer.from('ffffffffffffffff7f', 'hex');

export interface Placement {
  /** UTF-8. */
  streamName: Buffer;
  revision: number;
  position: number;
  /** Ticks of 100 ns since 1970, in decimal digits. */
  created: string;
}

const CREATED_KEY = Buffer.from('\x0a\x07created\x12', 'latin1');

/**
 * The gRPC frame of `ReadResp.event`: what is stored, read and published. `RecordedEvent` starts with the stream's
 * identifier, so that {@link field} finds it first.
 */
export function encodeFrame(event: Proposed, { streamName, revision, position, created }: Placement): Buffer {
  const nameLength = streamName.length;
  const identifier = 1 + varintSize(nameLength) + nameLength;
  const positionSize = 1 + varintSize(position);
  const revisionSize = 1 + (revision === TOMBSTONE_REVISION ? TOMBSTONE_VARINT.length : varintSize(revision));
  const entry = CREATED_KEY.length + 1 + created.length;
  const body = event.end - event.start;
  const recorded = 1 + varintSize(identifier) + identifier + revisionSize + 2 * positionSize + body + 2 + entry;
  const readEvent = 1 + varintSize(recorded) + recorded + positionSize;
  const message = 1 + varintSize(readEvent) + readEvent;

  const frame = Buffer.allocUnsafe(5 + message);
  frame[0] = 0;
  frame.writeUInt32BE(message, 1);
  let at = putField(frame, 5, 0x0a, readEvent);
  at = putField(frame, at, 0x0a, recorded);
  at = putField(frame, at, 0x12, identifier);
  at = putField(frame, at, 0x1a, nameLength);
  at += streamName.copy(frame, at);
  at = putRevision(frame, at, revision);
  at = putField(frame, at, 0x20, position);
  at = putField(frame, at, 0x28, position);
  at += event.source.copy(frame, at, event.start, event.end);
  at = putField(frame, at, 0x32, entry);
  at += CREATED_KEY.copy(frame, at);
  frame[at++] = created.length;
  at += frame.write(created, at, 'latin1');
  putField(frame, at, 0x18, position);
  return frame;
}

function putField(bytes: Buffer, at: number, tag: number, value: number): number {
  bytes[at] = tag;
  return putVarint(bytes, at + 1, value);
}

function putRevision(bytes: Buffer, at: number, revision: number): number {
  if (revision !== TOMBSTONE_REVISION) return putField(bytes, at, 0x18, revision);
  bytes[at++] = 0x18;
  return at + TOMBSTONE_VARINT.copy(bytes, at);
}

/** The `RecordedEvent` inside a frame. */
function recordedEvent(frame: Buffer): WireReader {
  const reader = new WireReader(frame, 6);
  reader.span();
  reader.at++;
  return reader.message();
}

/** The content of the first length-delimited field of this number in the frame's `RecordedEvent`. */
function field(frame: Buffer, number: number): WireReader | undefined {
  const reader = recordedEvent(frame);
  while (reader.more) {
    const tag = reader.varint();
    if (tag === ((number << 3) | 2)) return reader.message();
    reader.skip(tag);
  }
  return undefined;
}

function rest(reader: WireReader | undefined): Buffer {
  return reader ? reader.bytes.subarray(reader.at, reader.end) : Buffer.of();
}

/** The one length-delimited field of a small message (UUID, StreamIdentifier). */
function only(reader: WireReader | undefined): string {
  if (!reader?.more) return '';
  reader.varint();
  return reader.slice().toString();
}

export const streamOf = (frame: Buffer): string => only(field(frame, 2));
export const idOf = (frame: Buffer): string => only(field(frame, 1)).toLowerCase();
export const dataOf = (frame: Buffer): Buffer => rest(field(frame, 8));
export const typeOf = (frame: Buffer): string => metadataOf(frame, 'type');
/** Milliseconds since the epoch. */
export const createdOf = (frame: Buffer): number => Number(metadataOf(frame, 'created')) / 10_000;

function metadataOf(frame: Buffer, key: string): string {
  const reader = recordedEvent(frame);
  let found = '';
  while (reader.more) {
    const tag = reader.varint();
    if (tag !== 0x32) {
      reader.skip(tag);
      continue;
    }
    const entry = reader.message();
    entry.at++;
    if (entry.slice().toString('latin1') !== key) continue;
    entry.at++;
    found = entry.slice().toString();
  }
  return found;
}

/** `ReadResp.event` of a link: the event that it points to, where it still exists, and the link itself. */
export function encodeLinkFrame(link: Buffer, target: Buffer | undefined, position: number): Buffer {
  const parts: Buffer[] = [];
  const push = (tag: number, bytes: Buffer): void => {
    const head = Buffer.alloc(11);
    parts.push(head.subarray(0, putField(head, 0, tag, bytes.length)), bytes);
  };
  if (target) push(0x0a, rest(recordedEvent(target)));
  push(0x12, rest(recordedEvent(link)));
  const commit = Buffer.alloc(11);
  parts.push(commit.subarray(0, putField(commit, 0, 0x18, position)));
  const event = Buffer.concat(parts);
  const head = Buffer.alloc(11);
  return grpcFrame(Buffer.concat([head.subarray(0, putField(head, 0, 0x0a, event.length)), event]));
}

/** The frame of a successful BatchAppendResp. */
export function encodeStored(answer: {
  correlationId: Buffer;
  streamName: Buffer;
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

import { type ProposedEvent } from './proposed-event.js';
import { putVarint, varintSize, WireReader } from '#wire';

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

const ID_FIELD = Buffer.from('\x0a\x26\x12\x24', 'latin1');
const TYPE_KEY = Buffer.from('\x0a\x04type\x12', 'latin1');
const CREATED_KEY = Buffer.from('\x0a\x07created\x12', 'latin1');
const UUID_LENGTH = 36;

const contentTypeEntry = (type: string): Buffer =>
  Buffer.from(
    `\x32${String.fromCharCode(16 + type.length)}\x0a\x0ccontent-type\x12${String.fromCharCode(type.length)}${type}`,
  );
const JSON_ENTRY = contentTypeEntry('application/json');
const BYTES_ENTRY = contentTypeEntry('application/octet-stream');

/**
 * Encodes the gRPC frame of `ReadResp.event`, in which events are stored, read and published. `RecordedEvent` starts with the
 * stream's identifier, so that {@link field} finds it first.
 */
export function encodeFrame(event: ProposedEvent, { streamName, revision, position, created }: Placement): Buffer {
  const { source, type = NO_SPAN, data, customMetadata } = event;
  const contentType = event.isJson ? JSON_ENTRY : BYTES_ENTRY;
  const identifier = fieldSize(streamName.length);
  const positionSize = 1 + varintSize(position);
  const revisionSize = 1 + (revision === TOMBSTONE_REVISION ? TOMBSTONE_VARINT.length : varintSize(revision));
  const typeEntry = TYPE_KEY.length - 1 + fieldSize(type.end - type.start);
  const createdEntry = CREATED_KEY.length + 1 + created.length;
  const body =
    ID_FIELD.length +
    UUID_LENGTH +
    fieldSize(typeEntry) +
    contentType.length +
    optionalSize(customMetadata) +
    optionalSize(data);
  const recorded = fieldSize(identifier) + revisionSize + 2 * positionSize + body + 2 + createdEntry;
  const readEvent = fieldSize(recorded) + positionSize;
  const message = fieldSize(readEvent);

  const frame = Buffer.allocUnsafe(5 + message);
  frame[0] = 0;
  frame.writeUInt32BE(message, 1);
  let at = putField(frame, 5, 0x0a, readEvent);
  at = putField(frame, at, 0x0a, recorded);
  at = putField(frame, at, 0x12, identifier);
  at = putField(frame, at, 0x1a, streamName.length);
  at += streamName.copy(frame, at);
  at = putRevision(frame, at, revision);
  at = putField(frame, at, 0x20, position);
  at = putField(frame, at, 0x28, position);
  at += ID_FIELD.copy(frame, at);
  at += frame.write(event.id, at, 'latin1');
  at = putField(frame, at, 0x32, typeEntry);
  at += TYPE_KEY.copy(frame, at);
  at = putVarint(frame, at, type.end - type.start);
  at += source.copy(frame, at, type.start, type.end);
  at += contentType.copy(frame, at);
  at = putOptional(frame, at, 0x3a, event);
  at = putOptional(frame, at, 0x42, event);
  at = putField(frame, at, 0x32, createdEntry);
  at += CREATED_KEY.copy(frame, at);
  frame[at++] = created.length;
  at += frame.write(created, at, 'latin1');
  putField(frame, at, 0x18, position);
  return frame;
}

const NO_SPAN = { start: 0, end: 0 };

/** Size of a length-delimited field with a tag of one byte. */
const fieldSize = (length: number): number => 1 + varintSize(length) + length;

/** An empty field is left out. */
const optionalSize = ({ start, end }: typeof NO_SPAN): number => (end === start ? 0 : fieldSize(end - start));

function putOptional(frame: Buffer, at: number, tag: 0x3a | 0x42, event: ProposedEvent): number {
  const { start, end } = tag === 0x42 ? event.data : event.customMetadata;
  if (end === start) return at;
  at = putField(frame, at, tag, end - start);
  return at + event.source.copy(frame, at, start, end);
}

export function putField(bytes: Buffer, at: number, tag: number, value: number): number {
  bytes[at] = tag;
  return putVarint(bytes, at + 1, value);
}

function putRevision(bytes: Buffer, at: number, revision: number): number {
  if (revision !== TOMBSTONE_REVISION) return putField(bytes, at, 0x18, revision);
  bytes[at++] = 0x18;
  return at + TOMBSTONE_VARINT.copy(bytes, at);
}

/** The `RecordedEvent` inside a frame. */
export function recordedEvent(frame: Buffer): WireReader {
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

export function remainingBytes(reader: WireReader | undefined): Buffer {
  return reader ? reader.bytes.subarray(reader.at, reader.end) : Buffer.of();
}

/** The one length-delimited field of a small message (UUID, StreamIdentifier). */
export function singleField(reader: WireReader | undefined): string {
  if (!reader?.more) return '';
  reader.varint();
  return reader.slice().toString();
}

export const streamOf = (frame: Buffer): string => singleField(field(frame, 2));
export const idOf = (frame: Buffer): string => singleField(field(frame, 1)).toLowerCase();
export const dataOf = (frame: Buffer): Buffer => remainingBytes(field(frame, 8));
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

import { type ProposedEvent, readProposed } from './proposed-event.js';
import { WireError, WireReader } from '#wire';

/** Expected revisions that are not a number, in the integers that the protocol's trailers use. */
export const NO_STREAM = -1;
export const ANY = -2;
export const STREAM_EXISTS = -4;

const MAX_REVISION = 2n ** 63n - 1n;
const NO_REVISION = 2n ** 64n - 1n;

/** The options that BatchAppend, Append, Delete and Tombstone share. */
export interface WriteOptions {
  /** Empty if missing. */
  stream: string;
  streamName: Buffer;
  /** Undefined if the request has none; NaN if it is not a valid revision. */
  expected: number | undefined;
  /** The digits of an expected revision as received. */
  revision: string;
  /** Milliseconds since the epoch. */
  deadline: number;
}

export interface BatchChunk {
  /** The raw UUID message, which is echoed unchanged. */
  correlationId: Buffer | undefined;
  options: WriteOptions | undefined;
  events: ProposedEvent[];
  isFinal: boolean;
}

export function readBatchChunk(message: Buffer): BatchChunk {
  const reader = new WireReader(message);
  const chunk: BatchChunk = { correlationId: undefined, options: undefined, events: [], isFinal: false };
  while (reader.more) {
    const tag = reader.varint();
    switch (tag) {
      case 0x0a:
        chunk.correlationId = reader.slice();
        break;
      case 0x12:
        chunk.options = readOptions(reader.message());
        break;
      case 0x1a:
        chunk.events.push(readProposed(reader));
        break;
      case 0x20:
        chunk.isFinal = reader.varint() !== 0;
        break;
      default:
        reader.skip(tag);
    }
  }
  return chunk;
}

/** Append's requests are either the options or one event; undefined if neither. */
export function readAppendRequest(message: Buffer): WriteOptions | ProposedEvent | undefined {
  const reader = new WireReader(message);
  if (!reader.more) return undefined;
  const tag = reader.varint();
  if (tag === 0x0a) return readOptions(reader.message());
  return tag === 0x12 ? readProposed(reader) : undefined;
}

/** Delete and Tombstone. */
export function readDeleteRequest(message: Buffer): WriteOptions {
  const reader = new WireReader(message);
  if (!reader.more || reader.varint() !== 0x0a) throw new WireError('Options are missing.');
  return readOptions(reader.message());
}

function readOptions(reader: WireReader): WriteOptions {
  const options: WriteOptions = {
    stream: '',
    streamName: Buffer.of(),
    expected: undefined,
    revision: '',
    deadline: Infinity,
  };
  while (reader.more) readOption(options, reader);
  options.stream = options.streamName.toString();
  return options;
}

function readOption(options: WriteOptions, reader: WireReader): void {
  const tag = reader.varint();
  switch (tag) {
    case 0x0a:
      options.streamName = readStreamName(reader.message());
      break;
    case 0x10:
      readRevision(options, reader);
      break;
    case 0x1a:
    case 0x22:
    case 0x2a:
      options.expected = tag === 0x1a ? NO_STREAM : tag === 0x22 ? ANY : STREAM_EXISTS;
      reader.skip(tag);
      break;
    case 0x32:
      options.deadline = readTime(reader.message());
      break;
    case 0x3a:
      options.deadline = Date.now() + readTime(reader.message());
      break;
    default:
      reader.skip(tag);
  }
}

function readRevision(options: WriteOptions, reader: WireReader): void {
  const start = reader.at;
  options.expected = reader.varint();
  options.revision = String(options.expected);
  if (Number.isSafeInteger(options.expected)) return;
  const exactly = new WireReader(reader.bytes, start, reader.end).uint64();
  options.revision = String(exactly);
  options.expected = exactly === NO_REVISION ? NO_STREAM : exactly > MAX_REVISION ? NaN : Number(exactly);
}

function readStreamName(identifier: WireReader): Buffer {
  let name = Buffer.of();
  while (identifier.more) {
    const tag = identifier.varint();
    if (tag === 0x1a) name = identifier.slice() as Buffer<ArrayBuffer>;
    else identifier.skip(tag);
  }
  return name;
}

/** A Timestamp or a Duration, in milliseconds. */
function readTime(reader: WireReader): number {
  let ms = 0;
  while (reader.more) {
    const tag = reader.varint();
    if (tag === 0x08) ms += signed(reader.varint()) * 1_000;
    else if (tag === 0x10) ms += signed(reader.varint()) / 1_000_000;
    else reader.skip(tag);
  }
  return ms;
}

/** Negative numbers arrive in two's complement. Small ones are rounded to 0, because both are in the past. */
const signed = (value: number): number => (value < 2 ** 63 ? value : value - 2 ** 64);

import { type Proposed, readProposed } from './proposed.js';
import { WireError, WireReader } from '#wire';

/** Expected revisions that are not a number, in the integers that the protocol's trailers use. */
export const NO_STREAM = -1;
export const ANY = -2;
export const STREAM_EXISTS = -4;

/** The options that BatchAppend, Append, Delete and Tombstone share. */
export interface WriteOptions {
  stream: string;
  streamName: Buffer;
  expected: number;
  /** Milliseconds since the epoch. */
  deadline: number;
}

export interface BatchChunk {
  /** The raw UUID message, echoed as it came. */
  correlationId: Buffer;
  options: WriteOptions | undefined;
  events: Proposed[];
  isFinal: boolean;
}

export function readBatchChunk(message: Buffer): BatchChunk {
  const reader = new WireReader(message);
  const chunk: BatchChunk = { correlationId: Buffer.of(), options: undefined, events: [], isFinal: false };
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

/** Append's requests are either the options or one event. */
export function readAppendRequest(message: Buffer): WriteOptions | Proposed {
  const reader = new WireReader(message);
  const tag = reader.varint();
  if (tag === 0x0a) return readOptions(reader.message());
  if (tag === 0x12) return readProposed(reader);
  throw new WireError('An append request holds options or an event.');
}

/** Delete and Tombstone. */
export function readDeleteRequest(message: Buffer): WriteOptions {
  const reader = new WireReader(message);
  if (!reader.more || reader.varint() !== 0x0a) throw new WireError('Options are missing.');
  return readOptions(reader.message());
}

function readOptions(reader: WireReader): WriteOptions {
  const options: WriteOptions = { stream: '', streamName: Buffer.of(), expected: ANY, deadline: Infinity };
  while (reader.more) {
    const tag = reader.varint();
    switch (tag) {
      case 0x0a:
        options.streamName = readStreamName(reader.message());
        break;
      case 0x10:
        options.expected = reader.varint();
        break;
      case 0x1a:
      case 0x22:
      case 0x2a:
        options.expected = tag === 0x1a ? NO_STREAM : tag === 0x22 ? ANY : STREAM_EXISTS;
        reader.skip(tag);
        break;
      case 0x32:
        options.deadline = readTimestamp(reader.message());
        break;
      default:
        reader.skip(tag);
    }
  }
  options.stream = options.streamName.toString();
  if (options.stream === '') throw new WireError('The stream name is missing.');
  return options;
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

function readTimestamp(reader: WireReader): number {
  let ms = 0;
  while (reader.more) {
    const tag = reader.varint();
    if (tag === 0x08) ms += reader.varint() * 1_000;
    else if (tag === 0x10) ms += reader.varint() / 1_000_000;
    else reader.skip(tag);
  }
  return ms;
}

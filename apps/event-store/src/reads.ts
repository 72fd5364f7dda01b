import { setImmediate as nextTurn } from 'node:timers/promises';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { invalidPosition, streamDeleted } from './errors.js';
import { type Filter } from './filter.js';
import { asGrpcError, type Method, unary } from './grpc.js';
import { type Head } from './heads.js';
import { type Live } from './live.js';
import { type Log } from './log.js';
import { type ReadOptions, readOptions } from './read-options.js';
import { encoder, type Reading, visible } from './reading.js';
import { type Page } from './storage.js';
import { subscribeToAll } from './subscribe-all.js';
import { subscribeToStream } from './subscribe-stream.js';
import { firstVisible } from './visible-range.js';
import { grpcFrame } from '#wire';

/** Streams.Read: reads that end and subscriptions. */
export const read = (log: Log, live: Live): Method =>
  unary((message, call) => {
    const options = readOptions(message);
    serve({ call, options, log, live }).catch((error: unknown) => call.finish(asGrpcError(error)));
  });

async function serve(reading: Reading): Promise<void> {
  const { stream, count } = reading.options;
  if (stream === undefined) await (count === undefined ? subscribeToAll(reading) : readAll(reading, count));
  else await (count === undefined ? subscribeToStream(reading, stream) : readStream(reading, stream, count));
}

async function readAll(reading: Reading, count: number): Promise<void> {
  const { storage, head } = reading.log;
  const { backwards, from } = reading.options;
  if (typeof from === 'number' && from > head + 1) throw invalidPosition();
  let next = from === 'end' ? head + 1 : from === 'start' ? 0 : from;
  await pump(reading, count, (limit) => {
    const page = backwards ? storage.allBackwards(next, limit) : storage.allForwards(next, limit);
    const last = page.rows.at(-1)?.position ?? 0;
    next = backwards ? last : last + 1;
    return page;
  });
}

async function readStream(reading: Reading, stream: string, count: number): Promise<void> {
  const { call, log, options } = reading;
  const head = log.heads.get(stream);
  if (head.tombstoned) throw streamDeleted(stream);
  if (head.last < 0 || head.softDeleted) {
    call.send(notFound(head));
    call.finish();
    return;
  }
  const first = firstVisible(head.metadata, head.last);
  const source = options.backwards ? backwards(log, head, options.from) : forwards(log, head, options.from);
  await pump(reading, count, (limit) => visible(source(limit), first, head));
}

type Source = (limit: number) => Page;

function forwards(log: Log, head: Head, from: ReadOptions['from']): Source {
  const start = from === 'end' ? head.last + 1 : from === 'start' ? 0 : from;
  let next = Math.max(start, firstVisible(head.metadata, head.last));
  return (limit) => {
    if (next > head.last) return { rows: [], end: true };
    const page = log.storage.streamForwards(head.id, next, limit);
    next = (page.rows.at(-1)?.revision ?? 0) + 1;
    return page;
  };
}

function backwards(log: Log, head: Head, from: ReadOptions['from']): Source {
  let next = from === 'end' ? head.last : from === 'start' ? 0 : from;
  return (limit) => {
    const page = log.storage.streamBackwards(head.id, next, limit);
    next = (page.rows.at(-1)?.revision ?? 0) - 1;
    return page;
  };
}

/** Sends pages until there are no more or enough, at the client's pace. */
async function pump({ call, options, log }: Reading, count: number, source: Source): Promise<void> {
  const encode = encoder(options, log);
  const filtered = options.filter ? filteredSource(source, options.filter) : source;
  let remaining = count;
  while (remaining > 0 && !call.closed) {
    const { rows, end } = filtered(remaining);
    if (rows.length > 0) call.send(Buffer.concat(rows.map(encode)));
    remaining -= rows.length;
    if (end) break;
    await (call.blocked ? call.drained() : nextTurn());
  }
  call.finish();
}

const filteredSource =
  (source: Source, filter: Filter): Source =>
  (limit) => {
    const { rows, end } = source(Infinity);
    return { rows: rows.filter(({ frame }) => filter.matches(frame)).slice(0, limit), end };
  };

function notFound({ streamName }: Head): Buffer {
  const missing = new streams.ReadResp.StreamNotFound();
  missing.setStreamIdentifier(new shared.StreamIdentifier().setStreamName(streamName));
  return grpcFrame(new streams.ReadResp().setStreamNotFound(missing).serializeBinary());
}

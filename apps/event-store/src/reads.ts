import { setImmediate as nextTurn } from 'node:timers/promises';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import { asGrpcError, streamDeleted, unexpectedResult } from './errors.js';
import { type Filter } from './filter.js';
import { type Method, unary } from './grpc-call.js';
import { type StreamHead } from './stream-heads.js';
import { type Log } from './log.js';
import { type AllReadOptions, readOptions, type StreamReadOptions } from './read-options.js';
import { encoder, neverAnswer, type ReadContext } from './read-context.js';
import { type Page } from './storage.js';
import { subscribeToAll } from './subscribe-all.js';
import { subscribeToStream } from './subscribe-stream.js';
import { visible } from './visibility.js';
import { firstVisible } from './stream-metadata.js';
import { grpcFrame } from '#wire';

type Common = Omit<ReadContext, 'call' | 'options'>;

/** Streams.Read: reads that end and subscriptions. */
export const read = (common: Common): Method =>
  unary((message, call) => {
    const options = readOptions(message);
    serve({ ...common, call, options }, options).catch((error: unknown) => call.finish(asGrpcError(error)));
  });

async function serve(reading: ReadContext, options: StreamReadOptions | AllReadOptions): Promise<void> {
  if (options.stream === undefined) {
    await (options.count === undefined ? subscribeToAll(reading, options) : readAll(reading, options, options.count));
  } else {
    await (options.count === undefined
      ? subscribeToStream(reading, options)
      : readStream(reading, options, options.count));
  }
}

async function readAll(reading: ReadContext, options: AllReadOptions, count: number): Promise<void> {
  const source = options.backwards ? allBackwards(reading.log, options) : allForwards(reading.log, options);
  const isEndless = count === 0 || options.filter?.window === 0;
  if (isEndless) return; // EventStoreDB goes on asking for nothing
  await pump(reading, count, options.filter ? filteredSource(source, options.filter) : source);
  reading.call.finish();
}

const refusal = (options: AllReadOptions) =>
  unexpectedResult(options.filter ? 'FilteredReadAllResult' : 'ReadAllResult');

/** Reads from a position on; nothing beyond the end. */
function allForwards({ storage, head, end }: Log, options: AllReadOptions): Source {
  const { from } = options;
  let next = from === 'end' ? end : from === 'start' ? 0 : from.commit;
  const isPosition = next === 0 || next > head || storage.hasRecord(next);
  if (!isPosition || next < 0) throw refusal(options);
  return (limit) => {
    const page = storage.allForwards(next, limit);
    next = (page.rows.at(-1)?.position ?? 0) + 1;
    return page;
  };
}

/** Reads events that end at or before a position. */
function allBackwards({ storage, end }: Log, options: AllReadOptions): Source {
  const { from } = options;
  const { commit, prepare } = from === 'end' ? { commit: end, prepare: end } : from === 'start' ? ORIGIN : from;
  if (commit !== 0 && commit !== end && !storage.hasRecord(commit)) throw refusal(options);
  let next = prepare < commit ? storage.recordBefore(commit) : commit;
  return (limit) => {
    const page = storage.allBackwards(next, limit);
    next = page.rows.at(-1)?.position ?? 0;
    return page;
  };
}

const ORIGIN = { commit: 0, prepare: 0 };

async function readStream(reading: ReadContext, options: StreamReadOptions, count: number): Promise<void> {
  const { call, log } = reading;
  const isUnreadable = count === 0 || (options.from === 'end' && !options.backwards);
  if (isUnreadable) throw unexpectedResult('ReadStreamResult');
  const head = log.heads.get(options.stream);
  if (log.heads.isGone(head)) throw streamDeleted(options.stream);
  if (head.last < 0 || head.softDeleted) call.send(notFound(head));
  else await readHead(reading, { options, head, count });
  call.finish();
}

interface HeadRead {
  options: StreamReadOptions;
  head: StreamHead;
  count: number;
}

async function readHead(reading: ReadContext, { options, head, count }: HeadRead): Promise<void> {
  const { call, log } = reading;
  const first = firstVisible(head.metadata, head.last);
  const source = options.backwards ? backwards(log, head, options.from) : forwards(log, head, options.from);
  const sent = await pump(reading, count, (limit) => visible(source(limit), first, head));
  if (options.compatibility === 0) return;
  call.send(ends(sent === 0 && !options.backwards ? first : undefined, head.last));
}

type Source = (limit: number) => Page;

function forwards(log: Log, head: StreamHead, from: StreamReadOptions['from']): Source {
  const start = from === 'end' ? head.last + 1 : from === 'start' ? 0 : from;
  let next = Math.max(start, firstVisible(head.metadata, head.last));
  return (limit) => {
    if (next > head.last) return { rows: [], end: true };
    const page = log.storage.streamForwards(head.id, next, limit);
    next = (page.rows.at(-1)?.revision ?? 0) + 1;
    return page;
  };
}

function backwards(log: Log, head: StreamHead, from: StreamReadOptions['from']): Source {
  let next = from === 'end' ? head.last : from === 'start' ? 0 : from;
  return (limit) => {
    const page = log.storage.streamBackwards(head.id, next, limit);
    next = (page.rows.at(-1)?.revision ?? 0) - 1;
    return page;
  };
}

/** Sends pages at the client's pace until the end or the requested count. @returns the number of events sent */
async function pump({ call, options, log }: ReadContext, count: number, source: Source): Promise<number> {
  const encode = encoder(options, log);
  let remaining = count;
  while (remaining > 0 && !call.closed) {
    const { rows, end } = source(remaining);
    if (rows.length > 0) {
      if (options.ids === undefined) await neverAnswer();
      call.send(Buffer.concat(rows.map(encode)));
    }
    remaining -= rows.length;
    if (end) break;
    await (call.blocked ? call.drained() : nextTurn());
  }
  return count - remaining;
}

const filteredSource =
  (source: Source, filter: Filter): Source =>
  (limit) => {
    const { rows, end } = source(Infinity);
    return { rows: rows.filter(({ frame }) => filter.matches(frame)).slice(0, limit), end };
  };

function notFound({ streamName }: StreamHead): Buffer {
  const missing = new streams.ReadResp.StreamNotFound();
  missing.setStreamIdentifier(new shared.StreamIdentifier().setStreamName(streamName));
  return grpcFrame(new streams.ReadResp().setStreamNotFound(missing).serializeBinary());
}

/** The revisions of the stream. The first one is sent if nothing could be read before it. */
function ends(first: number | undefined, last: number): Buffer {
  const frames = [grpcFrame(new streams.ReadResp().setLastStreamPosition(String(last)).serializeBinary())];
  if (first) frames.unshift(grpcFrame(new streams.ReadResp().setFirstStreamPosition(String(first)).serializeBinary()));
  return Buffer.concat(frames);
}

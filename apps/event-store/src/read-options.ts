import streams, { type ReadReq } from '@eventstore/db-client/generated/streams_pb.js';
import { GrpcError, Code } from './errors.js';
import { type Filter, readFilter } from './filter.js';

/** Positions and revisions that clients send for "the end". */
const HUGE = 2 ** 62;

export interface ReadOptions {
  /** Undefined for `$all`. */
  stream: string | undefined;
  from: number | 'start' | 'end';
  backwards: boolean;
  resolveLinks: boolean;
  filter: Filter | undefined;
  /** How many events to read; undefined for a subscription. */
  count: number | undefined;
}

export function readOptions(message: Buffer): ReadOptions {
  const options = parse(message);
  const stream = options.getStream();
  const filter = options.getFilter();
  return {
    ...(stream ? ofStream(stream) : ofAll(options.getAll())),
    backwards: options.getReadDirection() === streams.ReadReq.Options.ReadDirection.BACKWARDS,
    resolveLinks: options.getResolveLinks(),
    filter: filter && readFilter(filter),
    count: options.hasSubscription() ? undefined : Number(options.getCount()),
  };
}

function parse(message: Buffer): ReadReq.Options {
  const options = streams.ReadReq.deserializeBinary(message).getOptions();
  if (!options) throw new GrpcError(Code.INVALID_ARGUMENT, 'The options are missing.');
  if (options.getUuidOption()?.hasStructured()) {
    throw new GrpcError(Code.UNIMPLEMENTED, 'Event ids are sent as strings only.');
  }
  return options;
}

type Target = Pick<ReadOptions, 'stream' | 'from'>;

function ofStream(options: ReadReq.Options.StreamOptions): Target {
  const name = options.getStreamIdentifier()?.getStreamName_asU8() ?? Buffer.of();
  const revision = options.hasRevision() ? options.getRevision() : undefined;
  return { stream: Buffer.from(name).toString(), from: options.hasEnd() ? 'end' : start(revision) };
}

function ofAll(options: ReadReq.Options.AllOptions | undefined): Target {
  if (!options) throw new GrpcError(Code.INVALID_ARGUMENT, 'What to read is missing.');
  return { stream: undefined, from: options.hasEnd() ? 'end' : start(options.getPosition()?.getCommitPosition()) };
}

function start(value: string | undefined): ReadOptions['from'] {
  const number = Number(value ?? 0);
  return value === undefined ? 'start' : number >= HUGE ? 'end' : number;
}

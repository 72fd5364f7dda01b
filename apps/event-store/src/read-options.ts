import streams, { type ReadReq } from '@eventstore/db-client/generated/streams_pb.js';
import { handlerFailed, invalidArgument, invalidCombination } from './errors.js';
import { type Filter, readFilter } from './filter.js';

const MAX_OFFSET = 2n ** 63n - 1n;
const END = 2n ** 64n - 1n;
const { CountOptionCase, FilterOptionCase, ReadDirection, StreamOptionCase } = streams.ReadReq.Options;

/** Both parts are stored because they differ in some checkpoints and in positions that clients make up. */
export interface StartPosition {
  commit: number;
  prepare: number;
}

export interface ReadOptions {
  backwards: boolean;
  resolveLinks: boolean;
  /** Undefined if the client gives no form of ids; EventStoreDB then fails at the first event. */
  ids: 'string' | 'structured' | undefined;
  /** How many events to read; undefined for a subscription. */
  count: number | undefined;
  /** Features of newer protocol versions that the client supports. */
  compatibility: number;
  filter: Filter | undefined;
}

export interface StreamReadOptions extends ReadOptions {
  stream: string;
  /** A read starts at this revision, a subscription after it. */
  from: number | 'start' | 'end';
}

export interface AllReadOptions extends ReadOptions {
  stream: undefined;
  from: StartPosition | 'start' | 'end';
}

export function readOptions(message: Buffer): StreamReadOptions | AllReadOptions {
  const options = streams.ReadReq.deserializeBinary(message).getOptions();
  if (!options) throw handlerFailed();
  const streamCase = options.getStreamOptionCase();
  if (streamCase === StreamOptionCase.STREAM_OPTION_NOT_SET) {
    throw invalidArgument('None', 'ReadReq+Types+Options+StreamOptionOneofCase');
  }
  checkCombination(options);
  const common = {
    backwards: options.getReadDirection() === ReadDirection.BACKWARDS,
    resolveLinks: options.getResolveLinks(),
    ids: idsOf(options),
    count: options.hasCount() ? Number(options.getCount()) : undefined,
    compatibility: options.getControlOption()?.getCompatibility() ?? 0,
  };
  const stream = options.getStream();
  if (stream) return { ...common, ...ofStream(stream), filter: undefined };
  const filter = options.getFilter();
  return {
    ...common,
    stream: undefined,
    from: startOfAll(options.getAll()),
    filter: filter && readFilter(filter, common.count === undefined),
  };
}

function idsOf(options: ReadReq.Options): ReadOptions['ids'] {
  const wanted = options.getUuidOption();
  return wanted && (wanted.hasString() ? 'string' : 'structured');
}

const COUNTS = new Map<number, string>([
  [CountOptionCase.COUNT, 'Count'],
  [CountOptionCase.SUBSCRIPTION, 'Subscription'],
]);
const FILTERS = new Map<number, string>([
  [FilterOptionCase.FILTER, 'Filter'],
  [FilterOptionCase.NO_FILTER, 'NoFilter'],
]);
/** EventStoreDB knows filters only for `$all` and subscriptions only forwards. */
const COMBINATIONS =
  /^(?:(?:Stream|All), (?:Count, \w+|Subscription, Forwards), NoFilter|All, (?:Count, \w+|Subscription, Forwards), Filter)$/;

function checkCombination(options: ReadReq.Options): void {
  const combination = [
    options.getStreamOptionCase() === StreamOptionCase.ALL ? 'All' : 'Stream',
    COUNTS.get(options.getCountOptionCase()) ?? 'None',
    options.getReadDirection() === ReadDirection.FORWARDS ? 'Forwards' : 'Backwards',
    FILTERS.get(options.getFilterOptionCase()) ?? 'None',
  ];
  if (!COMBINATIONS.test(combination.join(', '))) throw invalidCombination(combination);
}

function ofStream(options: ReadReq.Options.StreamOptions): Pick<StreamReadOptions, 'stream' | 'from'> {
  const stream = Buffer.from(options.getStreamIdentifier()?.getStreamName_asU8() ?? []).toString();
  if (stream === '') throw handlerFailed();
  return { stream, from: startOfStream(options) };
}

function startOfStream(options: ReadReq.Options.StreamOptions): StreamReadOptions['from'] {
  if (options.hasEnd()) return 'end';
  if (options.hasStart()) return 'start';
  if (!options.hasRevision()) throw handlerFailed();
  const revision = BigInt(options.getRevision());
  if (revision === END) return 'end';
  if (revision > MAX_OFFSET) throw handlerFailed();
  return Number(revision);
}

function startOfAll(options: ReadReq.Options.AllOptions | undefined): AllReadOptions['from'] {
  const position = options?.getPosition();
  if (!position) return options?.hasEnd() ? 'end' : 'start';
  const halves = [BigInt(position.getCommitPosition()), BigInt(position.getPreparePosition())] as const;
  return halves.every((half) => half === END) ? 'end' : startPosition(...halves);
}

function startPosition(commit: bigint, prepare: bigint): StartPosition {
  if (prepare > commit || ![commit, prepare].every(isOffset)) throw handlerFailed();
  return { commit: Number(BigInt.asIntN(64, commit)), prepare: Number(BigInt.asIntN(64, prepare)) };
}

const isOffset = (half: bigint): boolean => half <= MAX_OFFSET || half === END;

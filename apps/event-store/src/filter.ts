import { type ReadReq } from '@eventstore/db-client/generated/streams_pb.js';
import { dotnetRegex } from './dotnet-regex/dotnet-regex.js';
import { InvalidPattern, UnsupportedPattern } from './dotnet-regex/pattern-reader.js';
import { Code, GrpcError, handlerFailed, invalidArgument } from './errors.js';
import { streamOf, typeOf } from './event-frames.js';

const DEFAULT_WINDOW = 32;

/** The filter of a read of `$all`. */
export interface Filter {
  matches(frame: Buffer): boolean;
  /** Maximum number of events that a page searches. */
  readonly window: number;
  /** Number of events, matching or not, between two checkpoints. */
  readonly checkpointInterval: number;
}

type FilterOptions = ReadReq.Options.FilterOptions;

export function readFilter(options: FilterOptions, isSubscription: boolean): Filter {
  const expression = options.getStreamIdentifier() ?? options.getEventType();
  if (!expression) throw invalidArgument(asText(options), 'ReadReq+Types+Options+Types+FilterOptions');
  const matches = test(expression);
  const window = windowOf(options);
  const multiplier = options.getCheckpointintervalmultiplier();
  if (isSubscription && multiplier === 0) throw handlerFailed();
  const subject = options.hasStreamIdentifier() ? streamOf : typeOf;
  return { matches: (frame) => matches(subject(frame)), window, checkpointInterval: window * multiplier };
}

function windowOf(options: FilterOptions): number {
  if (options.hasMax()) return options.getMax();
  if (options.hasCount()) return DEFAULT_WINDOW;
  throw invalidArgument('None', 'ReadReq+Types+Options+Types+FilterOptions+WindowOneofCase');
}

/** The message as protobuf prints it. */
function asText(options: FilterOptions): string {
  const multiplier = options.getCheckpointintervalmultiplier();
  const fields = [
    ...(options.hasMax() ? [`"max": ${options.getMax()}`] : []),
    ...(options.hasCount() ? ['"count": { }'] : []),
    ...(multiplier > 0 ? [`"checkpointIntervalMultiplier": ${multiplier}`] : []),
  ];
  return fields.length > 0 ? `{ ${fields.join(', ')} }` : '{ }';
}

/** A regular expression takes precedence over prefixes. Without either, nothing matches. */
function test(expression: ReadReq.Options.FilterOptions.Expression): (value: string) => boolean {
  const pattern = expression.getRegex();
  if (pattern === '') {
    const prefixes = expression.getPrefixList();
    return (value) => prefixes.some((prefix) => value.startsWith(prefix));
  }
  try {
    const regex = dotnetRegex(pattern);
    return (value) => regex.test(value);
  } catch (error) {
    if (error instanceof InvalidPattern) throw handlerFailed();
    if (!(error instanceof UnsupportedPattern || error instanceof SyntaxError)) throw error;
    throw new GrpcError(
      Code.INVALID_ARGUMENT,
      `This event store cannot evaluate the filter as .NET does: ${error.message}.`,
    );
  }
}

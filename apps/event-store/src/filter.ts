import { type ReadReq } from '@eventstore/db-client/generated/streams_pb.js';
import { dotnetRegex, InvalidPattern, UnsupportedPattern } from './dotnet-regex.js';
import { Code, GrpcError, handlerFailed, invalidArgument } from './errors.js';
import { streamOf, typeOf } from './frames.js';

const DEFAULT_WINDOW = 32;

/** What a filtered read of `$all` lets through. */
export interface Filter {
  matches(frame: Buffer): boolean;
  /** How many events a page looks at. */
  readonly window: number;
  /** After how many events, matching or not, a subscriber is told how far it is. */
  readonly checkpointInterval: number;
}

type FilterOptions = ReadReq.Options.FilterOptions;

export function readFilter(options: FilterOptions, isSubscription: boolean): Filter {
  const onStream = options.getStreamIdentifier();
  const expression = onStream ?? options.getEventType();
  if (!expression) throw invalidArgument(asText(options), 'ReadReq+Types+Options+Types+FilterOptions');
  const matches = test(expression);
  if (!options.hasMax() && !options.hasCount()) {
    throw invalidArgument('None', 'ReadReq+Types+Options+Types+FilterOptions+WindowOneofCase');
  }
  const window = options.hasMax() ? options.getMax() : DEFAULT_WINDOW;
  const multiplier = options.getCheckpointintervalmultiplier();
  if (isSubscription && multiplier === 0) throw handlerFailed();
  const subject = onStream ? streamOf : typeOf;
  return { matches: (frame) => matches(subject(frame)), window, checkpointInterval: window * multiplier };
}

/** As protobuf prints the message. */
function asText(options: FilterOptions): string {
  const multiplier = options.getCheckpointintervalmultiplier();
  const fields = [
    ...(options.hasMax() ? [`"max": ${options.getMax()}`] : []),
    ...(options.hasCount() ? ['"count": { }'] : []),
    ...(multiplier > 0 ? [`"checkpointIntervalMultiplier": ${multiplier}`] : []),
  ];
  return fields.length > 0 ? `{ ${fields.join(', ')} }` : '{ }';
}

/** A regular expression wins over prefixes; without either nothing matches. */
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
    if (!(error instanceof UnsupportedPattern)) throw error;
    throw new GrpcError(
      Code.INVALID_ARGUMENT,
      `This event store cannot evaluate the filter as .NET does: ${error.message}.`,
    );
  }
}

import { type ReadReq } from '@eventstore/db-client/generated/streams_pb.js';
import { GrpcError, Code } from './errors.js';
import { streamOf, typeOf } from './frames.js';

const DEFAULT_WINDOW = 32;

/** What a filtered read of `$all` lets through. */
export interface Filter {
  matches(frame: Buffer): boolean;
  /** After how many events, matching or not, a subscriber is told how far it is. */
  readonly checkpointInterval: number;
}

export function readFilter(options: ReadReq.Options.FilterOptions): Filter {
  const onStream = options.getStreamIdentifier();
  const expression = onStream ?? options.getEventType();
  const window = options.hasMax() ? options.getMax() : DEFAULT_WINDOW;
  const matches = expression ? test(expression) : () => true;
  const subject = onStream ? streamOf : typeOf;
  return {
    matches: (frame) => matches(subject(frame)),
    checkpointInterval: Math.max(1, window * Math.max(1, options.getCheckpointintervalmultiplier())),
  };
}

function test(expression: ReadReq.Options.FilterOptions.Expression): (value: string) => boolean {
  const prefixes = expression.getPrefixList();
  if (prefixes.length > 0) return (value) => prefixes.some((prefix) => value.startsWith(prefix));
  try {
    const regex = new RegExp(expression.getRegex());
    return (value) => regex.test(value);
  } catch {
    throw new GrpcError(Code.INVALID_ARGUMENT, 'The filter is no valid regular expression.');
  }
}

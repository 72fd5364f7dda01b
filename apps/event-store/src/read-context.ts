import { encodeLinkFrame, withStructuredIds } from './answer-frames.js';
import { type Call } from './grpc-call.js';
import { type RecentCommits } from './recent-commits.js';
import { type Log } from './log.js';
import { type ReadOptions } from './read-options.js';
import { type StoredEvent } from './storage.js';
import { dataOf, typeOf } from './event-frames.js';
import { readableEvent } from './visibility.js';

/** The versions of EventStoreDB that the server can behave as. */
export type ServerVersion = '23.10' | '24.2';

/** A read call with the parts of the server that it needs. */
export interface ReadContext {
  call: Call;
  options: ReadOptions;
  log: Log;
  recentCommits: RecentCommits;
  like: ServerVersion;
}

/** Encodes a stored event for the client. */
export type Encode = (event: StoredEvent) => Buffer;

export function encoder({ resolveLinks, ids }: ReadOptions, log: Log): Encode {
  const encode = resolveLinks ? linkResolver(log) : ({ frame }: StoredEvent): Buffer => frame;
  return ids === 'structured' ? (event) => withStructuredIds(encode(event)) : encode;
}

const LINK = '$>';
const MAX_REVISION = 2n ** 63n - 1n;

/** Encodes links (`revision@stream`) together with their targets. A link to no event is left unchanged. */
const linkResolver =
  (log: Log): Encode =>
  ({ frame, position }) => {
    if (typeOf(frame) !== LINK) return frame;
    const [, digits, stream] = /^\s*([+-]?\d+)\s*@(.+)$/s.exec(dataOf(frame).toString()) ?? [];
    if (digits === undefined || stream === undefined) return frame;
    const revision = BigInt(digits.replace('+', ''));
    if (revision < -1n || revision > MAX_REVISION) return frame;
    const target = readableEvent(log, log.heads.get(stream), Number(revision));
    return encodeLinkFrame(frame, target?.frame, position);
  };

/** For requests on which EventStoreDB fails silently: the call stays open without an answer. */
export const neverAnswer = (): Promise<never> => new Promise(() => undefined);

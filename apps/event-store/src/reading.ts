import { withStructuredIds } from './answer-frames.js';
import { type Call } from './grpc.js';
import { linkResolver } from './links.js';
import { type Live } from './live.js';
import { type Log } from './log.js';
import { type ReadOptions } from './read-options.js';
import { type Row } from './storage.js';

/** The versions of EventStoreDB that the server can behave as. */
export type ServerVersion = '23.10' | '24.2';

/** What every read works with. */
export interface Reading {
  call: Call;
  options: ReadOptions;
  log: Log;
  live: Live;
  like: ServerVersion;
}

export type Encode = (row: Row) => Buffer;

/** How a row becomes what the client gets. */
export function encoder({ resolveLinks, ids }: ReadOptions, log: Log): Encode {
  const encode = resolveLinks ? linkResolver(log) : (row: Row): Buffer => row.frame;
  return ids === 'structured' ? (row) => withStructuredIds(encode(row)) : encode;
}

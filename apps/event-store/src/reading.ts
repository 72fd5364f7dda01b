import { createdOf } from './frames.js';
import { type Call } from './grpc.js';
import { type Head } from './heads.js';
import { linkResolver } from './links.js';
import { type Live } from './live.js';
import { type Log } from './log.js';
import { type ReadOptions } from './read-options.js';
import { type Page, type Row } from './storage.js';
import { visibleSince } from './visible-range.js';

/** What every read works with. */
export interface Reading {
  call: Call;
  options: ReadOptions;
  log: Log;
  live: Live;
}

/** How a row becomes what the client gets. */
export const encoder = (options: ReadOptions, log: Log): ((row: Row) => Buffer) =>
  options.resolveLinks ? linkResolver(log) : (row) => row.frame;

/** Leaves out what the stream's metadata hides. */
export function visible(page: Page, first: number, head: Head): Page {
  const since = visibleSince(head.metadata, Date.now());
  if (since === -Infinity && first === 0) return page;
  const rows = page.rows.filter(({ revision, frame }) => revision >= first && isYoung(frame, since));
  return { rows, end: page.end || (page.rows.at(-1)?.revision ?? 0) < first };
}

const isYoung = (frame: Buffer, since: number): boolean => since === -Infinity || createdOf(frame) >= since;

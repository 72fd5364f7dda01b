import { createdOf } from './event-frames.js';
import { type StreamHead } from './stream-heads.js';
import { type Log } from './log.js';
import { type Page, type StoredEvent } from './storage.js';
import { firstVisible, visibleSince } from './stream-metadata.js';

/** Leaves out events that the stream's metadata hides. */
export function visible(page: Page, first: number, head: StreamHead): Page {
  const since = visibleSince(head.metadata, Date.now());
  if (since === -Infinity && first === 0) return page;
  const rows = page.rows.filter(({ revision, frame }) => revision >= first && isYoung(frame, since));
  return { rows, end: page.end || (page.rows.at(-1)?.revision ?? 0) < first };
}

const isYoung = (frame: Buffer, since: number): boolean => since === -Infinity || createdOf(frame) >= since;

/** The event at a revision of a stream, or the last one for -1, if it is visible. */
export function readableEvent(log: Log, head: StreamHead, revision: number): StoredEvent | undefined {
  if (head.last < 0 || head.softDeleted || log.heads.isGone(head)) return undefined;
  const wanted = revision === -1 ? head.last : revision;
  if (wanted < firstVisible(head.metadata, head.last)) return undefined;
  const event = log.storage.eventAt(head.id, wanted);
  return event && isYoung(event.frame, visibleSince(head.metadata, Date.now())) ? event : undefined;
}

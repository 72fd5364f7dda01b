import { decideAppend, decideDelete } from './append-decision.js';
import { type Log } from './log.js';
import { type StreamHead, subjectOf } from './stream-heads.js';
import { type ProposedEvent } from './proposed-event.js';
import { readableEvent } from './visibility.js';
import { ANY, type WriteOptions } from './requests.js';
import { DELETED_TRUNCATE_BEFORE, undeleted } from './stream-metadata.js';
import { type WriteResult } from './writer.js';

type Execute = (log: Log) => WriteResult;

/** Appends all events or none. */
export const appendEvents =
  ({ stream, expected = ANY }: WriteOptions, events: readonly ProposedEvent[]): Execute =>
  (log) => {
    const head = log.heads.get(stream);
    if (log.heads.isGone(head)) return { kind: 'deleted' };
    const decision = decideAppend(head, expected, events, log.history(head));
    switch (decision) {
      case 'append':
        return store(log, head, events);
      case 'deleted':
        return { kind: 'deleted' };
      case 'wrong':
        return { kind: 'wrong', current: head.last };
      default:
        return repeated(log, head, decision.stored);
    }
  };

/** After the append, a deleted stream, or the stream of a metastream, exists again. */
function store(log: Log, head: StreamHead, events: readonly ProposedEvent[]): WriteResult {
  const hidden = head.softDeleted ? head.last : undefined;
  const about = deletedSubject(log, head.stream);
  if (events.length === 0) log.appendNothing(head);
  else log.append(head, events);
  const result: WriteResult = { kind: 'stored', revision: head.last, position: log.lastWritten };
  if (hidden !== undefined) bringBack(log, head, hidden + 1);
  if (about) bringBack(log, about, about.last + 1);
  return result;
}

function bringBack(log: Log, head: StreamHead, firstVisible: number): void {
  const metadata = undeleted(head.metadata, firstVisible);
  if (metadata !== undefined) log.writeMetadata(head.stream, metadata);
}

/** A repetition is answered with its position only if the event can still be read. */
const repeated = (log: Log, head: StreamHead, revision: number): WriteResult => ({
  kind: 'stored',
  revision,
  position: readableEvent(log, head, revision)?.position,
});

/** The soft-deleted stream of this metastream. Writing its metadata restores it. */
function deletedSubject(log: Log, stream: string): StreamHead | undefined {
  const subject = subjectOf(stream);
  if (subject === undefined) return undefined;
  const head = log.heads.get(subject);
  return head.softDeleted ? head : undefined;
}

/** Soft-deletes a stream: its events are hidden, and the next append restores the stream. */
export const deleteStream =
  ({ stream, expected = ANY }: WriteOptions): Execute =>
  (log) => {
    const head = log.heads.get(stream);
    const refusal = refuseDelete(log, head, expected);
    if (refusal) return refusal;
    if (head.last < 0 && !head.hasMetadata) return { kind: 'wrong', current: -1 };
    log.writeMetadata(stream, `{"$tb":${DELETED_TRUNCATE_BEFORE}}`);
    return { kind: 'stored', revision: head.last, position: log.lastWritten };
  };

/** Tombstones a stream. */
export const tombstoneStream =
  ({ stream, expected = ANY }: WriteOptions): Execute =>
  (log) => {
    const head = log.heads.get(stream);
    const refusal = refuseDelete(log, head, expected);
    if (refusal) return refusal;
    log.writeTombstone(head);
    return { kind: 'stored', revision: head.last, position: head.lastPosition };
  };

function refuseDelete(log: Log, head: StreamHead, expected: number): WriteResult | undefined {
  if (log.heads.isGone(head)) return { kind: 'deleted' };
  const decision = decideDelete(head, expected);
  if (decision === 'append') return undefined;
  return decision === 'deleted' ? { kind: 'deleted' } : { kind: 'wrong', current: head.last };
}

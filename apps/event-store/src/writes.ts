import { decideAppend, expectationHolds } from './append-decision.js';
import { type Log } from './log.js';
import { type Head, subjectOf } from './heads.js';
import { type Proposed } from './proposed.js';
import { type WriteOptions } from './requests.js';
import { DELETED_TRUNCATE_BEFORE, undeleted } from './visible-range.js';
import { type WriteResult } from './writer.js';

type Execute = (log: Log) => WriteResult;

/** Appends all events or none. */
export const appendEvents =
  ({ stream, expected }: WriteOptions, events: readonly Proposed[]): Execute =>
  (log) => {
    const head = log.heads.get(stream);
    const decision = decideAppend(head, expected, events, log.history(head));
    if (decision === 'deleted') return { kind: 'deleted' };
    if (decision === 'wrong') return { kind: 'wrong', current: head.last };
    if (decision !== 'append') return repeated(log, head, decision.stored);
    if (events.length === 0) return { kind: 'stored', revision: head.last, position: undefined };
    if (head.softDeleted) log.writeMetadata(stream, undeleted(head.metadata, head.last + 1));
    const about = deletedSubject(log, stream);
    log.append(head, events);
    if (about && !about.softDeleted) log.writeMetadata(about.stream, undeleted(about.metadata, about.last + 1));
    return stored(head);
  };

const stored = ({ last, lastPosition }: Head): WriteResult => ({
  kind: 'stored',
  revision: last,
  position: lastPosition,
});

function repeated(log: Log, head: Head, revision: number): WriteResult {
  const [row] = log.storage.streamForwards(head.id, revision, 1).rows;
  return { kind: 'stored', revision, position: row?.position };
}

/** The soft-deleted stream that this metastream is about: writing its metadata brings it back. */
function deletedSubject(log: Log, stream: string): Head | undefined {
  const subject = subjectOf(stream);
  if (subject === undefined) return undefined;
  const head = log.heads.get(subject);
  return head.softDeleted ? head : undefined;
}

/** Hides a stream's events; the next append brings the stream back. */
export const deleteStream =
  ({ stream, expected }: WriteOptions): Execute =>
  (log) => {
    const head = log.heads.get(stream);
    if (head.tombstoned) return { kind: 'deleted' };
    const known = head.last >= 0 || head.hasMetadata;
    if (!known || !expectationHolds(head, expected)) return { kind: 'wrong', current: head.last };
    log.writeMetadata(stream, `{"$tb":${DELETED_TRUNCATE_BEFORE}}`);
    return { kind: 'stored', revision: head.last, position: log.lastWritten };
  };

/** Ends a stream for ever. */
export const tombstoneStream =
  ({ stream, expected }: WriteOptions): Execute =>
  (log) => {
    const head = log.heads.get(stream);
    if (head.tombstoned) return { kind: 'deleted' };
    if (!expectationHolds(head, expected)) return { kind: 'wrong', current: head.last };
    log.writeTombstone(head);
    return stored(head);
  };

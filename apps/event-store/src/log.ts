import { type History } from './append-decision.js';
import { CommittedIds } from './committed-ids.js';
import { encodeFrame, idOf, TOMBSTONE_REVISION } from './frames.js';
import { type Head, Heads, metastreamOf, subjectOf } from './heads.js';
import { type Proposed, systemEvent } from './proposed.js';
import { type Row, type Storage } from './storage.js';
import { parseMetadata } from './visible-range.js';

/** Where the first event of a new log stands: on EventStoreDB something else is written before it. */
const FIRST_POSITION = 733;
/** What EventStoreDB's log takes for an event besides names, data and metadata. */
const RECORD_OVERHEAD = 90;

/** A stored event on its way to the subscribers. */
export interface Recorded extends Row {
  readonly head: Head;
}

/**
 * Appends events to streams in one transaction at a time. Nothing here waits, so nobody sees a half-done batch.
 * Positions look like offsets in a file: the next one is as far away as the last event is long on EventStoreDB.
 */
export class Log {
  readonly heads: Heads;
  /** The position of the newest committed event. */
  head: number;
  /** The position right after the newest committed event. */
  end: number;
  #written: number;
  #next: number;
  #batch: Recorded[] = [];
  #hasMarks = false;
  #created = '';
  readonly #committedIds = new CommittedIds();

  constructor(readonly storage: Storage) {
    this.heads = new Heads(storage);
    const { position, size } = storage.newest();
    this.head = position;
    this.end = position === 0 ? FIRST_POSITION : position + Math.max(size, 1);
    this.#written = this.head;
    this.#next = this.end;
  }

  /** The position of the newest event of the open transaction. */
  get lastWritten(): number {
    return this.#written;
  }

  append(head: Head, events: readonly Proposed[]): void {
    for (const event of events) this.#record(head, event, head.last + 1);
    const newest = events.at(-1);
    const subject = subjectOf(head.stream);
    if (newest === undefined || subject === undefined) return;
    const about = this.heads.cached(subject);
    if (about && subjectOf(subject) === undefined) about.metadata = parseMetadata(newest.dataBytes);
  }

  /** An append without events leaves nothing to read, but a position. */
  appendNothing(head: Head): void {
    this.#begin();
    this.#hasMarks = true;
    this.storage.insertMark(this.#advance(RECORD_OVERHEAD + head.streamName.length));
  }

  /** Replaces a stream's metadata. */
  writeMetadata(stream: string, json: string): void {
    this.append(this.heads.get(metastreamOf(stream)), [systemEvent('$metadata', json)]);
  }

  /** Ends a stream for ever. */
  writeTombstone(head: Head): void {
    this.#record(head, systemEvent('$streamDeleted', ''), TOMBSTONE_REVISION);
    head.tombstoned = true;
  }

  #record(head: Head, event: Proposed, revision: number): void {
    this.#begin();
    const position = this.#next;
    if (head.id === 0) {
      head.id = head.idAtBirth * position;
      this.storage.insertStream(head.stream, head.id);
    }
    const frame = encodeFrame(event, { streamName: head.streamName, revision, position, created: this.#created });
    this.#advance(RECORD_OVERHEAD + head.streamName.length + event.typeSize + event.size);
    const recorded: Recorded = { position, revision, frame, head };
    this.storage.insertEvent(head.id, recorded);
    this.#committedIds.put(event.id, head, revision);
    this.#batch.push(recorded);
    head.last = revision;
    head.lastPosition = position;
  }

  #begin(): void {
    if (this.#batch.length > 0 || this.#hasMarks) return;
    this.storage.begin();
    this.#created = `${Date.now()}0000`;
  }

  #advance(size: number): number {
    this.#written = this.#next;
    this.#next += size;
    return this.#written;
  }

  /** Returns what was committed, in order. */
  commit(): Recorded[] {
    const batch = this.#batch;
    if (batch.length === 0 && !this.#hasMarks) return batch;
    this.storage.commit();
    this.#batch = [];
    this.#hasMarks = false;
    this.head = this.#written;
    this.end = this.#next;
    return batch;
  }

  rollback(): void {
    this.storage.rollback();
    this.heads.clear();
    this.#committedIds.clear();
    this.#batch = [];
    this.#hasMarks = false;
    this.#written = this.head;
    this.#next = this.end;
  }

  /** What is stored in a stream, for deciding whether an append is a repetition. */
  history(head: Head): History {
    return {
      idAt: (revision) => {
        const event = this.storage.eventAt(head.id, revision);
        return event && idOf(event.frame);
      },
      revisionOf: (id) => this.#committedIds.revisionIn(head, id),
    };
  }
}

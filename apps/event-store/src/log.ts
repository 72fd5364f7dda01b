import { type History } from './append-decision.js';
import { RecentEventIds } from './recent-event-ids.js';
import { encodeFrame, idOf, TOMBSTONE_REVISION } from './event-frames.js';
import { type StreamHead, StreamHeads, metastreamOf, subjectOf } from './stream-heads.js';
import { type ProposedEvent, systemEvent } from './proposed-event.js';
import { type StoredEvent, type Storage } from './storage.js';
import { parseMetadata } from './stream-metadata.js';

/** Position of the first event of a new log. EventStoreDB writes other records before it. */
const FIRST_POSITION = 733;
/** Bytes of an event in EventStoreDB's log besides names, data and metadata. */
const RECORD_OVERHEAD = 90;

/** A stored event on its way to the subscribers. */
export interface CommittedEvent extends StoredEvent {
  readonly head: StreamHead;
}

/**
 * Appends events to streams in one transaction at a time. All methods are synchronous, so no reader sees a partial batch.
 * Positions look like offsets in a file: they grow by the length of each event in EventStoreDB's log.
 */
export class Log {
  readonly heads: StreamHeads;
  /** The position of the newest committed event. */
  head: number;
  /** The position right after the newest committed event. */
  end: number;
  #written: number;
  #next: number;
  #batch: CommittedEvent[] = [];
  #hasPlaceholders = false;
  #created = '';
  readonly #recentEventIds = new RecentEventIds();

  constructor(readonly storage: Storage) {
    this.heads = new StreamHeads(storage);
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

  append(head: StreamHead, events: readonly ProposedEvent[]): void {
    for (const event of events) this.#record(head, event, head.last + 1);
    const newest = events.at(-1);
    const subject = subjectOf(head.stream);
    if (newest === undefined || subject === undefined) return;
    const about = this.heads.cached(subject);
    if (about && subjectOf(subject) === undefined) about.metadata = parseMetadata(newest.dataBytes);
  }

  /** An append without events only takes a position. */
  appendNothing(head: StreamHead): void {
    this.#begin();
    this.#hasPlaceholders = true;
    this.storage.insertPlaceholder(this.#advance(RECORD_OVERHEAD + head.streamName.length));
  }

  /** Replaces a stream's metadata. */
  writeMetadata(stream: string, json: string): void {
    this.append(this.heads.get(metastreamOf(stream)), [systemEvent('$metadata', json)]);
  }

  /** Tombstones a stream. */
  writeTombstone(head: StreamHead): void {
    this.#record(head, systemEvent('$streamDeleted', ''), TOMBSTONE_REVISION);
    head.tombstoned = true;
  }

  #record(head: StreamHead, event: ProposedEvent, revision: number): void {
    this.#begin();
    const position = this.#next;
    if (head.id === 0) {
      head.id = head.idAtBirth * position;
      this.storage.insertStream(head.stream, head.id);
    }
    const frame = encodeFrame(event, { streamName: head.streamName, revision, position, created: this.#created });
    this.#advance(RECORD_OVERHEAD + head.streamName.length + event.typeSize + event.size);
    const recorded: CommittedEvent = { position, revision, frame, head };
    this.storage.insertEvent(head.id, recorded);
    this.#recentEventIds.put(event.id, head, revision);
    this.#batch.push(recorded);
    head.last = revision;
    head.lastPosition = position;
  }

  #begin(): void {
    if (this.#batch.length > 0 || this.#hasPlaceholders) return;
    this.storage.begin();
    this.#created = `${Date.now()}0000`;
  }

  #advance(size: number): number {
    this.#written = this.#next;
    this.#next += size;
    return this.#written;
  }

  /** @returns the committed events, in order */
  commit(): CommittedEvent[] {
    const batch = this.#batch;
    if (batch.length === 0 && !this.#hasPlaceholders) return batch;
    this.storage.commit();
    this.#batch = [];
    this.#hasPlaceholders = false;
    this.head = this.#written;
    this.end = this.#next;
    return batch;
  }

  rollback(): void {
    this.storage.rollback();
    this.heads.clear();
    this.#recentEventIds.clear();
    this.#batch = [];
    this.#hasPlaceholders = false;
    this.#written = this.head;
    this.#next = this.end;
  }

  /** The stored events of a stream, for deciding whether an append is a repetition. */
  history(head: StreamHead): History {
    return {
      idAt: (revision) => {
        const event = this.storage.eventAt(head.id, revision);
        return event && idOf(event.frame);
      },
      revisionOf: (id) => this.#recentEventIds.revisionIn(head, id),
    };
  }
}

import { randomUUID } from 'node:crypto';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import shared from '@eventstore/db-client/generated/shared_pb.js';
import { type History } from './append-decision.js';
import { encodeFrame, idOf, TOMBSTONE_REVISION } from './frames.js';
import { type Head, Heads, metastreamOf, subjectOf } from './heads.js';
import { type Proposed, readProposed } from './proposed.js';
import { type Row, type Storage } from './storage.js';
import { parseMetadata } from './visible-range.js';
import { putVarint, WireReader } from '#wire';

/** A stored event on its way to the subscribers. */
export interface Recorded extends Row {
  readonly head: Head;
}

/** Appends events to streams in one transaction at a time. Nothing here waits, so nobody sees a half-done batch. */
export class Log {
  readonly heads: Heads;
  /** The position of the newest committed event. */
  head: number;
  #next: number;
  #batch: Recorded[] = [];
  #created = '';

  constructor(readonly storage: Storage) {
    this.heads = new Heads(storage);
    this.head = storage.head;
    this.#next = this.head + 1;
  }

  /** The position of the newest event of the open transaction. */
  get lastWritten(): number {
    return this.#next - 1;
  }

  append(head: Head, events: readonly Proposed[]): void {
    for (const event of events) this.#record(head, event, head.last + 1);
    const newest = events.at(-1);
    const subject = subjectOf(head.stream);
    if (newest === undefined || subject === undefined) return;
    const about = this.heads.cached(subject);
    if (about && subjectOf(subject) === undefined) about.metadata = parseMetadata(dataOfProposed(newest));
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
    if (this.#batch.length === 0) this.#beginBatch();
    const position = this.#next++;
    if (head.id === 0) {
      head.id = head.idAtBirth * position;
      this.storage.insertStream(head.stream, head.id);
    }
    const frame = encodeFrame(event, { streamName: head.streamName, revision, position, created: this.#created });
    const recorded: Recorded = { position, revision, frame, head };
    this.storage.insertEvent(head.id, event.idHash, recorded);
    this.#batch.push(recorded);
    head.last = revision;
    head.lastPosition = position;
  }

  #beginBatch(): void {
    this.storage.begin();
    this.#created = `${Date.now()}0000`;
  }

  /** Returns what was committed, in order. */
  commit(): Recorded[] {
    const batch = this.#batch;
    if (batch.length === 0) return batch;
    this.storage.commit();
    this.#batch = [];
    this.head = this.#next - 1;
    return batch;
  }

  rollback(): void {
    this.storage.rollback();
    this.heads.clear();
    this.#batch = [];
    this.#next = this.head + 1;
  }

  /** What is stored in a stream, for deciding whether an append is a repetition. */
  history(head: Head): History {
    const { storage } = this;
    return {
      idAt: (revision) => {
        const frame = storage.frameAt(head.id, revision);
        return frame && idOf(frame);
      },
      revisionOf: (event) =>
        storage.byIdHash(head.id, (event as Proposed).idHash).find((row) => idOf(row.frame) === event.id)?.revision,
    };
  }
}

function dataOfProposed(event: Proposed): Buffer {
  const reader = new WireReader(event.source, event.start, event.end);
  while (reader.more) {
    const tag = reader.varint();
    if (tag === 0x42) return reader.slice();
    reader.skip(tag);
  }
  return Buffer.of();
}

/** An event that the server itself writes. */
export function systemEvent(type: string, json: string): Proposed {
  const message = new streams.BatchAppendReq.ProposedMessage();
  message.setId(new shared.UUID().setString(randomUUID()));
  message.getMetadataMap().set('type', type).set('content-type', 'application/json');
  message.setData(Buffer.from(json));
  const bytes = message.serializeBinary();
  const prefix = Buffer.alloc(10);
  const size = putVarint(prefix, 0, bytes.length);
  return readProposed(new WireReader(Buffer.concat([prefix.subarray(0, size), bytes])));
}

import { type StreamState } from './append-decision.js';
import { dataOf, TOMBSTONE_REVISION } from './event-frames.js';
import { type Storage } from './storage.js';
import { METASTREAM_METADATA, NO_METADATA, parseMetadata, type StreamMetadata } from './stream-metadata.js';

const GENERATION_SIZE = 10_000;

/** Streams that `$all` never shows. */
const HIDDEN_STREAMS = /^\$(epoch-information|persistentsubscription-\$all::.*-(checkpoint|parked))$/;

export const metastreamOf = (stream: string): string => `$$${stream}`;
/** The stream that a metastream is about, or undefined for an ordinary stream. */
export const subjectOf = (stream: string): string | undefined =>
  stream.startsWith('$$') ? stream.slice(2) : undefined;

/** The state of a stream that the writer and readers need before they access its events. */
export class StreamHead implements StreamState {
  /** 0 until the stream has an event. */
  id = 0;
  last = -1;
  lastPosition = 0;
  tombstoned = false;
  metadata: StreamMetadata = NO_METADATA;
  readonly streamName: Buffer;

  constructor(readonly stream: string) {
    this.streamName = Buffer.from(stream);
  }

  get softDeleted(): boolean {
    return this.metadata.isDeleted;
  }

  get hasMetadata(): boolean {
    return this.metadata.exists;
  }

  get idAtBirth(): 1 | -1 {
    return HIDDEN_STREAMS.test(this.stream) ? -1 : 1;
  }
}

/** The most recently used heads, in two generations: when the young one is full, the old one is dropped. */
export class StreamHeads {
  #young = new Map<string, StreamHead>();
  #old = new Map<string, StreamHead>();

  constructor(private readonly storage: Storage) {}

  get(stream: string): StreamHead {
    return this.#young.get(stream) ?? this.#keep(this.#old.get(stream) ?? this.#load(stream));
  }

  /** Whether the stream is tombstoned. Its metastream then is, too. */
  isGone(head: StreamHead): boolean {
    const subject = subjectOf(head.stream);
    return head.tombstoned || (subject !== undefined && this.get(subject).tombstoned);
  }

  cached(stream: string): StreamHead | undefined {
    return this.#young.get(stream) ?? this.#old.get(stream);
  }

  clear(): void {
    this.#young.clear();
    this.#old.clear();
  }

  #keep(head: StreamHead): StreamHead {
    if (this.#young.size >= GENERATION_SIZE) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(head.stream, head);
    return head;
  }

  #load(stream: string): StreamHead {
    const head = new StreamHead(stream);
    const id = this.storage.streamId(stream);
    if (id !== undefined) {
      head.id = id;
      [head.last, head.lastPosition] = this.storage.last(id);
      head.tombstoned = head.last === TOMBSTONE_REVISION;
    }
    head.metadata = subjectOf(stream) === undefined ? this.#metadata(stream) : METASTREAM_METADATA;
    return head;
  }

  #metadata(stream: string): StreamMetadata {
    const id = this.storage.streamId(metastreamOf(stream));
    if (id === undefined) return NO_METADATA;
    const [last] = this.storage.streamBackwards(id, TOMBSTONE_REVISION, 1).rows;
    return last ? parseMetadata(dataOf(last.frame)) : NO_METADATA;
  }
}

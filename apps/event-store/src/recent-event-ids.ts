import { type StreamHead } from './stream-heads.js';

/** About as many as EventStoreDB keeps in its 8 MiB. */
const MAX_REMEMBERED_IDS = 100_000;
const BUCKETS = 2 ** 17;
const NONE = -1;
const WORDS = 4;

/**
 * Finds recent events by id, to detect repeated appends without an expected revision. It is empty after a start, drops the oldest
 * ids first, and knows only the last stream of an id. All data is in arrays of numbers, to spare the garbage collector.
 */
export class RecentEventIds {
  readonly #ids: Uint32Array;
  readonly #streams: Float64Array;
  readonly #revisions: Float64Array;
  /** The next entry of the same bucket. */
  readonly #next: Int32Array;
  readonly #buckets = new Int32Array(BUCKETS).fill(NONE);
  readonly #wanted = new Uint32Array(WORDS);
  #count = 0;

  constructor(private readonly capacity = MAX_REMEMBERED_IDS) {
    this.#ids = new Uint32Array(WORDS * capacity);
    this.#streams = new Float64Array(capacity);
    this.#revisions = new Float64Array(capacity);
    this.#next = new Int32Array(capacity);
  }

  put(id: string, head: StreamHead, revision: number): void {
    const known = this.#find(id);
    const entry = known === NONE ? this.#insert() : known;
    this.#streams[entry] = head.id;
    this.#revisions[entry] = revision;
  }

  revisionIn(head: StreamHead, id: string): number | undefined {
    const entry = this.#find(id);
    return entry !== NONE && this.#streams[entry] === head.id ? this.#revisions[entry] : undefined;
  }

  clear(): void {
    this.#buckets.fill(NONE);
    this.#count = 0;
  }

  /** Finds the entry of an id and stores its words in the buffer. */
  #find(id: string): number {
    readWords(id, this.#wanted);
    let entry = this.#buckets[bucketOf(this.#wanted, 0)] ?? NONE;
    while (entry !== NONE && !this.#isWanted(entry)) entry = this.#next[entry] ?? NONE;
    return entry;
  }

  #isWanted(entry: number): boolean {
    const at = WORDS * entry;
    if (this.#ids[at] !== this.#wanted[0]) return false;
    return this.#wanted.every((word, index) => this.#ids[at + index] === word);
  }

  /** Returns a new entry, or the oldest, for the id in the buffer. */
  #insert(): number {
    const entry = this.#count % this.capacity;
    if (this.#count++ >= this.capacity) this.#unlink(entry);
    this.#ids.set(this.#wanted, WORDS * entry);
    const bucket = bucketOf(this.#wanted, 0);
    this.#next[entry] = this.#buckets[bucket] ?? NONE;
    this.#buckets[bucket] = entry;
    return entry;
  }

  #unlink(entry: number): void {
    const bucket = bucketOf(this.#ids, WORDS * entry);
    const after = this.#next[entry] ?? NONE;
    let before = this.#buckets[bucket] ?? NONE;
    if (before === entry) {
      this.#buckets[bucket] = after;
      return;
    }
    while (this.#next[before] !== entry) before = this.#next[before] ?? NONE;
    this.#next[before] = after;
  }
}

function bucketOf(words: Uint32Array, at: number): number {
  const mixed = (words[at] ?? 0) ^ (words[at + 1] ?? 0) ^ (words[at + 2] ?? 0) ^ (words[at + 3] ?? 0);
  return (Math.imul(mixed, 0x9e3779b1) >>> 0) % BUCKETS;
}

/** The 32 digits of an id in lower case, eight to a word. */
function readWords(id: string, words: Uint32Array): void {
  let word = 0;
  let digits = 0;
  for (let at = 0; at < id.length; at++) {
    const code = id.charCodeAt(at);
    if (code === 0x2d) continue;
    words[digits >>> 3] = word = (word << 4) | (code < 0x60 ? code - 0x30 : code - 0x57);
    digits++;
  }
}

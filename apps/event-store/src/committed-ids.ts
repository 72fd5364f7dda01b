import { type Head } from './heads.js';

/** As much as EventStoreDB remembers. */
const MEMORY_BYTES = 8 * 1024 * 1024;
const BYTES_PER_ENTRY = 28;

interface Place {
  head: Head;
  revision: number;
}

/**
 * Where the newest events are, by id: how an append to any revision is known to be a repetition. It is empty after a
 * start, the oldest ids are forgotten first, and of an id that was used in two streams only the last one is known.
 */
export class CommittedIds {
  readonly #places = new Map<string, Place>();
  #bytes = 0;

  put(id: string, place: Place): void {
    const known = this.#places.get(id);
    if (known) this.#forget(id, known);
    this.#places.set(id, place);
    this.#bytes += sizeOf(place);
    if (this.#bytes > MEMORY_BYTES) this.#forgetOldest();
  }

  revisionIn(head: Head, id: string): number | undefined {
    const place = this.#places.get(id);
    return place?.head.stream === head.stream ? place.revision : undefined;
  }

  clear(): void {
    this.#places.clear();
    this.#bytes = 0;
  }

  #forgetOldest(): void {
    for (const [id, place] of this.#places) {
      if (this.#bytes <= MEMORY_BYTES) return;
      this.#forget(id, place);
    }
  }

  #forget(id: string, place: Place): void {
    this.#places.delete(id);
    this.#bytes -= sizeOf(place);
  }
}

const sizeOf = ({ head }: Place): number => BYTES_PER_ENTRY + 2 * head.stream.length;

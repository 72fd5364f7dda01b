import { type Recorded } from './log.js';
import { type Row } from './storage.js';

const KEPT_BYTES = 16 * 1024 * 1024;

/** The events of one commit. */
export class Batch {
  /** Those that `$all` shows. */
  readonly shown: readonly Recorded[];
  readonly last: number;
  #frames: Buffer | undefined;

  constructor(
    readonly events: readonly Recorded[],
    /** The position of the last event of the commit before. */
    readonly after: number,
  ) {
    this.shown = events.every(inAll) ? events : events.filter(inAll);
    this.last = events.at(-1)?.position ?? after;
  }

  /** All frames in one piece, made once for all subscribers. */
  get frames(): Buffer {
    return (this.#frames ??= Buffer.concat(this.shown.map((event) => event.frame)));
  }
}

/** Whether `$all` shows the event. */
const inAll = (event: Recorded): boolean => event.head.id > 0;

export interface AllSubscriber {
  onBatch(batch: Batch): void;
}

export interface StreamSubscriber {
  onEvents(events: readonly Recorded[]): void;
}

/** Tells subscribers of new events and keeps the recent ones for those that are a little behind. */
export class Live {
  readonly #all = new Set<AllSubscriber>();
  readonly #streams = new Map<string, Set<StreamSubscriber>>();
  #recent: Batch[] = [];
  #bytes = 0;

  /** @param head the position of the newest event that will have been published already */
  constructor(private head = 0) {}

  publish(events: Recorded[]): void {
    const batch = new Batch(events, this.head);
    this.head = batch.last;
    this.#keep(batch);
    for (const subscriber of this.#all) subscriber.onBatch(batch);
    if (this.#streams.size > 0) this.#publishByStream(events);
  }

  #publishByStream(events: readonly Recorded[]): void {
    for (const [stream, ofStream] of Map.groupBy(events, ({ head }) => head.stream)) {
      this.#streams.get(stream)?.forEach((subscriber) => subscriber.onEvents(ofStream));
    }
  }

  #keep(batch: Batch): void {
    this.#recent.push(batch);
    this.#bytes += sizeOf(batch);
    while (this.#bytes > KEPT_BYTES) this.#bytes -= sizeOf(this.#recent.shift() as Batch);
  }

  /** What `$all` shows after a position, up to the end of a commit; undefined if that is no longer, or not yet, kept. */
  after(position: number): Following | undefined {
    const batch = this.#batchAfter(position);
    if (!batch) return undefined;
    const { shown, last } = batch;
    return { rows: position === batch.after ? shown : shown.filter((event) => event.position > position), last };
  }

  #batchAfter(position: number): Batch | undefined {
    let low = 0;
    let high = this.#recent.length - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const batch = this.#recent[middle] as Batch;
      if (position < batch.after) high = middle - 1;
      else if (position >= batch.last) low = middle + 1;
      else return batch;
    }
    return undefined;
  }

  /** Returns the way to leave. */
  joinAll(subscriber: AllSubscriber): () => void {
    this.#all.add(subscriber);
    return () => this.#all.delete(subscriber);
  }

  joinStream(stream: string, subscriber: StreamSubscriber): () => void {
    const subscribers = this.#streams.get(stream) ?? new Set();
    this.#streams.set(stream, subscribers.add(subscriber));
    return () => {
      subscribers.delete(subscriber);
      if (subscribers.size === 0) this.#streams.delete(stream);
    };
  }
}

/** Events in order, and the position up to which there are no others. */
export interface Following {
  rows: readonly Row[];
  last: number;
}

const sizeOf = (batch: Batch): number => batch.events.reduce((sum, { frame }) => sum + frame.length, 0);

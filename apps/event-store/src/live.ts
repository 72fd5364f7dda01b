import { type Recorded } from './log.js';

const KEPT_BYTES = 16 * 1024 * 1024;

/** The events of one commit. */
export class Batch {
  #frames: Buffer | undefined;

  constructor(readonly events: readonly Recorded[]) {}

  get first(): number {
    return this.events[0]?.position ?? 0;
  }

  get last(): number {
    return this.events.at(-1)?.position ?? 0;
  }

  /** All frames in one piece, made once for all subscribers. */
  get frames(): Buffer {
    return (this.#frames ??= Buffer.concat(this.events.filter(inAll).map((event) => event.frame)));
  }
}

/** Whether `$all` shows the event. */
export const inAll = (event: Recorded): boolean => event.head.id > 0;

export interface AllSubscriber {
  onBatch(batch: Batch): void;
}

export interface StreamSubscriber {
  onEvent(event: Recorded): void;
}

/** Tells subscribers of new events and keeps the recent ones for those that are a little behind. */
export class Live {
  readonly #all = new Set<AllSubscriber>();
  readonly #streams = new Map<string, Set<StreamSubscriber>>();
  #recent: Batch[] = [];
  #bytes = 0;

  publish(events: Recorded[]): void {
    const batch = new Batch(events);
    this.#keep(batch);
    for (const subscriber of this.#all) subscriber.onBatch(batch);
    if (this.#streams.size === 0) return;
    for (const event of events) {
      this.#streams.get(event.head.stream)?.forEach((subscriber) => subscriber.onEvent(event));
    }
  }

  #keep(batch: Batch): void {
    this.#recent.push(batch);
    this.#bytes += sizeOf(batch);
    while (this.#bytes > KEPT_BYTES) this.#bytes -= sizeOf(this.#recent.shift() as Batch);
  }

  /** What follows a position, up to the end of a commit; undefined if that is no longer, or not yet, kept. */
  after(position: number): readonly Recorded[] | undefined {
    const batch = this.#batchOf(position + 1);
    return batch && (batch.first === position + 1 ? batch.events : batch.events.slice(position + 1 - batch.first));
  }

  #batchOf(position: number): Batch | undefined {
    let low = 0;
    let high = this.#recent.length - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const batch = this.#recent[middle] as Batch;
      if (position < batch.first) high = middle - 1;
      else if (position > batch.last) low = middle + 1;
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

const sizeOf = (batch: Batch): number => batch.events.reduce((sum, { frame }) => sum + frame.length, 0);

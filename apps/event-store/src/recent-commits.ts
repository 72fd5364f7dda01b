import { type CommittedEvent } from './log.js';
import { type StoredEvent } from './storage.js';

const MAX_KEPT_BYTES = 16 * 1024 * 1024;

/** The events of one commit. */
export class Commit {
  /** The events that `$all` shows. */
  readonly visibleInAll: readonly CommittedEvent[];
  readonly last: number;
  #frames: Buffer | undefined;

  constructor(
    readonly events: readonly CommittedEvent[],
    /** The position of the last event of the commit before. */
    readonly after: number,
  ) {
    this.visibleInAll = events.every(inAll) ? events : events.filter(inAll);
    this.last = events.at(-1)?.position ?? after;
  }

  /** All frames in one buffer, encoded once for all subscribers. */
  get frames(): Buffer {
    return (this.#frames ??= Buffer.concat(this.visibleInAll.map((event) => event.frame)));
  }
}

/** Whether `$all` shows the event. */
const inAll = (event: CommittedEvent): boolean => event.head.id > 0;

export interface AllSubscriber {
  onCommit(commit: Commit): void;
}

export interface StreamSubscriber {
  onEvents(events: readonly CommittedEvent[]): void;
}

/** Passes new commits to subscribers, and keeps up to 16 MiB of recent ones for subscribers that are slightly behind. */
export class RecentCommits {
  readonly #all = new Set<AllSubscriber>();
  readonly #streams = new Map<string, Set<StreamSubscriber>>();
  #recent: Commit[] = [];
  #bytes = 0;

  /** @param head the position of the newest event before the first commit to be published */
  constructor(private head = 0) {}

  publish(events: CommittedEvent[]): void {
    const commit = new Commit(events, this.head);
    this.head = commit.last;
    this.#keep(commit);
    for (const subscriber of this.#all) subscriber.onCommit(commit);
    if (this.#streams.size > 0) this.#publishByStream(events);
  }

  #publishByStream(events: readonly CommittedEvent[]): void {
    for (const [stream, ofStream] of Map.groupBy(events, ({ head }) => head.stream)) {
      this.#streams.get(stream)?.forEach((subscriber) => subscriber.onEvents(ofStream));
    }
  }

  #keep(commit: Commit): void {
    this.#recent.push(commit);
    this.#bytes += sizeOf(commit);
    while (this.#bytes > MAX_KEPT_BYTES) this.#bytes -= sizeOf(this.#recent.shift() as Commit);
  }

  /** The events of `$all` after a position, up to the end of a commit; undefined if they are not in memory. */
  after(position: number): FollowingEvents | undefined {
    const commit = this.#commitAfter(position);
    if (!commit) return undefined;
    const { visibleInAll, last } = commit;
    return {
      rows: position === commit.after ? visibleInAll : visibleInAll.filter((event) => event.position > position),
      last,
    };
  }

  #commitAfter(position: number): Commit | undefined {
    let low = 0;
    let high = this.#recent.length - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const commit = this.#recent[middle] as Commit;
      if (position < commit.after) high = middle - 1;
      else if (position >= commit.last) low = middle + 1;
      else return commit;
    }
    return undefined;
  }

  /** @returns a function that ends the membership */
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
export interface FollowingEvents {
  rows: readonly StoredEvent[];
  last: number;
}

const sizeOf = (commit: Commit): number => commit.events.reduce((sum, { frame }) => sum + frame.length, 0);

import { setTimeout as pause } from 'node:timers/promises';
import { StreamNotReadable } from './errors.js';
import { categoryOf, type EventStore, type Retention } from './port.js';
import { whyIncomplete } from './retention.js';

const RECONNECT_MS = 1_000;

/**
 * Streams of Kontor that an operator has truncated or deleted with the store's own tools, so that their history is incomplete.
 * It follows the metadata of all streams and keeps the result in memory, so that a check before each write costs nothing.
 */
export class IncompleteStreams {
  private readonly categories: ReadonlySet<string>;
  private found: Found = new Map();
  private hasCaughtUp = false;

  constructor(
    private readonly store: EventStore,
    categories: readonly string[],
  ) {
    this.categories = new Set(categories);
  }

  get all(): readonly StreamNotReadable[] {
    return [...this.found.values()];
  }

  /** Whether all changes from before its start are known. */
  get isCaughtUp(): boolean {
    return this.hasCaughtUp;
  }

  /** @throws StreamNotReadable */
  assertComplete(stream: string): void {
    if (this.found.size === 0) return;
    const incomplete = this.found.get(stream);
    // A new error each time, with the stack of the caller.
    if (incomplete) throw new StreamNotReadable(incomplete);
  }

  /** Runs until `signal` aborts. Never rejects: it reconnects after a lost connection. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.follow(signal).catch(() => undefined);
      await pause(RECONNECT_MS, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  /** Reads all changes from the first one on. Until it has caught up, the earlier result stays valid. */
  private async follow(signal: AbortSignal) {
    const found: Found = new Map();
    for await (const { changes, caughtUp } of this.store.retentions(signal)) {
      record(found, changes, this.categories);
      if (!caughtUp) continue;
      this.found = found;
      this.hasCaughtUp = true;
    }
  }
}

type Found = Map<string, StreamNotReadable>;

const record = (found: Found, changes: readonly Retention[], categories: ReadonlySet<string>) => {
  for (const change of changes) {
    const { stream } = change;
    if (!categories.has(categoryOf(stream))) continue;
    const reason = whyIncomplete(change);
    if (reason === undefined) found.delete(stream);
    else found.set(stream, new StreamNotReadable({ stream, revision: 0, reason }));
  }
};

/** Finds the streams of some categories that are incomplete now. @throws Error when the store does not answer */
export const findIncompleteStreams = async (store: EventStore, categories: readonly string[]) => {
  const found: Found = new Map();
  const end = new AbortController();
  try {
    for await (const { changes, caughtUp } of store.retentions(end.signal)) {
      record(found, changes, new Set(categories));
      if (caughtUp) break;
    }
  } finally {
    end.abort();
  }
  return [...found.values()];
};

import { setTimeout as pause } from 'node:timers/promises';
import { StreamNotReadable } from './errors.js';
import { categoryOf, type EventStore, type Retention } from './port.js';
import { cutBy } from './retention.js';

const PAUSE_MS = 1_000;

/**
 * The streams of ours that somebody has cut or deleted with the store's own tools, in memory: it follows the metadata of
 * all streams. Whoever writes asks here first, which costs nothing, and does not write where a history is no longer whole.
 */
export class CutStreams {
  private readonly categories: ReadonlySet<string>;
  private cut: Cut = new Map();
  private hasHeard = false;

  constructor(
    private readonly store: EventStore,
    categories: readonly string[],
  ) {
    this.categories = new Set(categories);
  }

  get all(): readonly StreamNotReadable[] {
    return [...this.cut.values()];
  }

  /** It has heard of everything that was done before it began. */
  get complete(): boolean {
    return this.hasHeard;
  }

  /** @throws StreamNotReadable */
  check(stream: string): void {
    if (this.cut.size === 0) return;
    const found = this.cut.get(stream);
    // Made anew: where it is thrown belongs to the error.
    if (found) throw new StreamNotReadable(found);
  }

  /** Runs until `signal` aborts. Never rejects: a lost connection is opened again. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.follow(signal).catch(() => undefined);
      await pause(PAUSE_MS, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }

  /** All of it is heard again, so what was known counts until then. */
  private async follow(signal: AbortSignal) {
    const heard: Cut = new Map();
    for await (const { changes, caughtUp } of this.store.retentions(signal)) {
      hear(heard, changes, this.categories);
      if (!caughtUp) continue;
      this.cut = heard;
      this.hasHeard = true;
    }
  }
}

type Cut = Map<string, StreamNotReadable>;

const hear = (heard: Cut, changes: readonly Retention[], categories: ReadonlySet<string>) => {
  for (const change of changes) {
    const { stream } = change;
    if (!categories.has(categoryOf(stream))) continue;
    const reason = cutBy(change);
    if (reason === undefined) heard.delete(stream);
    else heard.set(stream, new StreamNotReadable({ stream, revision: 0, reason }));
  }
};

/** The streams of some categories that are cut now. @throws Error when the store does not answer */
export const cutStreamsNow = async (store: EventStore, categories: readonly string[]) => {
  const heard: Cut = new Map();
  const end = new AbortController();
  try {
    for await (const { changes, caughtUp } of store.retentions(end.signal)) {
      hear(heard, changes, new Set(categories));
      if (caughtUp) break;
    }
  } finally {
    end.abort();
  }
  return [...heard.values()];
};

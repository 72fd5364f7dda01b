/** Estimated bytes of an executor whose stream is not loaded. */
const EXECUTOR_BYTES = 1024;
/** Executors in use that one eviction skips at most: it must cost little even if all of them are in use. */
const MAX_SKIPPED = 100;

interface Entry<Executor> {
  readonly executor: Executor;
  weight: number;
}

/** Least recently used first. */
class Entries<Executor extends { readonly isIdle: boolean }> {
  readonly byName = new Map<string, Entry<Executor>>();
  weight = 0;

  evictTo(maxWeight: number): void {
    let skipped = 0;
    for (const [name, entry] of this.byName) {
      if (this.weight <= maxWeight || skipped > MAX_SKIPPED) return;
      this.byName.delete(name);
      if (entry.executor.isIdle) this.weight -= entry.weight;
      else {
        this.byName.set(name, entry); // it is in use
        skipped++;
      }
    }
  }
}

/**
 * Executors by the name of their stream, within a limit of memory. Long streams, such as stock, and short ones, such as orders, have
 * half of it each, and what the others do not use: new orders do not evict the stock that all of them need. Not an lru-cache, which
 * would also evict a stream whose commands are being decided.
 */
export class StreamCache<Executor extends { readonly isIdle: boolean }> {
  private readonly long = new Entries<Executor>();
  private readonly short = new Entries<Executor>();

  constructor(private readonly maxBytes: number) {}

  get size(): number {
    return this.long.byName.size + this.short.byName.size;
  }

  /** The executor is the most recently used one from now on. */
  get(name: string): Executor | undefined {
    const entries = this.entriesWith(name);
    const entry = entries?.byName.get(name);
    if (!entries || !entry) return undefined;
    entries.byName.delete(name);
    entries.byName.set(name, entry);
    return entry.executor;
  }

  has(name: string): boolean {
    return this.entriesWith(name) !== undefined;
  }

  add(name: string, executor: Executor, isLong: boolean): void {
    const entries = isLong ? this.long : this.short;
    entries.byName.set(name, { executor, weight: EXECUTOR_BYTES });
    entries.weight += EXECUTOR_BYTES;
  }

  /** @param weight estimated bytes; 0 removes the executor */
  setWeight(name: string, executor: Executor, weight: number): void {
    const entries = this.entriesWith(name);
    const entry = entries?.byName.get(name);
    if (entries && entry?.executor === executor) {
      entries.weight += weight - entry.weight;
      entry.weight = weight;
      if (weight === 0) entries.byName.delete(name);
    }
    this.short.evictTo(Math.max(this.maxBytes / 2, this.maxBytes - this.long.weight));
    this.long.evictTo(this.maxBytes - this.short.weight);
  }

  private entriesWith(name: string) {
    if (this.long.byName.has(name)) return this.long;
    return this.short.byName.has(name) ? this.short : undefined;
  }
}

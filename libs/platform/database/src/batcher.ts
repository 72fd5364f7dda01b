import { setTimeout as pause } from 'node:timers/promises';

export interface BatcherOptions {
  /** Maximum number of keys in one query. Default 500. */
  readonly maxKeys?: number;
  /** How long a query waits for further keys. Default 0: it contains the keys of one turn of the event loop. */
  readonly lingerMs?: number;
}

interface PendingGet<Value> {
  readonly resolve: (value: Value | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/** Combines single lookups into queries for many keys. Keys that are requested during a query go into the next one. */
export class Batcher<Value> {
  private waiting = new Map<string, PendingGet<Value>[]>();
  private busy = false;

  constructor(
    private readonly load: (keys: readonly string[]) => Promise<ReadonlyMap<string, Value>>,
    private readonly options: BatcherOptions = {},
  ) {}

  get(key: string): Promise<Value | undefined> {
    return new Promise((resolve, reject) => {
      const pending = this.waiting.get(key);
      if (pending) pending.push({ resolve, reject });
      else this.waiting.set(key, [{ resolve, reject }]);
      if (!this.busy) {
        this.busy = true;
        queueMicrotask(() => void this.loadWaiting());
      }
    });
  }

  private async loadWaiting() {
    const { maxKeys: most = 500, lingerMs = 0 } = this.options;
    while (this.waiting.size > 0) {
      if (lingerMs > 0) await pause(lingerMs);
      const batch = [...this.waiting].slice(0, most);
      for (const [key] of batch) this.waiting.delete(key);
      await this.loadBatch(batch);
    }
    this.busy = false;
  }

  private async loadBatch(batch: readonly (readonly [key: string, pending: readonly PendingGet<Value>[]])[]) {
    try {
      const found = await this.load(batch.map(([key]) => key));
      for (const [key, pending] of batch) for (const { resolve } of pending) resolve(found.get(key));
    } catch (error) {
      for (const [, pending] of batch) for (const { reject } of pending) reject(error);
    }
  }
}

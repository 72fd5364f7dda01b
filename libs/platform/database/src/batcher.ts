import { setTimeout as pause } from 'node:timers/promises';

export interface BatcherOptions {
  /** Most keys in one question. Default 500. */
  readonly most?: number;
  /** How long a question waits for others to go along. Default 0: only for what is asked in the same breath. */
  readonly lingerMs?: number;
}

interface Waiting<Value> {
  readonly resolve: (value: Value | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/** Asks for many things at once: what is wanted while one question is under way goes into the next. */
export class Batcher<Value> {
  private waiting = new Map<string, Waiting<Value>[]>();
  private busy = false;

  constructor(
    private readonly ask: (keys: readonly string[]) => Promise<ReadonlyMap<string, Value>>,
    private readonly options: BatcherOptions = {},
  ) {}

  get(key: string): Promise<Value | undefined> {
    return new Promise((resolve, reject) => {
      const others = this.waiting.get(key);
      if (others) others.push({ resolve, reject });
      else this.waiting.set(key, [{ resolve, reject }]);
      if (!this.busy) {
        this.busy = true;
        queueMicrotask(() => void this.work());
      }
    });
  }

  private async work() {
    const { most = 500, lingerMs = 0 } = this.options;
    while (this.waiting.size > 0) {
      if (lingerMs > 0) await pause(lingerMs);
      const batch = [...this.waiting].slice(0, most);
      for (const [key] of batch) this.waiting.delete(key);
      await this.answer(batch);
    }
    this.busy = false;
  }

  private async answer(batch: readonly (readonly [key: string, askers: readonly Waiting<Value>[]])[]) {
    try {
      const found = await this.ask(batch.map(([key]) => key));
      for (const [key, askers] of batch) for (const { resolve } of askers) resolve(found.get(key));
    } catch (error) {
      for (const [, askers] of batch) for (const { reject } of askers) reject(error);
    }
  }
}

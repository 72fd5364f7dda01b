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
    private readonly most = 500,
  ) {}

  get(key: string): Promise<Value | undefined> {
    return new Promise((resolve, reject) => {
      const others = this.waiting.get(key);
      if (others) others.push({ resolve, reject });
      else this.waiting.set(key, [{ resolve, reject }]);
      if (!this.busy) {
        this.busy = true;
        queueMicrotask(() => void this.work()); // what is asked for in the same breath goes along
      }
    });
  }

  private async work() {
    while (this.waiting.size > 0) {
      const batch = [...this.waiting].slice(0, this.most);
      for (const [key] of batch) this.waiting.delete(key);
      try {
        const found = await this.ask(batch.map(([key]) => key));
        for (const [key, askers] of batch) for (const { resolve } of askers) resolve(found.get(key));
      } catch (error) {
        for (const [, askers] of batch) for (const { reject } of askers) reject(error);
      }
    }
    this.busy = false;
  }
}

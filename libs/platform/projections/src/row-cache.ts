/**
 * The most recently used rows, at most `capacity`. `null` stands for a row that is known not to exist. Unlike an lru-cache,
 * it also knows whether it contains all rows, and two generations cost less than an exact order of use.
 */
export class RowCache<Row> {
  private young = new Map<string, Row | null>();
  private old = new Map<string, Row | null>();

  constructor(
    private readonly capacity: number,
    /** Whether rows that are not in the cache do not exist. */
    private complete: boolean,
  ) {}

  get(id: string): Row | null | undefined {
    const young = this.young.get(id);
    if (young !== undefined) return young;
    const old = this.old.get(id);
    if (old !== undefined) this.set(id, old);
    else if (this.complete) return null;
    return old;
  }

  set(id: string, row: Row | null) {
    this.young.set(id, row);
    if (this.young.size * 2 <= this.capacity) return;
    if (this.old.size > 0) this.complete = false;
    this.old = this.young;
    this.young = new Map();
  }
}

import { laterOf, type Position, START } from '#event-store';
import { type Reader } from './reader.js';
import { allFrom, newestOf, newestOfAll } from './read-request.js';

/** The end of the log when it was last looked at, and the newest event of some categories then. */
interface Seen {
  readonly end: Position;
  readonly newest: Position;
}

/**
 * Where the newest events of categories are. The newest one may lie behind millions that others have written since:
 * what was found once is only looked for again in what has come since.
 */
export class Newest {
  private readonly seen = new Map<string, Seen>();

  constructor(private readonly reader: Reader) {}

  /** Position of the newest event of all; `START` when there is none. */
  ofAll(): Promise<Position> {
    return this.reader.newest(newestOfAll);
  }

  /** Position of the newest event of these categories; `START` when there is none. */
  async of(categories: readonly string[]): Promise<Position> {
    if (categories.length === 0) return START;
    const key = categories.join();
    const end = await this.ofAll();
    const seen = this.seen.get(key);
    if (seen?.end === end) return seen.newest;
    const newest = seen ? await this.since(seen, categories) : await this.reader.newest(newestOf(categories));
    this.seen.set(key, { end, newest });
    return newest;
  }

  /** From both ends of what has come since: it is near the one or the other, or there is little between. */
  private async since(seen: Seen, categories: readonly string[]): Promise<Position> {
    const stop = new AbortController();
    const backwards = this.reader.newest(newestOf(categories), stop.signal);
    const forwards = this.reader.newest(allFrom(seen.end, categories), stop.signal);
    const either = [backwards, forwards.then((newest) => laterOf(newest, seen.newest))];
    try {
      return await Promise.any(either);
    } catch (error) {
      throw (error as AggregateError).errors[0];
    } finally {
      stop.abort();
    }
  }
}

import { laterOf, type Position, START } from '#event-store';
import { type Reader } from './reader.js';
import { readAllFrom, readNewestOf, readNewestOfAll } from './read-request.js';

/** The newest event of all and of some categories when they were last looked for. */
interface SearchResult {
  readonly end: Position;
  readonly newest: Position;
}

/**
 * Finds the newest events of categories. The newest one may be followed by millions of others, so later searches start where the
 * last one ended.
 */
export class NewestEvents {
  private readonly lastSearches = new Map<string, SearchResult>();

  constructor(private readonly reader: Reader) {}

  /** Position of the newest event of all; `START` when there is none. */
  inLog(): Promise<Position> {
    return this.reader.newestPosition(readNewestOfAll);
  }

  /** Position of the newest event of these categories; `START` when there is none. */
  async inCategories(categories: readonly string[]): Promise<Position> {
    if (categories.length === 0) return START;
    const key = categories.join();
    const end = await this.inLog();
    const seen = this.lastSearches.get(key);
    if (seen?.end === end) return seen.newest;
    const newest = seen
      ? await this.since(seen, categories)
      : await this.reader.newestPosition(readNewestOf(categories));
    this.lastSearches.set(key, { end, newest });
    return newest;
  }

  /** Searches the events since the last search from both ends, and takes the answer that comes first. */
  private async since(seen: SearchResult, categories: readonly string[]): Promise<Position> {
    const stop = new AbortController();
    const backwards = this.reader.newestPosition(readNewestOf(categories), stop.signal);
    const forwards = this.reader.newestPosition(readAllFrom(seen.end, categories), stop.signal);
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

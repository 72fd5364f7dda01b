import { type Filter } from './filter.js';
import { type StartPosition } from './read-options.js';
import { type Encode } from './read-context.js';
import { type StoredEvent } from './storage.js';
import { checkpoint } from './answer-frames.js';

/** EventStoreDB ends a page of a filtered read at this number of hits. */
const PAGE_HITS = 32;

/** `cursor` is where a subscriber that does not get the frame continues. */
interface Message {
  frame: Buffer;
  cursor: number;
}

/**
 * Selects the messages of a filtered subscription to `$all`: matching events and, at intervals, a checkpoint. During catch-up,
 * EventStoreDB reads in pages, and a checkpoint is the last hit of a page or, without one, the start of the page.
 */
export class FilteredMessages {
  /** The last event or checkpoint that was sent. */
  #sent: StartPosition | undefined;
  /** Number of events, matching or not, since the last checkpoint. */
  #considered = 0;
  #page = newPage();

  constructor(
    private readonly filter: Filter,
    private readonly encode: Encode,
    /** Start of the first page, if the client gives one. */
    private pageStart?: StartPosition,
  ) {}

  /** Undefined if nothing was sent. */
  get sent(): StartPosition | undefined {
    return this.#sent;
  }

  catchingUp(rows: readonly StoredEvent[]): Buffer[] {
    return rows.flatMap((row) => this.#catchUp(row));
  }

  #catchUp(row: StoredEvent): Buffer[] {
    const page = this.#page;
    page.start ??= this.pageStart ?? { commit: row.position, prepare: 0 };
    page.considered++;
    const frames: Buffer[] = [];
    if (this.filter.matches(row.frame)) {
      page.hits++;
      page.lastHit = this.#sent = { commit: row.position, prepare: row.position };
      frames.push(this.encode(row));
    }
    if (page.hits === PAGE_HITS || page.considered === this.filter.window) frames.push(...this.#endPage());
    return frames;
  }

  #endPage(): Buffer[] {
    const { considered, lastHit, start } = this.#page;
    this.#considered += considered;
    this.#page = newPage();
    this.pageStart = undefined;
    if (this.#considered < this.filter.checkpointInterval) return [];
    this.#considered %= this.filter.checkpointInterval;
    this.#sent = lastHit ?? start ?? { commit: 0, prepare: 0 };
    return [checkpoint(this.#sent)];
  }

  /** The page that reaches the end of the log has no checkpoint. */
  caughtUp(): void {
    this.#considered += this.#page.considered;
    this.#page = newPage();
    this.pageStart = undefined;
  }

  /** The count starts over when the subscription catches up again. */
  fellBehind(): void {
    this.#considered = 0;
  }

  /** In a live subscription, a checkpoint follows the event that completes an interval. */
  live(rows: readonly StoredEvent[], cursor: number): Message[] {
    const messages: Message[] = [];
    for (const row of rows) {
      const position = { commit: row.position, prepare: row.position };
      const isHit = this.filter.matches(row.frame);
      if (isHit) messages.push({ frame: this.encode(row), cursor });
      cursor = row.position;
      const isDue = ++this.#considered >= this.filter.checkpointInterval;
      if (isDue) messages.push({ frame: checkpoint(position), cursor });
      if (isDue) this.#considered = 0;
      if (isDue || isHit) this.#sent = position;
    }
    return messages;
  }
}

interface SearchPage {
  considered: number;
  hits: number;
  start: StartPosition | undefined;
  lastHit: StartPosition | undefined;
}

const newPage = (): SearchPage => ({ considered: 0, hits: 0, start: undefined, lastHit: undefined });

import { type BatchCommand } from '#client';
import { KONTOR_NAMESPACE, retryDelayMs, uuidv5, KeyedQueue } from '#kernel';
import { type AdapterContext } from '../adapter.js';
import { type ApiResponse, isRetryableStatus } from '../kontor-api.js';
import { type Mappings } from '../mapping/mappings.js';
import { TransientError } from '../transient-error.js';
import { type StockFeedRow, type StockFeedRows, type WrongRow } from './stock-feed-rows.js';

/** A stock feed as the supplier has sent it. */
export interface ReceivedFeed extends StockFeedRows {
  /** In a full feed, a SKU that is absent has no stock. */
  readonly mode: 'full' | 'delta';
  /** Grows with every feed of the supplier. */
  readonly sequence: number;
  /** ISO 8601: the time that the quantities are of. */
  readonly asOf: string;
}

/** The answer to a feed. The newest is stored as JSON as well, so the names of its fields must not change. */
export interface FeedResult {
  readonly mode: ReceivedFeed['mode'];
  readonly sequence: number;
  readonly asOf: string;
  /** The number of rows, wrong ones included. */
  readonly rows: number;
  /** SKUs whose stock was recorded, those of `zeroed` included. */
  readonly taken: number;
  /** SKUs that are absent from a full feed: their stock is 0 now. */
  readonly zeroed: number;
  /** SKUs of which Kontor knows something newer. */
  readonly skipped: number;
  /** At most 100. */
  readonly wrong: readonly WrongRow[];
}

/** A feed is refused as a whole. */
export class FeedRefused extends Error {
  override name = 'FeedRefused';

  /** @param status of HTTP */
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

const CHUNK_SIZE = 500;
const MAX_ATTEMPTS = 6;
const RETRY_DELAYS = { firstMs: 400, maxMs: 30_000 };
const MAX_WRONG_ROWS = 100;
const NEVER_ABORTED = new AbortController().signal;

/**
 * Records the stock feeds of a supplier, one after the other. The ids of the commands follow from sequence and SKU, so a
 * feed that was interrupted is completed when the supplier sends it again.
 */
export class StockFeed {
  /** The number of feeds that were refused since the start. */
  refused = 0;
  private last: FeedResult | undefined;
  private isLoaded = false;
  private readonly queue = new KeyedQueue();

  constructor(
    private readonly context: AdapterContext,
    private readonly location: string,
    private readonly mappings: Mappings,
  ) {}

  /** The result of the newest feed; undefined before the first. */
  async newest(): Promise<FeedResult | undefined> {
    if (!this.isLoaded) this.last = await this.mappings.loadState<FeedResult>('feed');
    this.isLoaded = true;
    return this.last;
  }

  /**
   * Records a feed, after those that are being recorded.
   * @throws FeedRefused
   * @throws TransientError when Kontor does not answer: the supplier sends the feed again
   */
  record(feed: ReceivedFeed): Promise<FeedResult> {
    return this.queue.enqueue(this.location, () => this.recordNow(feed));
  }

  private async recordNow(feed: ReceivedFeed): Promise<FeedResult> {
    const last = await this.newest();
    if (last?.sequence === feed.sequence) return last;
    this.check(feed, last);
    const rows = await this.withOurSkus(feed.rows);
    const missing = feed.mode === 'full' ? await this.missingSkus(rows, feed.wrong) : [];
    const counts = [...rows, ...missing.map((sku) => ({ row: 0, sku, quantity: 0 }))];
    const answers = await this.sendAll(counts.map((row) => this.commandOf(row, feed)));
    const failed = counts.flatMap(({ row, sku }, index) => {
      const answer = answers[index];
      if (!answer) throw new Error(`The command for ${sku} has no answer`);
      return Number(answer['status']) < 300 || isStale(answer) ? [] : [{ row, sku, problem: problemText(answer) }];
    });
    const skipped = answers.filter(isStale).length;
    this.last = {
      mode: feed.mode,
      sequence: feed.sequence,
      asOf: feed.asOf,
      rows: feed.rows.length + feed.wrong.length,
      taken: counts.length - failed.length - skipped,
      zeroed: missing.length,
      skipped,
      wrong: [...feed.wrong, ...failed].slice(0, MAX_WRONG_ROWS),
    };
    await this.mappings.saveState('feed', this.last);
    return this.last;
  }

  private check({ sequence, asOf, mode, rows }: ReceivedFeed, last: FeedResult | undefined) {
    const refuse = (status: number, message: string) => {
      this.refused++;
      throw new FeedRefused(status, message);
    };
    if (last && (sequence < last.sequence || asOf < last.asOf))
      refuse(409, `It is older than feed ${last.sequence} as of ${last.asOf}, which was taken already`);
    if (mode === 'full' && rows.length === 0) refuse(422, 'A full feed without rows would set all stock to 0');
    if (mode === 'full' && rows.some(({ delta }) => delta !== undefined))
      refuse(422, 'The rows of a full feed must have a "quantity"');
  }

  private async withOurSkus(rows: readonly StockFeedRow[]): Promise<readonly StockFeedRow[]> {
    const mapped = await this.mappings.findByTheirs(
      'sku',
      rows.map(({ sku }) => sku),
    );
    const ours = new Map(mapped.map((mapping) => [mapping.theirs, mapping.ours]));
    return rows.map((row) => ({ ...row, sku: ours.get(row.sku) ?? row.sku }));
  }

  /** SKUs that have stock at the location and are absent from the feed. A SKU whose row is wrong is not absent. */
  private async missingSkus(rows: readonly StockFeedRow[], wrong: readonly WrongRow[]): Promise<string[]> {
    const { db } = this.context;
    const wrongSkus = wrong.flatMap(({ sku }) => sku ?? []);
    const mapped = await this.mappings.findByTheirs('sku', wrongSkus);
    const present = [...rows.map(({ sku }) => sku), ...wrongSkus, ...mapped.map(({ ours }) => ours)];
    const found = await db.query<{ sku: string }[]>(
      `SELECT sku FROM read.stock_position WHERE location_id = $1 AND on_hand <> 0 AND NOT sku = ANY($2) ORDER BY sku`,
      [this.location, present],
    );
    return found.map(({ sku }) => sku);
  }

  private commandOf({ sku, quantity, delta }: StockFeedRow, { sequence, asOf }: ReceivedFeed): BatchCommand {
    const countId = `${this.context.name}-${sequence}`;
    const id = uuidv5(KONTOR_NAMESPACE, `${countId}/${sku}`);
    const item = { sku, locationId: this.location };
    if (delta === undefined) {
      const data = { ...item, countId, counted: quantity, asOf, sourceSeq: sequence };
      return { command: 'RecordStockCount', id, data };
    }
    const data = { ...item, delta, reason: 'supplier', ref: countId, factId: `${countId}/${sku}` };
    return { command: 'AdjustStock', id, data, occurredAt: asOf };
  }

  private async sendAll(commands: readonly BatchCommand[]): Promise<readonly ApiResponse['body'][]> {
    const answers: ApiResponse['body'][] = [];
    for (let from = 0; from < commands.length; from += CHUNK_SIZE)
      answers.push(...(await this.sendUntilAnswered(commands.slice(from, from + CHUNK_SIZE))));
    return answers;
  }

  private async sendUntilAnswered(commands: readonly BatchCommand[]): Promise<readonly ApiResponse['body'][]> {
    const { api, clock } = this.context;
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
      const answers = await api.sendBatch(commands).catch(() => []);
      const areDefinite = answers.every(({ status }) => !isRetryableStatus(Number(status)));
      if (answers.length === commands.length && areDefinite) return answers;
      await clock.sleep(retryDelayMs(attempt, RETRY_DELAYS), NEVER_ABORTED);
    }
    throw new TransientError('Kontor does not answer: send the feed again');
  }
}

const isStale = ({ type }: ApiResponse['body']) => type === '/problems/count-stale';

const problemText = ({ title, detail, status, errors }: ApiResponse['body']): string =>
  JSON.stringify(errors ?? detail ?? title ?? status);

import { KONTOR_NAMESPACE, uuidv5, retryDelayMs } from '#kernel';
import { type AdapterContext } from '../adapter.js';
import { TryAgain } from '../consuming/try-again.js';
import { type ApiAnswer, type CommandLine } from '../kontor-api.js';
import { type Mappings } from '../mapping/mappings.js';
import { type FeedRow, type FeedRows, type WrongRow } from './feed-rows.js';

/** A stock feed as it was received. */
export interface Feed extends FeedRows {
  /** `full`: what is not in it is not there. */
  readonly mode: 'full' | 'delta';
  /** Grows with every feed of the supplier. */
  readonly sequence: number;
  /** ISO 8601: what was there then. */
  readonly asOf: string;
}

export interface FeedResult {
  readonly mode: Feed['mode'];
  readonly sequence: number;
  readonly asOf: string;
  readonly rows: number;
  /** Believed now. */
  readonly taken: number;
  /** Not in a full feed: none are left. */
  readonly zeroed: number;
  /** Something newer is known of them. */
  readonly skipped: number;
  readonly wrong: readonly WrongRow[];
}

/** Why a feed is not taken. */
export class FeedRefused extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

const CHUNK = 500;
const TRIES = 6;
const DELAYS = { firstMs: 400, maxMs: 30_000 };
const MOST_WRONG = 100;

/** Takes the feeds of a supplier as facts, one after the other; one that was broken off goes on where it is sent again. */
export class StockFeed {
  refused = 0;
  private last: FeedResult | undefined;
  private begun = false;
  private queue: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly context: AdapterContext,
    private readonly location: string,
    private readonly mappings: Mappings,
  ) {}

  /** Of the newest feed, ISO 8601; undefined before the first. */
  async asOf(): Promise<string | undefined> {
    return (await this.newest())?.asOf;
  }

  async newest(): Promise<FeedResult | undefined> {
    if (!this.begun) this.last = await this.mappings.recall<FeedResult>('feed');
    this.begun = true;
    return this.last;
  }

  /** @throws FeedRefused */
  take(feed: Feed): Promise<FeedResult> {
    const result = this.queue.then(() => this.takeNow(feed));
    this.queue = result.catch(() => undefined);
    return result;
  }

  private async takeNow(feed: Feed): Promise<FeedResult> {
    const last = await this.newest();
    if (last?.sequence === feed.sequence) return last;
    this.check(feed, last);
    const rows = await this.withOurSkus(feed.rows);
    const missing = feed.mode === 'full' ? await this.missing(rows, feed.wrong) : [];
    const counts = [...rows, ...missing.map((sku) => ({ row: 0, sku, quantity: 0 }))];
    const answers = await this.send(counts.map((row) => this.commandOf(row, feed)));
    const isStale = ({ type }: ApiAnswer['body']) => type === '/problems/count-stale';
    const fails = counts.flatMap(({ row, sku }, index) => {
      const answer = answers[index] ?? {};
      return Number(answer['status']) < 300 || isStale(answer) ? [] : [{ row, sku, problem: textOf(answer) }];
    });
    const skipped = answers.filter(isStale).length;
    const wrong = [...feed.wrong, ...fails].slice(0, MOST_WRONG);
    const { mode, sequence, asOf } = feed;
    const taken = counts.length - fails.length - skipped;
    this.last = {
      mode,
      sequence,
      asOf,
      rows: feed.rows.length + feed.wrong.length,
      taken,
      zeroed: missing.length,
      skipped,
      wrong,
    };
    await this.mappings.remember('feed', this.last);
    return this.last;
  }

  private check({ sequence, asOf, mode, rows }: Feed, last: FeedResult | undefined) {
    const refuse = (status: number, message: string) => {
      this.refused++;
      throw new FeedRefused(status, message);
    };
    if (last && (sequence < last.sequence || asOf < last.asOf))
      refuse(409, `It is older than feed ${last.sequence} as of ${last.asOf}, which was taken already`);
    if (mode === 'full' && rows.length === 0) refuse(422, 'A full feed without a row would say that nothing is left');
    if (mode === 'full' && rows.some(({ delta }) => delta !== undefined))
      refuse(422, 'A full feed says how many there are: "quantity"');
  }

  private async withOurSkus(rows: readonly FeedRow[]): Promise<readonly FeedRow[]> {
    const mapped = await this.mappings.ofTheirs(
      'sku',
      rows.map(({ sku }) => sku),
    );
    const ours = new Map(mapped.map((one) => [one.theirs, one.ours]));
    return rows.map((row) => ({ ...row, sku: ours.get(row.sku) ?? row.sku }));
  }

  /** What is there by our books, and not in the feed. A row that is wrong does not say that nothing is there. */
  private async missing(rows: readonly FeedRow[], wrong: readonly WrongRow[]): Promise<string[]> {
    const { db } = this.context;
    const named = await this.mappings.ofTheirs(
      'sku',
      wrong.flatMap(({ sku }) => sku ?? []),
    );
    const told = [...rows, ...wrong, ...named.map(({ ours }) => ({ sku: ours }))].flatMap(({ sku }) => sku ?? []);
    const found = await db.query<{ sku: string }[]>(
      `SELECT sku FROM read.stock_position WHERE location_id = $1 AND on_hand <> 0 AND NOT sku = ANY($2) ORDER BY sku`,
      [this.location, told],
    );
    return found.map(({ sku }) => sku);
  }

  private commandOf({ sku, quantity, delta }: FeedRow, { sequence, asOf }: Feed): CommandLine {
    const { name } = this.context;
    const countId = `${name}-${sequence}`;
    const id = uuidv5(KONTOR_NAMESPACE, `${countId}/${sku}`);
    const at = { sku, locationId: this.location };
    if (delta === undefined)
      return {
        command: 'RecordStockCount',
        id,
        data: { ...at, countId, counted: quantity, asOf, sourceSeq: sequence },
      };
    const data = { ...at, delta, reason: 'supplier', ref: countId, factId: `${countId}/${sku}` };
    return { command: 'AdjustStock', id, data, occurredAt: asOf };
  }

  /** What has no definite answer is sent again. */
  private async send(lines: readonly CommandLine[]): Promise<readonly ApiAnswer['body'][]> {
    const answers: ApiAnswer['body'][] = [];
    for (let from = 0; from < lines.length; from += CHUNK)
      answers.push(...(await this.sendChunk(lines.slice(from, from + CHUNK))));
    return answers;
  }

  private async sendChunk(lines: readonly CommandLine[]): Promise<readonly ApiAnswer['body'][]> {
    const { api, clock } = this.context;
    for (let tries = 1; tries <= TRIES; tries++) {
      const answers = await api.batch(lines).catch(() => []);
      const isDefinite = ({ status }: ApiAnswer['body']) => Number(status) < 500 && status !== 429 && status !== 408;
      if (answers.length === lines.length && answers.every(isDefinite)) return answers;
      await clock.sleep(retryDelayMs(tries, DELAYS), NEVER);
    }
    throw new TryAgain('Kontor has no answer: send the feed again');
  }
}

const NEVER = new AbortController().signal;

const textOf = (answer: ApiAnswer['body']): string => {
  const { title, detail, status, errors } = answer;
  return JSON.stringify(errors ?? detail ?? title ?? status);
};

import { KeyedQueue } from '#kernel';
import { type AdapterContext } from '../adapter.js';
import { emptiesTooMuch } from '../empties-too-much.js';
import { type ApiResponse } from '../kontor-api.js';
import { type Mappings } from '../mapping/mappings.js';
import { type FeedPlan, planFeed } from './feed-plan.js';
import { sendCounts } from './send-counts.js';
import { type StockFeedRows, type WrongRow } from './stock-feed-rows.js';

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
  /** SKUs whose stock was recorded, those that a full feed leaves out included. */
  readonly taken: number;
  /** SKUs that are absent from a full feed: their stock is 0 now. */
  readonly zeroed: number;
  /** SKUs of which Kontor knows something newer. */
  readonly skipped: number;
  /** At most 100. */
  readonly wrong: readonly WrongRow[];
  /** SKUs whose stock went to 0, at most 100. Absent from results of older versions, as are the following. */
  readonly zeroedSkus?: readonly string[];
  /** SKUs that Kontor has never had before, at most 100. */
  readonly newSkus?: readonly string[];
  /** SKUs that are absent and keep their stock, because the SKU of a wrong row cannot be read. At most 100. */
  readonly keptSkus?: readonly string[];
}

/** A feed that changes nothing until a person has released it, and what it would do. */
export interface HeldFeed {
  readonly held: true;
  readonly reason: string;
  readonly mode: ReceivedFeed['mode'];
  readonly sequence: number;
  readonly asOf: string;
  /** The number of rows, wrong ones included. */
  readonly rows: number;
  readonly wrong: readonly WrongRow[];
  /** SKUs that have stock, and would have none. */
  readonly zeroedSkus: readonly string[];
  readonly newSkus: readonly string[];
  readonly keptSkus: readonly string[];
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

/** Of each list in an answer to the supplier. */
const MAX_LISTED = 100;

interface StockFeedOptions {
  readonly context: AdapterContext;
  /** Id of the supplier's location. */
  readonly location: string;
  readonly mappings: Mappings;
  /** Percentage of the SKUs with stock; a feed that sets more of them to 0 is held. */
  readonly holdAbovePercent: number;
}

/**
 * Records the stock feeds of a supplier, one after the other. The ids of the commands follow from sequence and SKU, so a
 * feed that was interrupted is completed when the supplier sends it again.
 *
 * A feed that would set too many SKUs to 0 is held: it is stored, and changes nothing until a person releases it. A later
 * full feed replaces it; changes cannot be recorded meanwhile, because they follow upon it.
 */
export class StockFeed {
  /** The number of feeds that were refused since the start. */
  refused = 0;
  private last: FeedResult | undefined;
  private waiting: ReceivedFeed | undefined;
  private isLoaded = false;
  private readonly queue = new KeyedQueue();

  constructor(private readonly options: StockFeedOptions) {}

  get isHeld(): boolean {
    return this.waiting !== undefined;
  }

  /** What needs a person; undefined before the first look at {@link newest}. */
  get healthIssue(): string | undefined {
    const { context, location } = this.options;
    const [sequence, kept] = [this.waiting?.sequence, this.last?.keptSkus?.length ?? 0];
    if (sequence !== undefined)
      return `the stock feed ${sequence} of ${location} is held: see kontor channels feed ${context.name}`;
    return kept > 0
      ? `SKUs that the stock feed of ${location} leaves out keep their stock, because rows of it cannot be read`
      : undefined;
  }

  /** The result of the newest feed; undefined before the first. */
  async newest(): Promise<FeedResult | undefined> {
    const { mappings } = this.options;
    if (this.isLoaded) return this.last;
    this.last = await mappings.loadState<FeedResult>('feed');
    const held = await mappings.loadState<ReceivedFeed>('held-feed');
    this.waiting = held && held.sequence > (this.last?.sequence ?? -1) ? held : undefined;
    this.isLoaded = true;
    return this.last;
  }

  /** The feed that waits for a person, with all that it would do now; undefined where none does. */
  async held(): Promise<HeldFeed | undefined> {
    await this.newest();
    return this.waiting && heldFeedOf(this.waiting, await this.planOf(this.waiting));
  }

  /**
   * Records a feed, after those that are being recorded, or holds it.
   * @throws FeedRefused
   * @throws TransientError when Kontor does not answer: the supplier sends the feed again
   */
  record(feed: ReceivedFeed): Promise<FeedResult | HeldFeed> {
    return this.inTurn(async () => {
      const last = await this.newest();
      if (last?.sequence === feed.sequence) return last;
      this.check(feed);
      const plan = await this.planOf(feed);
      if (feed.mode === 'full' && plan.rows.length === 0) this.refuse(422, unreadableText(plan.wrong));
      if (!emptiesTooMuch(plan.zeroed.length, plan.stocked, this.options.holdAbovePercent))
        return this.apply(feed, plan);
      await this.hold(feed);
      return heldFeedOf(feed, plan, MAX_LISTED);
    });
  }

  /** Records the feed that is held. @throws FeedRefused where it is another @throws TransientError */
  release(sequence: number): Promise<FeedResult> {
    return this.inTurn(async () => {
      const feed = await this.heldWith(sequence);
      return this.apply(feed, await this.planOf(feed));
    });
  }

  /** Throws the feed away that is held. @throws FeedRefused where it is another */
  discard(sequence: number): Promise<void> {
    return this.inTurn(async () => {
      await this.heldWith(sequence);
      await this.hold(undefined);
    });
  }

  private inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    return this.queue.enqueue(this.options.location, work);
  }

  private async heldWith(sequence: number): Promise<ReceivedFeed> {
    await this.newest();
    const { waiting } = this;
    if (waiting?.sequence === sequence) return waiting;
    throw new FeedRefused(409, waiting ? `The feed that is held is ${waiting.sequence}` : 'No feed is held');
  }

  private async hold(feed: ReceivedFeed | undefined) {
    const { mappings, context } = this.options;
    if (feed) {
      await mappings.saveState('held-feed', feed);
      context.log('a stock feed is held', { sequence: feed.sequence });
    } else await mappings.remove('held-feed', 'held-feed');
    this.waiting = feed;
  }

  private async apply(feed: ReceivedFeed, plan: FeedPlan): Promise<FeedResult> {
    const counts = [...plan.rows, ...plan.absent.map((sku) => ({ row: 0, sku, quantity: 0 }))];
    const { context, location } = this.options;
    const answers = await sendCounts(context, location, { counts, feed });
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
      zeroed: plan.absent.length,
      skipped,
      wrong: [...plan.wrong, ...failed].slice(0, MAX_LISTED),
      ...listsOf(plan, MAX_LISTED),
    };
    await this.options.mappings.saveState('feed', this.last);
    if (this.waiting) await this.hold(undefined);
    return this.last;
  }

  private check(feed: ReceivedFeed) {
    const rule = RULES.find(({ applies }) => applies(feed, this.last, this.waiting));
    if (rule) this.refuse(rule.status, rule.why(this.last, this.waiting));
  }

  private refuse(status: number, message: string): never {
    this.refused++;
    throw new FeedRefused(status, message);
  }

  private async planOf(feed: ReceivedFeed): Promise<FeedPlan> {
    const { context, mappings, location } = this.options;
    const codes = [...feed.rows, ...feed.wrong].flatMap(({ sku }) => sku ?? []);
    const mapped = new Map((await mappings.findByTheirs('sku', codes)).map(({ theirs, ours }) => [theirs, ours]));
    const known = await context.db.query<{ sku: string }[]>(
      'SELECT DISTINCT sku FROM read.stock_position WHERE sku = ANY($1)',
      [[...codes, ...mapped.values()]],
    );
    const here = await context.db.query<{ sku: string; units: number }[]>(
      'SELECT sku, on_hand::float8 AS units FROM read.stock_position WHERE location_id = $1',
      [location],
    );
    const onHand = new Map(here.map(({ sku, units }) => [sku, units]));
    return planFeed(feed, { mapped, known: new Set(known.map(({ sku }) => sku)), onHand });
  }
}

interface Rule {
  readonly applies: (feed: ReceivedFeed, last?: FeedResult, held?: ReceivedFeed) => boolean;
  /** Of HTTP. */
  readonly status: number;
  readonly why: (last?: FeedResult, held?: ReceivedFeed) => string;
}

/** Why a feed is refused as a whole; the first that applies. */
const RULES: readonly Rule[] = [
  {
    applies: ({ sequence, asOf }, last) => last !== undefined && (sequence < last.sequence || asOf < last.asOf),
    status: 409,
    why: (last) => `It is older than feed ${last?.sequence} as of ${last?.asOf}, which was taken already`,
  },
  {
    applies: ({ sequence }, _, held) => held !== undefined && sequence < held.sequence,
    status: 409,
    why: (_, held) => `It is older than feed ${held?.sequence}, which is held`,
  },
  {
    applies: ({ sequence, mode }, _, held) => mode === 'delta' && held !== undefined && sequence > held.sequence,
    status: 409,
    why: (_, held) => `Feed ${held?.sequence} is held until a person has looked at it: send this one again after that`,
  },
  {
    applies: ({ mode, rows, wrong }) => mode === 'full' && rows.length + wrong.length === 0,
    status: 422,
    why: () => 'A full feed without rows would set all stock to 0',
  },
  {
    applies: ({ mode, rows }) => mode === 'full' && rows.some(({ delta }) => delta !== undefined),
    status: 422,
    why: () => 'The rows of a full feed must have a "quantity"',
  },
];

const listsOf = ({ zeroed, newSkus, kept }: FeedPlan, most: number) => ({
  zeroedSkus: zeroed.slice(0, most),
  newSkus: newSkus.slice(0, most),
  keptSkus: kept.slice(0, most),
});

const heldFeedOf = (feed: ReceivedFeed, plan: FeedPlan, most = Infinity): HeldFeed => ({
  held: true,
  reason: `It would set ${plan.zeroed.length} of ${plan.stocked} SKUs with stock to 0: a person must release or discard it`,
  mode: feed.mode,
  sequence: feed.sequence,
  asOf: feed.asOf,
  rows: feed.rows.length + feed.wrong.length,
  wrong: plan.wrong.slice(0, most),
  ...listsOf(plan, most),
});

const unreadableText = ([first]: readonly WrongRow[]) =>
  `No row of it can be read${first ? `; row ${first.row}: ${first.problem}` : ''}`;

const isStale = ({ type }: ApiResponse['body']) => type === '/problems/count-stale';

const problemText = ({ title, detail, status, errors }: ApiResponse['body']): string =>
  JSON.stringify(errors ?? detail ?? title ?? status);

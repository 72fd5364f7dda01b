import { type FastifyInstance } from 'fastify';
import { type AdapterContext } from '../adapter.js';
import { errorText, isUnavailable, type PartnerClient } from '../delivery/partner-client.js';
import { type RateLimitedCaller } from '../delivery/rate-limited-caller.js';
import { type MarketplaceOffer, type MarketplaceOffersAnswer } from './marketplace-api.js';

interface OfferFeedOptions {
  readonly context: AdapterContext;
  readonly client: PartnerClient;
  readonly caller: RateLimitedCaller;
  /** Offers in one request, at most. */
  readonly batchSize: number;
}

/** A mapped SKU whose availability or price the marketplace does not have yet. */
interface DueOffer {
  readonly ours: string;
  readonly theirs: string;
  /** Decimal text; null where staff have set none. */
  readonly price: string | null;
  readonly atp: number;
  readonly sequence: number;
}

const IDLE_MS = 250;
/** After a hint the table is read for this long, because the hint may come before the commit that it is about. */
const ACTIVE_AFTER_HINT_MS = 5_000;
const CHECK_WITHOUT_HINT_MS = 30_000;
const MAX_LISTED_ERRORS = 100;

const MAPPED_SKUS = `channels.mapping m JOIN channels.promise p ON p.channel = $2 AND p.sku = m.ours
  WHERE m.adapter = $1 AND m.kind = 'sku' AND p.sequence IS NOT NULL`;
/** `told` is the sequence of the availability that the marketplace has. */
const IS_DUE = `coalesce((m.data->>'told')::bigint, 0) < p.sequence`;

/**
 * Offers the mapped SKUs at the marketplace, each with its availability and price. Requests carry whatever is newest when
 * they are sent, so several changes of a SKU become one offer. What the marketplace has is stored with the mapping of the
 * SKU; to offer everything again is to delete that.
 */
export class OfferFeed {
  /** Why offers cannot be sent; undefined where they can. */
  healthIssue: string | undefined;
  private hintedAt = 0;

  constructor(private readonly options: OfferFeedOptions) {
    const { availability, channel } = options.context;
    availability.onChange(channel, () => {
      this.hintChange();
      return Promise.resolve();
    });
  }

  /** Hints that offers may be due, now or as soon as a transaction is committed. */
  hintChange(): void {
    this.hintedAt = this.options.context.clock.now();
  }

  /** Sends due offers until `signal` aborts. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.options.context;
    let checkedAt = 0;
    while (!signal.aborted) {
      const now = clock.now();
      const mayBeDue = now - this.hintedAt < ACTIVE_AFTER_HINT_MS || now - checkedAt > CHECK_WITHOUT_HINT_MS;
      if (mayBeDue) checkedAt = now;
      const worked = mayBeDue && (await this.trySendBatch(signal));
      if (worked) this.hintChange();
      else await clock.sleep(IDLE_MS, signal);
    }
  }

  /** `pending`: offers that are due; `rejected`: offers that the marketplace does not take as they are. */
  async status(): Promise<{ readonly pending: number; readonly rejected: number }> {
    const { db, name, channel } = this.options.context;
    const [row] = await db.query<{ pending: number; rejected: number }[]>(
      `SELECT count(*) FILTER (WHERE ${IS_DUE})::float8 AS pending,
         count(*) FILTER (WHERE m.data ? 'error')::float8 AS rejected FROM ${MAPPED_SKUS}`,
      [name, channel],
    );
    return row ?? { pending: 0, rejected: 0 };
  }

  /** Makes all offers due again. */
  async resendAll(): Promise<void> {
    const { db, name } = this.options.context;
    await db.query(`UPDATE channels.mapping SET data = data - 'told' WHERE adapter = $1 AND kind = 'sku'`, [name]);
    this.hintChange();
  }

  routes(app: FastifyInstance): void {
    app.get('/offers', { config: { scope: 'stock:read' } }, async () => ({
      ...(await this.status()),
      errors: await this.rejectedOffers(),
    }));
    app.post('/offers/full', { config: { scope: 'ops:write' } }, async (_request, reply) => {
      await this.resendAll();
      return reply.code(202).send(await this.status());
    });
  }

  private async trySendBatch(signal: AbortSignal): Promise<boolean> {
    try {
      return await this.sendBatch(signal);
    } catch (error) {
      if (!signal.aborted && this.healthIssue === undefined)
        this.options.context.log('offers cannot be sent', { error: errorText(error) });
      this.healthIssue = signal.aborted ? undefined : errorText(error);
      this.hintChange();
      return false;
    }
  }

  /** @returns whether anything was due */
  private async sendBatch(signal: AbortSignal): Promise<boolean> {
    const { client, caller, batchSize } = this.options;
    if ((await this.dueOffers(1)).length === 0) return false;
    const request = async () => {
      const due = await this.dueOffers(batchSize); // only now, so that the request carries the newest
      const answer = await client.request('POST', '/offers', { body: { offers: due.map(offerOf) }, signal });
      return { ...answer, due, available: answer.status < 500 && !isUnavailable(answer) };
    };
    const { status, body, due } = await caller.call(request, signal);
    if (status !== 200) throw new Error(`Offers were answered with ${status}`);
    await this.recordSent(due, (body as MarketplaceOffersAnswer).rejected);
    this.healthIssue = undefined;
    return true;
  }

  private dueOffers(limit: number): Promise<DueOffer[]> {
    const { db, name, channel } = this.options.context;
    return db.query(
      `SELECT m.ours, m.theirs, m.data->>'price' AS price, (p.state->>'atp')::float8 AS atp, p.sequence::float8
       FROM ${MAPPED_SKUS} AND ${IS_DUE} ORDER BY p.sequence LIMIT $3`,
      [name, channel, limit],
    );
  }

  /** A mapping that staff have changed since the offer was read stays due. */
  private async recordSent(due: readonly DueOffer[], rejected: MarketplaceOffersAnswer['rejected']) {
    const errors = new Map(rejected.map(({ sku, error }) => [sku, error]));
    const rows = due.map(({ ours, theirs, price, sequence }) => {
      return { ours, theirs, price, sequence, error: errors.get(theirs) };
    });
    await this.options.context.db.query(
      `UPDATE channels.mapping m
       SET data = m.data - 'error' || jsonb_strip_nulls(jsonb_build_object('told', t.sequence, 'error', t.error))
       FROM jsonb_to_recordset($2) AS t(ours text, theirs text, price text, sequence bigint, error text)
       WHERE m.adapter = $1 AND m.kind = 'sku' AND m.ours = t.ours AND m.theirs = t.theirs
         AND m.data->>'price' IS NOT DISTINCT FROM t.price`,
      [this.options.context.name, JSON.stringify(rows)],
    );
  }

  private rejectedOffers(): Promise<readonly object[]> {
    return this.options.context.db.query(
      `SELECT ours, theirs, data->>'error' AS error FROM channels.mapping
       WHERE adapter = $1 AND kind = 'sku' AND data ? 'error' ORDER BY ours LIMIT ${MAX_LISTED_ERRORS}`,
      [this.options.context.name],
    );
  }
}

const offerOf = ({ theirs: sku, price, atp: quantity, sequence: version }: DueOffer): MarketplaceOffer => ({
  sku,
  quantity,
  ...(price !== null && { price }),
  version,
});

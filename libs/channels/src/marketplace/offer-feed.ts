import { type FastifyInstance } from 'fastify';
import { type AdapterContext } from '../adapter.js';
import { isAway, type JsonSide, textOf } from '../outbox/json-side.js';
import { type Turns } from '../outbox/turns.js';
import { type TheirOffer, type TheirOffersAnswer } from './their-language.js';

interface Parts {
  readonly context: AdapterContext;
  readonly side: JsonSide;
  readonly turns: Turns;
  /** Most offers in one request. */
  readonly batch: number;
}

/** A line of the mapping of SKUs whose promise, or price, is not told yet. */
interface Due {
  readonly ours: string;
  readonly theirs: string;
  readonly price: string | null;
  readonly atp: number;
  readonly sequence: number;
}

const IDLE_MS = 250;
/** Without a hint, it looks again whether anything is due. */
const LOOKS_EVERY_MS = 30_000;

const OF_ADAPTER = `channels.mapping m JOIN channels.promise p ON p.channel = $2 AND p.sku = m.ours
  WHERE m.adapter = $1 AND m.kind = 'sku' AND p.sequence IS NOT NULL`;
const IS_DUE = `coalesce((m.data->>'told')::bigint, 0) < p.sequence`;

/**
 * Tells the marketplace what can be sold of each mapped SKU, and at what price. It sends what is newest in batches, so
 * that SKUs which change while it waits for its turn are told once. What was told is kept beside the mapping: a feed of
 * everything is one that forgets it.
 */
export class OfferFeed {
  trouble: string | undefined;
  private stirredAt = 0;

  constructor(private readonly parts: Parts) {
    const { promises, channel } = parts.context;
    promises.onChange(channel, () => {
      this.stir();
      return Promise.resolve();
    });
  }

  /** Something may be due; it may also not be committed yet. */
  stir(): void {
    this.stirredAt = this.parts.context.clock.now();
  }

  /** Until `signal` aborts. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.parts.context;
    let lookedAt = 0;
    while (!signal.aborted) {
      const now = clock.now();
      const stirred = now - this.stirredAt < 5_000 || now - lookedAt > LOOKS_EVERY_MS;
      if (stirred) lookedAt = now;
      const worked =
        stirred &&
        (await this.round(signal).catch((error: unknown) => {
          if (!signal.aborted && this.trouble === undefined) log('offers are not told', { error: textOf(error) });
          this.trouble = signal.aborted ? undefined : textOf(error);
          this.stir();
        }));
      if (!worked) await clock.sleep(IDLE_MS, signal);
      else this.stir();
    }
  }

  /** `pending`: not told yet; `rejected`: the marketplace does not take them as they are. */
  async status(): Promise<{ readonly pending: number; readonly rejected: number }> {
    const { db, name, channel } = this.parts.context;
    const [row] = await db.query<{ pending: number; rejected: number }[]>(
      `SELECT count(*) FILTER (WHERE ${IS_DUE})::float8 AS pending,
         count(*) FILTER (WHERE m.data ? 'error')::float8 AS rejected FROM ${OF_ADAPTER}`,
      [name, channel],
    );
    return row ?? { pending: 0, rejected: 0 };
  }

  /** Everything is told again. */
  async again(): Promise<void> {
    const { db, name } = this.parts.context;
    await db.query(`UPDATE channels.mapping SET data = data - 'told' WHERE adapter = $1 AND kind = 'sku'`, [name]);
    this.stir();
  }

  routes(app: FastifyInstance): void {
    app.get('/offers', { config: { scope: 'stock:read' } }, async () => ({
      ...(await this.status()),
      errors: await this.errors(),
    }));
    app.post('/offers/full', { config: { scope: 'ops:write' } }, async (_request, reply) => {
      await this.again();
      return reply.code(202).send(await this.status());
    });
  }

  private async round(signal: AbortSignal): Promise<boolean> {
    const { side, turns } = this.parts;
    if ((await this.due(1)).length === 0) return false;
    const tell = async () => {
      const due = await this.due(this.parts.batch); // as late as can be
      const offers = due.map(offerOf);
      const answer = await side.ask('POST', '/offers', { body: { offers }, signal });
      return { ...answer, due, works: answer.status < 500 && !isAway(answer) };
    };
    const { status, body, due } = await turns.take(tell, signal);
    if (status !== 200) throw new Error(`Offers were answered with ${status}`);
    await this.told(due, (body as TheirOffersAnswer).rejected);
    this.trouble = undefined;
    return true;
  }

  private due(limit: number): Promise<Due[]> {
    const { db, name, channel } = this.parts.context;
    return db.query(
      `SELECT m.ours, m.theirs, m.data->>'price' AS price, (p.state->>'atp')::float8 AS atp, p.sequence::float8
       FROM ${OF_ADAPTER} AND ${IS_DUE} ORDER BY p.sequence LIMIT $3`,
      [name, channel, limit],
    );
  }

  /** Where the mapping was changed meanwhile, it is told again. */
  private async told(due: readonly Due[], rejected: TheirOffersAnswer['rejected']) {
    const errors = new Map(rejected.map(({ sku, error }) => [sku, error]));
    const rows = due.map(({ ours, theirs, price, sequence }) => ({
      ours,
      theirs,
      price,
      sequence,
      error: errors.get(theirs),
    }));
    await this.parts.context.db.query(
      `UPDATE channels.mapping m
       SET data = m.data - 'error' || jsonb_strip_nulls(jsonb_build_object('told', t.sequence, 'error', t.error))
       FROM jsonb_to_recordset($2) AS t(ours text, theirs text, price text, sequence bigint, error text)
       WHERE m.adapter = $1 AND m.kind = 'sku' AND m.ours = t.ours AND m.theirs = t.theirs
         AND m.data->>'price' IS NOT DISTINCT FROM t.price`,
      [this.parts.context.name, JSON.stringify(rows)],
    );
  }

  private errors(): Promise<readonly object[]> {
    return this.parts.context.db.query(
      `SELECT ours, theirs, data->>'error' AS error FROM channels.mapping
       WHERE adapter = $1 AND kind = 'sku' AND data ? 'error' ORDER BY ours LIMIT 100`,
      [this.parts.context.name],
    );
  }
}

const offerOf = ({ theirs: sku, price, atp: quantity, sequence: version }: Due): TheirOffer => ({
  sku,
  quantity,
  ...(price !== null && { price }),
  version,
});

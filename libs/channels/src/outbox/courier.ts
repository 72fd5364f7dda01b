import { type DataSource } from 'typeorm';
import { retryDelayMs } from '#kernel';
import { type Clock, systemClock } from '../clock.js';
import { EndpointHealth } from './endpoint-health.js';
import { Leases } from './leases.js';
import { type Delivery, DELIVERY_COLUMNS, type EndpointRef, prune } from './outbox.js';
import { Pace, type PaceLimits } from './pace.js';

/** What became of an attempt. */
export type Attempt =
  | { readonly outcome: 'delivered' }
  /** The endpoint does not work now: nobody's message is to blame, all of them wait. `waitMs`: as it asked for. */
  | { readonly outcome: 'unavailable'; readonly error: string; readonly waitMs?: number }
  /** It answered, and does not take this message. Others may pass, but those of the same key. */
  | { readonly outcome: 'refused'; readonly error: string }
  /** It wants nothing any more. */
  | { readonly outcome: 'gone'; readonly error: string };

export interface CourierOptions extends PaceLimits {
  readonly db: DataSource;
  readonly to: EndpointRef;
  /** Never throws but for a bug; ends when `signal` aborts. */
  readonly send: (delivery: Delivery, signal: AbortSignal) => Promise<Attempt>;
  /** Refusals after which a message is a dead letter. */
  readonly attempts: number;
  /** Nothing else than trouble for so long: the endpoint is disabled. */
  readonly disableAfterMs: number;
  readonly clock?: Clock;
  readonly random?: () => number;
  readonly log?: (message: string, details: object) => void;
}

const REQUEST_MS = 20_000;
const IDLE_MS = 200;
const BUSY_MS = 20;
const REFUSAL_DELAYS = { firstMs: 2_000, maxMs: 3_600_000 };
const PRUNE_EVERY_MS = 3_600_000;
/** What was delivered can be replayed for so long. */
const KEPT_MS = 30 * 86_400_000;

/**
 * Carries an outbox to one endpoint. In flight is at most one message of a key, the oldest; a message stays until it is
 * delivered or dead. Several couriers, and one that was killed, do no harm: what one has in hand is leased.
 */
export class Courier {
  private readonly clock: Clock;
  private readonly random: () => number;
  private readonly pace: Pace;
  private pruneAt = 0;
  private readonly inFlight = new Set<Promise<void>>();
  private readonly leases: Leases;
  private readonly health: EndpointHealth;

  constructor(private readonly options: CourierOptions) {
    this.clock = options.clock ?? systemClock;
    this.random = options.random ?? Math.random;
    this.pace = new Pace(options, this.clock.now(), this.random);
    this.health = new EndpointHealth(options);
    this.leases = new Leases(options.db);
  }

  /** Runs until `signal` aborts. Never rejects: while PostgreSQL is away, it waits. */
  async run(signal: AbortSignal): Promise<void> {
    let begun = false;
    while (!signal.aborted) {
      try {
        if (!begun) await this.health.begin();
        begun = true;
        const pause = await this.round(signal);
        if (pause > 0) await this.clock.sleep(pause, signal);
      } catch (error) {
        this.options.log?.('courier failed, trying again', { ...this.options.to, error: String(error) });
        await this.clock.sleep(1_000, signal);
      }
    }
    await Promise.allSettled(this.inFlight);
  }

  /** @returns ms to wait before the next round */
  private async round(signal: AbortSignal): Promise<number> {
    await this.leases.renew(this.clock.now());
    const room = this.pace.room(this.clock.now());
    if (room === 0) return Math.min(this.inFlight.size > 0 ? BUSY_MS : Infinity, this.pace.pause(this.clock.now()));
    await this.tidy();
    const claimed = await this.claim(room);
    for (const delivery of claimed) {
      this.pace.started();
      const work = this.carry(delivery, signal).finally(() => this.inFlight.delete(work));
      this.inFlight.add(work);
    }
    return claimed.length < room ? IDLE_MS : 0;
  }

  private async tidy() {
    const now = this.clock.now();
    if (now < this.pruneAt) return;
    this.pruneAt = now + PRUNE_EVERY_MS;
    await prune(this.options.db, this.options.to, now - KEPT_MS);
  }

  /** The oldest of each key, those with the fewest attempts first: no message keeps an endpoint from coming back. */
  private async claim(count: number): Promise<readonly Delivery[]> {
    const { adapter, endpoint } = this.options.to;
    const now = this.clock.now();
    const end = this.leases.endOf(now);
    const [rows] = await this.options.db.query<[Delivery[], number]>(
      `UPDATE channels.delivery SET next_at = $4 WHERE id IN (
         SELECT id FROM channels.delivery d
         WHERE adapter = $1 AND endpoint = $2 AND state = 'pending' AND next_at <= $3 AND id <> ALL ($6)
           AND d.id = (SELECT e.id FROM channels.delivery e WHERE e.adapter = $1 AND e.endpoint = $2 AND e.key = d.key
                         AND e.state = 'pending' ORDER BY e.id LIMIT 1)
           AND EXISTS (SELECT FROM channels.endpoint WHERE adapter = $1 AND endpoint = $2 AND disabled_at IS NULL)
         ORDER BY attempts, next_at, id LIMIT $5 FOR UPDATE SKIP LOCKED)
       RETURNING ${DELIVERY_COLUMNS}`,
      [adapter, endpoint, new Date(now), end, count, this.leases.ids],
    );
    for (const { id } of rows) this.leases.add(id, end);
    return rows.toSorted((one, other) => one.id - other.id);
  }

  private async carry(delivery: Delivery, signal: AbortSignal) {
    const attempt = await this.attempt(delivery, signal);
    this.leases.drop(delivery.id);
    if (attempt === undefined) return; // this is the end: it is leased, and comes again
    const works = attempt.outcome === 'delivered' || attempt.outcome === 'refused';
    this.pace.ended(this.clock.now(), works, attempt.outcome === 'unavailable' ? attempt.waitMs : 0);
    await this.keep(delivery, attempt).catch((error: unknown) =>
      this.options.log?.('an answer was not kept, the message is sent again', {
        ...this.options.to,
        error: String(error),
      }),
    );
  }

  private async attempt(delivery: Delivery, signal: AbortSignal): Promise<Attempt | undefined> {
    try {
      return await this.options.send(delivery, AbortSignal.any([signal, AbortSignal.timeout(REQUEST_MS)]));
    } catch (error) {
      return signal.aborted ? undefined : { outcome: 'refused', error: String(error) };
    }
  }

  private async keep(delivery: Delivery, attempt: Attempt) {
    const now = this.clock.now();
    switch (attempt.outcome) {
      case 'delivered':
        await this.update(delivery, { state: 'delivered', attempts: delivery.attempts + 1, at: now, error: null });
        return this.health.works();
      case 'refused': {
        const attempts = delivery.attempts + 1;
        const state = attempts >= this.options.attempts ? 'dead' : 'pending';
        await this.update(delivery, {
          state,
          attempts,
          at: now + retryDelayMs(attempts, REFUSAL_DELAYS, this.random),
          error: attempt.error,
        });
        if (state === 'dead') this.options.log?.('a message was given up', aboutOf(delivery, attempt.error));
        return this.health.works();
      }
      case 'unavailable':
        await this.update(delivery, { state: 'pending', attempts: delivery.attempts, at: now, error: attempt.error });
        return this.health.fails(now, attempt.error);
      case 'gone':
        await this.update(delivery, { state: 'pending', attempts: delivery.attempts, at: now, error: attempt.error });
        return this.health.disable(now, attempt.error);
    }
  }

  private async update({ id }: Delivery, to: { state: string; attempts: number; at: number; error: string | null }) {
    await this.options.db.query(
      `UPDATE channels.delivery SET state = $2, attempts = $3, next_at = $4, last_error = $5,
         delivered_at = CASE WHEN $2 = 'delivered' THEN $4::timestamptz END
       WHERE id = $1`,
      [id, to.state, to.attempts, new Date(to.at), to.error],
    );
  }
}

const aboutOf = ({ adapter, endpoint, messageId, type }: Delivery, error: string) => ({
  adapter,
  endpoint,
  messageId,
  type,
  error,
});

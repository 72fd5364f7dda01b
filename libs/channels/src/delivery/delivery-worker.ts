import { type DataSource } from 'typeorm';
import { retryDelayMs } from '#kernel';
import { type Clock, systemClock } from '../clock.js';
import { AdaptiveRate, type RateLimits } from './adaptive-rate.js';
import { DeliveryLeases } from './delivery-leases.js';
import { EndpointHealth } from './endpoint-health.js';
import { deleteDelivered, type Delivery, DELIVERY_COLUMNS, type EndpointRef } from './outbox.js';

/** What became of one attempt to send a message. */
export type DeliveryResult =
  | { readonly outcome: 'delivered' }
  /** The endpoint does not answer, which is not the fault of any message: all messages to it wait. */
  | {
      readonly outcome: 'unavailable';
      readonly error: string;
      /** The pause that the endpoint asked for. */
      readonly retryAfterMs?: number;
    }
  /** The endpoint answered and does not take this message. Messages of other keys go on. */
  | { readonly outcome: 'refused'; readonly error: string }
  /** The endpoint wants no messages any more. */
  | { readonly outcome: 'gone'; readonly error: string };

export interface DeliveryWorkerOptions extends RateLimits {
  readonly db: DataSource;
  readonly endpoint: EndpointRef;
  /** Sends a message once. Must end when `signal` aborts; an error that it throws counts as a refusal. */
  readonly send: (delivery: Delivery, signal: AbortSignal) => Promise<DeliveryResult>;
  /** A message that was refused this often is a dead letter. */
  readonly maxAttempts: number;
  /** An endpoint that has not answered for this long is disabled. */
  readonly disableAfterMs: number;
  readonly clock?: Clock;
  /** A number from 0 up to but not including 1, for jitter. */
  readonly random?: () => number;
  readonly log?: (message: string, details: object) => void;
}

const SEND_TIMEOUT_MS = 20_000;
const IDLE_MS = 200;
const BUSY_MS = 20;
const RETRY_AFTER_ERROR_MS = 1_000;
const REFUSAL_DELAYS = { firstMs: 2_000, maxMs: 3_600_000 };
const CLEAN_UP_EVERY_MS = 3_600_000;
/** Delivered messages can be replayed for this long. */
const KEEP_DELIVERED_MS = 30 * 86_400_000;

/**
 * Sends the messages of the outbox to one endpoint. At most one message of each key is in flight, the oldest; a message
 * stays in the outbox until it is delivered or dead. Several workers may serve the same endpoint, and a worker may be
 * killed: messages in flight are leased.
 */
export class DeliveryWorker {
  private readonly clock: Clock;
  private readonly random: () => number;
  private readonly rate: AdaptiveRate;
  private readonly leases: DeliveryLeases;
  private readonly health: EndpointHealth;
  private readonly inFlight = new Set<Promise<void>>();
  private cleanUpAt = 0;

  constructor(private readonly options: DeliveryWorkerOptions) {
    this.clock = options.clock ?? systemClock;
    this.random = options.random ?? Math.random;
    this.rate = new AdaptiveRate(options, this.clock.now(), this.random);
    this.health = new EndpointHealth(options);
    this.leases = new DeliveryLeases(options.db);
  }

  /** Returns when `signal` aborts and nothing is in flight. Never rejects: while PostgreSQL is unavailable, it waits. */
  async run(signal: AbortSignal): Promise<void> {
    let isLoaded = false;
    while (!signal.aborted) {
      try {
        if (!isLoaded) await this.health.load();
        isLoaded = true;
        const waitMs = await this.sendDue(signal);
        if (waitMs > 0) await this.clock.sleep(waitMs, signal);
      } catch (error) {
        this.log('messages cannot be read from the outbox, trying again', { error: String(error) });
        await this.clock.sleep(RETRY_AFTER_ERROR_MS, signal);
      }
    }
    await Promise.allSettled(this.inFlight);
  }

  /** Starts as many deliveries as the rate admits. @returns milliseconds to wait before the next round */
  private async sendDue(signal: AbortSignal): Promise<number> {
    await this.leases.renew(this.clock.now());
    const available = this.rate.availableRequests(this.clock.now());
    if (available === 0)
      return Math.min(this.inFlight.size > 0 ? BUSY_MS : Infinity, this.rate.waitMs(this.clock.now()));
    await this.cleanUp();
    const claimed = await this.claim(available);
    for (const delivery of claimed) {
      this.rate.requestStarted();
      const work = this.deliver(delivery, signal).finally(() => this.inFlight.delete(work));
      this.inFlight.add(work);
    }
    return claimed.length < available ? IDLE_MS : 0;
  }

  private async cleanUp() {
    const now = this.clock.now();
    if (now < this.cleanUpAt) return;
    this.cleanUpAt = now + CLEAN_UP_EVERY_MS;
    await deleteDelivered(this.options.db, this.options.endpoint, now - KEEP_DELIVERED_MS);
  }

  /**
   * Leases the oldest due message of each key. Messages with few attempts come first, so that a message which is always
   * refused does not decide whether an endpoint counts as available.
   */
  private async claim(count: number): Promise<readonly Delivery[]> {
    const { adapter, endpoint } = this.options.endpoint;
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

  private async deliver(delivery: Delivery, signal: AbortSignal) {
    const result = await this.trySend(delivery, signal);
    this.leases.drop(delivery.id);
    if (result === undefined) return; // the worker stops; the message is sent again when its lease ends
    const answered = result.outcome === 'delivered' || result.outcome === 'refused';
    this.rate.requestEnded(this.clock.now(), answered, result.outcome === 'unavailable' ? result.retryAfterMs : 0);
    await this.record(delivery, result).catch((error: unknown) =>
      this.log('the result of a delivery was not recorded, the message is sent again', { error: String(error) }),
    );
  }

  /** @returns undefined when the worker is being stopped, and it is not known whether the message arrived */
  private async trySend(delivery: Delivery, signal: AbortSignal): Promise<DeliveryResult | undefined> {
    try {
      return await this.options.send(delivery, AbortSignal.any([signal, AbortSignal.timeout(SEND_TIMEOUT_MS)]));
    } catch (error) {
      return signal.aborted ? undefined : { outcome: 'refused', error: String(error) };
    }
  }

  private async record(delivery: Delivery, result: DeliveryResult) {
    const now = this.clock.now();
    const { attempts } = delivery;
    switch (result.outcome) {
      case 'delivered':
        await this.update(delivery, { state: 'delivered', attempts: attempts + 1, at: now, error: null });
        return this.health.recordAnswer();
      case 'refused':
        await this.recordRefusal(delivery, result.error, now);
        return this.health.recordAnswer();
      case 'unavailable':
        await this.update(delivery, { state: 'pending', attempts, at: now, error: result.error });
        return this.health.recordFailure(now, result.error);
      case 'gone':
        await this.update(delivery, { state: 'pending', attempts, at: now, error: result.error });
        return this.health.disable(now, result.error);
    }
  }

  private async recordRefusal(delivery: Delivery, error: string, now: number) {
    const attempts = delivery.attempts + 1;
    const state = attempts >= this.options.maxAttempts ? 'dead' : 'pending';
    const at = now + retryDelayMs(attempts, REFUSAL_DELAYS, this.random);
    await this.update(delivery, { state, attempts, at, error });
    const { messageId, type } = delivery;
    if (state === 'dead') this.log('a message is a dead letter', { messageId, type, error });
  }

  private async update({ id }: Delivery, to: { state: string; attempts: number; at: number; error: string | null }) {
    await this.options.db.query(
      `UPDATE channels.delivery SET state = $2, attempts = $3, next_at = $4, last_error = $5,
         delivered_at = CASE WHEN $2 = 'delivered' THEN $4::timestamptz END
       WHERE id = $1`,
      [id, to.state, to.attempts, new Date(to.at), to.error],
    );
  }

  private log(message: string, details: object) {
    this.options.log?.(message, { ...this.options.endpoint, ...details });
  }
}

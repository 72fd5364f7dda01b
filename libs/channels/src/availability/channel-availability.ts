import { type DataSource, type EntityManager } from 'typeorm';
import { idOf, laterOf, type Position } from '#event-store';
import { type NetworkDirectory } from '#network';
import { type PositionWaiter } from '#projections';
import { type Availability, type KitDirectory, parseStockStream } from '#stock';
import { type Clock, systemClock } from '../clock.js';
import { type PublishedEventConsumer } from '../inbox/published-event-consumer.js';
import { type PublishedEvent } from '../inbox/published-event.js';
import { TransientError } from '../transient-error.js';
import { type AvailabilityDelta, saveAvailability } from './availability-deltas.js';

/** Receives changes in the transaction that stores them. */
export type AvailabilityListener = (deltas: readonly AvailabilityDelta[], tx: EntityManager) => Promise<void>;

interface AvailabilitySources {
  readonly db: DataSource;
  readonly network: NetworkDirectory;
  readonly kits: Pick<KitDirectory, 'kitsWithAnyOf' | 'waitUntilReached'>;
  readonly positions: PositionWaiter;
  readonly availability: Pick<Availability, 'forSkus'>;
}

/** A SKU whose availability has to be computed again. */
interface RequestedSku {
  readonly sku: string;
  /** The computed state must include every event up to this position. */
  readonly requested: Position;
}

/** All SKUs that have stock or had availability before, kits included. */
const ALL_SKUS = 'SELECT sku FROM read.stock_position UNION SELECT sku FROM channels.promise';
const CHUNK_SIZE = 500;
const READ_MODEL_TIMEOUT_MS = 10_000;
const IDLE_MS = 100;
const RETRY_AFTER_ERROR_MS = 1_000;

/**
 * Knows what each channel can sell, and publishes changes to the adapters.
 *
 * An event only marks the SKUs that it may affect, in the transaction of the inbox. A separate loop computes the marked
 * SKUs once the read models include the event, and stores and publishes what has changed: one delta for however many
 * events. In the table channels.promise, `wanted` is the position up to which the state was requested and `told` the
 * position up to which it is computed and published.
 */
export class ChannelAvailability implements PublishedEventConsumer {
  readonly name = 'channel-promises';
  readonly categories = ['stock', 'kit', 'location', 'channel'];
  private readonly listeners = new Map<string, AvailabilityListener[]>();

  constructor(
    private readonly channels: readonly string[],
    private readonly sources: AvailabilitySources,
    private readonly clock: Clock = systemClock,
  ) {}

  onChange(channel: string, listener: AvailabilityListener): void {
    this.listeners.set(channel, [...(this.listeners.get(channel) ?? []), listener]);
  }

  /** Marks the SKUs whose availability the event may have changed. */
  async handle({ stream, position }: PublishedEvent, tx: EntityManager): Promise<void> {
    const skus = await this.affectedSkus(stream, position);
    if (skus === undefined) return this.requestAll(tx, position);
    await tx.query(
      `INSERT INTO channels.promise AS p (channel, sku, wanted)
       SELECT c, s, $3 FROM unnest($1::text[]) c, unnest($2::text[]) s
       ON CONFLICT (channel, sku) DO UPDATE SET wanted = greatest(p.wanted, excluded.wanted)`,
      [this.channels, skus, position],
    );
  }

  /** Computes and publishes marked SKUs until `signal` aborts. Never rejects. */
  async run(signal: AbortSignal, log: (message: string, details: object) => void = () => undefined): Promise<void> {
    let isPrepared = false;
    while (!signal.aborted) {
      try {
        if (!isPrepared) await this.requestMissing();
        isPrepared = true;
        if (!(await this.publishRequested())) await this.clock.sleep(IDLE_MS, signal);
      } catch (error) {
        log('the availability of channels is not up to date, trying again', { error: String(error) });
        await this.clock.sleep(RETRY_AFTER_ERROR_MS, signal);
      }
    }
  }

  /** The changes of a channel after a sequence, the oldest first. From 0 on, that is one for every SKU. */
  async changesAfter(channel: string, sequence: number, limit = 1_000): Promise<readonly AvailabilityDelta[]> {
    const rows = await this.sources.db.query<{ delta: AvailabilityDelta }[]>(
      `SELECT state || jsonb_build_object('sequence', sequence, 'position', told) AS delta FROM channels.promise
       WHERE channel = $1 AND sequence > $2 ORDER BY sequence LIMIT $3`,
      [channel, sequence, limit],
    );
    return rows.map(({ delta }) => delta);
  }

  /** The number of SKUs, over all channels, that are marked and not published yet. */
  async pendingCount(): Promise<number> {
    const [row] = await this.sources.db.query<{ count: number }[]>(
      'SELECT count(*)::float8 AS count FROM channels.promise WHERE wanted > told AND channel = ANY($1)',
      [this.channels],
    );
    return row?.count ?? 0;
  }

  /** @returns whether there was anything to publish */
  private async publishRequested(): Promise<boolean> {
    let worked = false;
    for (const channel of this.channels) {
      const requested = await this.sources.db.query<RequestedSku[]>(
        `SELECT sku, wanted::float8 AS requested FROM channels.promise
         WHERE channel = $1 AND wanted > told ORDER BY wanted LIMIT $2`,
        [channel, CHUNK_SIZE],
      );
      if (requested.length === 0) continue;
      await this.publishSkus(channel, requested);
      worked = true;
    }
    return worked;
  }

  private async publishSkus(channel: string, skus: readonly RequestedSku[]) {
    const { network, positions, availability, db } = this.sources;
    const position = skus.map(({ requested }) => requested).reduce(laterOf);
    if (!(await positions.reached(position, READ_MODEL_TIMEOUT_MS)))
      throw new Error('The read models are behind: availability waits for them');
    if (!network.channel(channel)) return this.dismiss(channel, skus); // configuring the channel marks all SKUs again
    const states = await availability.forSkus(
      channel,
      skus.map(({ sku }) => sku),
    );
    await db.transaction(async (tx) => {
      const deltas = await saveAvailability(tx, channel, { states, position });
      for (const listener of this.listeners.get(channel) ?? []) await listener(deltas, tx);
    });
  }

  /** @returns undefined where all SKUs may be affected */
  private async affectedSkus(stream: string, position: Position): Promise<readonly string[] | undefined> {
    const { kits } = this.sources;
    if (stream.startsWith('kit-')) {
      if (!(await kits.waitUntilReached(position, READ_MODEL_TIMEOUT_MS)))
        throw new TransientError('The directory of kits is behind');
      return [idOf(stream)];
    }
    if (!stream.startsWith('stock-')) return undefined;
    const { sku } = parseStockStream(stream);
    return [sku, ...kits.kitsWithAnyOf(new Set([sku])).map((kit) => kit.sku)];
  }

  private async dismiss(channel: string, skus: readonly RequestedSku[]) {
    await this.sources.db.query(
      `UPDATE channels.promise p SET told = r.requested
       FROM unnest($2::text[], $3::bigint[]) AS r(sku, requested) WHERE p.channel = $1 AND p.sku = r.sku`,
      [channel, skus.map(({ sku }) => sku), skus.map(({ requested }) => requested)],
    );
  }

  /** Marks all SKUs after an event of a location or a channel, once the directory of the network includes the event. */
  private async requestAll(tx: EntityManager, position: Position) {
    if (!(await this.sources.network.waitUntilReached(position, READ_MODEL_TIMEOUT_MS)))
      throw new TransientError('The directory of the network is behind: availability waits for it');
    await tx.query(
      `INSERT INTO channels.promise AS p (channel, sku, wanted)
       SELECT c, sku, $2 FROM unnest($1::text[]) c, (${ALL_SKUS}) AS skus
       ON CONFLICT (channel, sku) DO UPDATE SET wanted = greatest(p.wanted, excluded.wanted)`,
      [this.channels, position],
    );
  }

  /** Marks all SKUs of channels that have no availability yet. */
  private async requestMissing() {
    await this.sources.db.query(
      `INSERT INTO channels.promise (channel, sku, wanted)
       SELECT c, sku, 1 FROM unnest($1::text[]) c, (${ALL_SKUS}) AS skus
       ON CONFLICT (channel, sku) DO NOTHING`,
      [this.channels],
    );
  }
}

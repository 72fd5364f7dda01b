import { type DataSource, type EntityManager } from 'typeorm';
import { idOf, type Position, laterOf } from '#event-store';
import { type NetworkDirectory } from '#network';
import { type PositionWaiter } from '#projections';
import { type Availability, type KitDirectory, parseStockStream } from '#stock';
import { type Clock, systemClock } from '../clock.js';
import { type PublishedConsumer } from '../consuming/published-consumer.js';
import { type PublishedEvent } from '../consuming/published-event.js';
import { TryAgain } from '../consuming/try-again.js';
import { keepPromises, type Promised } from './keep-promises.js';

/** Hears of changes in the transaction that keeps them. */
export type OnPromises = (changes: readonly Promised[], tx: EntityManager) => Promise<void>;

interface Sources {
  readonly db: DataSource;
  readonly network: NetworkDirectory;
  readonly kits: Pick<KitDirectory, 'kitsWithAnyOf' | 'waitUntilReached'>;
  readonly positions: PositionWaiter;
  readonly availability: Pick<Availability, 'forSkus'>;
}

interface Wanted {
  readonly sku: string;
  readonly wanted: Position;
}

/** All that anybody was ever promised, kits too. */
const SKUS = 'SELECT sku FROM read.stock_position UNION SELECT sku FROM channels.promise';
const CHUNK = 500;
const PATIENCE_MS = 10_000;
const IDLE_MS = 100;

/**
 * What each channel can promise, kept beside what it was told, so that only changes are told: one delta for however many
 * events. A SKU is marked in the inbox of the events that touch it, and looked up once the read models have them.
 */
export class Promises implements PublishedConsumer {
  readonly name = 'channel-promises';
  readonly categories = ['stock', 'kit', 'location', 'channel'];
  private readonly listeners = new Map<string, OnPromises[]>();

  constructor(
    private readonly channels: readonly string[],
    private readonly sources: Sources,
    private readonly clock: Clock = systemClock,
  ) {}

  onChange(channel: string, listener: OnPromises): void {
    this.listeners.set(channel, [...(this.listeners.get(channel) ?? []), listener]);
  }

  /** Of a published event: the SKUs that it touches may be promised otherwise now. */
  async handle({ stream, position }: PublishedEvent, tx: EntityManager): Promise<void> {
    const skus = await this.touchedBy(stream, position);
    if (skus === undefined) return this.markAll(tx, position);
    await tx.query(
      `INSERT INTO channels.promise AS p (channel, sku, wanted)
       SELECT c, s, $3 FROM unnest($1::text[]) c, unnest($2::text[]) s
       ON CONFLICT (channel, sku) DO UPDATE SET wanted = greatest(p.wanted, excluded.wanted)`,
      [this.channels, skus, position],
    );
  }

  /** Looks up what is marked, for all channels, until `signal` aborts. Never rejects. */
  async run(signal: AbortSignal, log: (message: string, details: object) => void = () => undefined): Promise<void> {
    let prepared = false;
    while (!signal.aborted) {
      try {
        if (!prepared) await this.markNew();
        prepared = true;
        if (!(await this.refresh())) await this.clock.sleep(IDLE_MS, signal);
      } catch (error) {
        log('promises of channels are not up to date, trying again', { error: String(error) });
        await this.clock.sleep(1_000, signal);
      }
    }
  }

  /** One round. @returns whether there was anything to do */
  async refresh(): Promise<boolean> {
    let worked = false;
    for (const channel of this.channels) {
      const wanted = await this.sources.db.query<Wanted[]>(
        `SELECT sku, wanted::float8 FROM channels.promise WHERE channel = $1 AND wanted > told ORDER BY wanted LIMIT $2`,
        [channel, CHUNK],
      );
      if (wanted.length === 0) continue;
      await this.lookUp(channel, wanted);
      worked = true;
    }
    return worked;
  }

  /** Changes after a sequence, oldest first: none when nothing has changed. */
  since(channel: string, sequence: number, limit = 1_000): Promise<Promised[]> {
    return this.sources.db
      .query(
        `SELECT state || jsonb_build_object('sequence', sequence, 'position', told) AS promised FROM channels.promise
       WHERE channel = $1 AND sequence > $2 ORDER BY sequence LIMIT $3`,
        [channel, sequence, limit],
      )
      .then((rows: { promised: Promised }[]) => rows.map(({ promised }) => promised));
  }

  /** Marked, and not told yet. */
  async behind(): Promise<number> {
    const [row] = await this.sources.db.query<{ count: number }[]>(
      'SELECT count(*)::float8 AS count FROM channels.promise WHERE wanted > told AND channel = ANY($1)',
      [this.channels],
    );
    return row?.count ?? 0;
  }

  /** Undefined: all may be. */
  private async touchedBy(stream: string, position: Position): Promise<readonly string[] | undefined> {
    const { kits } = this.sources;
    if (stream.startsWith('kit-')) {
      if (!(await kits.waitUntilReached(position, PATIENCE_MS))) throw new TryAgain('The directory of kits is behind');
      return [idOf(stream)];
    }
    if (!stream.startsWith('stock-')) return undefined;
    const { sku } = parseStockStream(stream);
    return [sku, ...kits.kitsWithAnyOf(new Set([sku])).map((kit) => kit.sku)];
  }

  private async lookUp(channel: string, wanted: readonly Wanted[]) {
    const { network, positions, availability, db } = this.sources;
    const position = wanted.map((one) => one.wanted).reduce(laterOf);
    if (!(await positions.reached(position, PATIENCE_MS)))
      throw new Error('The read models are behind: promises wait for them');
    if (!network.channel(channel)) return this.forget(channel, wanted); // its configuration marks all again
    const skus = wanted.map(({ sku }) => sku);
    const states = await availability.forSkus(channel, skus);
    await db.transaction(async (tx) => {
      const changed = await keepPromises(tx, channel, { states, position });
      for (const listener of this.listeners.get(channel) ?? []) await listener(changed, tx);
    });
  }

  private async forget(channel: string, wanted: readonly Wanted[]) {
    await this.sources.db.query(
      `UPDATE channels.promise p SET told = w.wanted
       FROM unnest($2::text[], $3::bigint[]) AS w(sku, wanted) WHERE p.channel = $1 AND p.sku = w.sku`,
      [channel, wanted.map(({ sku }) => sku), wanted.map((one) => one.wanted)],
    );
  }

  /** Of a place or a channel: all may have changed, once the directory knows it. */
  private async markAll(tx: EntityManager, position: Position) {
    if (!(await this.sources.network.waitUntilReached(position, PATIENCE_MS)))
      throw new TryAgain('The directory of the network is behind: promises wait for it');
    await tx.query(
      `INSERT INTO channels.promise AS p (channel, sku, wanted)
       SELECT c, sku, $2 FROM unnest($1::text[]) c, (${SKUS}) AS skus
       ON CONFLICT (channel, sku) DO UPDATE SET wanted = greatest(p.wanted, excluded.wanted)`,
      [this.channels, position],
    );
  }

  /** Of a channel that is new here, all SKUs. */
  private async markNew() {
    await this.sources.db.query(
      `INSERT INTO channels.promise (channel, sku, wanted)
       SELECT c, sku, 1 FROM unnest($1::text[]) c, (${SKUS}) AS skus
       ON CONFLICT (channel, sku) DO NOTHING`,
      [this.channels],
    );
  }
}

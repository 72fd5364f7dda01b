import { randomUUID } from 'node:crypto';
import { type DataSource } from 'typeorm';
import { isReadable } from '#registry';
import {
  type Batch,
  categoryOf,
  type Consumer,
  type EventStore,
  idOf,
  type Recorded,
  type Position,
  START,
} from '#event-store';
import { type NetworkDirectory } from '#network';
import { type PositionWaiter } from '#projections';
import { type Availability, type KitDirectory, parseStockStream, type SkuAvailability } from '#stock';
import { AVAILABILITY_TOPIC, availabilityCategories } from './contract/topics.js';
import { RelayProducer } from './producer.js';
import { type KafkaRecord } from './record.js';
import { RelayStore } from './relay-store.js';

export interface AvailabilityRelayOptions {
  readonly db: DataSource;
  readonly store: EventStore;
  readonly brokers: readonly string[];
  readonly network: NetworkDirectory;
  readonly kits: KitDirectory;
  readonly positions: PositionWaiter;
  readonly availability: Pick<Availability, 'forSkus'>;
}

const PATIENCE_MS = 10_000;
/** SKUs in one question. */
const CHUNK = 500;

/** Publishes what channels can promise, whenever it may have changed: the state of now, once a batch. */
export class AvailabilityRelay implements Consumer {
  readonly name = 'relay-availability';
  readonly categories = availabilityCategories;
  private readonly books: RelayStore;
  private readonly producer: RelayProducer;
  private epoch: number | undefined;

  constructor(private readonly options: AvailabilityRelayOptions) {
    this.books = new RelayStore(options.db, this.name, randomUUID());
    this.producer = new RelayProducer(options.brokers, 'kontor-availability');
  }

  /** @throws RelayTakenOver, PartitionsChanged, TopicGone */
  async resume(): Promise<Position> {
    const { epoch, topics } = await this.books.begin([{ name: AVAILABILITY_TOPIC, compacted: true }]);
    await this.books.record(await this.producer.start(topics));
    const position = topics[0]?.position ?? START;
    // At its first start the directories know nothing; later they have followed every batch.
    if (this.epoch === undefined && !(await this.knowsAll()))
      throw new Error('The directories of places, channels and kits are behind: availability waits for them');
    this.epoch = epoch;
    return position;
  }

  /** @throws RelayTakenOver */
  async handle({ events, position }: Batch): Promise<void> {
    if (this.epoch === undefined) throw new Error('resume() comes before handle()');
    // What is not the product's changes no promise; who folds the stream names it.
    const ours = events.filter(isReadable);
    const last = ours.at(-1)?.position ?? START;
    if (last > START) {
      await this.caughtUp(ours, last);
      for (const [channel, skus] of await this.touched(ours)) await this.publish(channel, [...skus], last);
    }
    await this.books.save({ epoch: this.epoch, position });
  }

  /** @throws RelayTakenOver, also when the topic is to be published again */
  async onHeartbeat(): Promise<void> {
    if (this.epoch !== undefined) await this.books.save({ epoch: this.epoch, position: START });
  }

  close(): Promise<void> {
    return this.producer.close();
  }

  /**
   * What is published is at least as new as what it is published for. A directory is waited for as far as it hears of: its
   * own position stands still while nothing happens in the network, or to kits.
   */
  private async caughtUp(events: readonly Recorded[], last: Position) {
    const lastOf = (...categories: string[]) =>
      events.findLast(({ stream }) => categories.includes(categoryOf(stream)))?.position ?? START;
    const [knows, shows] = await Promise.all([
      this.knows(lastOf('location', 'channel'), lastOf('kit')),
      this.options.positions.reached(last, PATIENCE_MS),
    ]);
    if (!knows || !shows) throw new Error('The read models are behind: availability waits for them');
  }

  private async knowsAll(): Promise<boolean> {
    const { store, network, kits } = this.options;
    const known = await Promise.all(
      [network, kits].map((directory) => directory.waitUntilCaughtUp(store, PATIENCE_MS)),
    );
    return known.every(Boolean);
  }

  private async knows(ofNetwork: Position, ofKits: Position): Promise<boolean> {
    const { network, kits } = this.options;
    const known = await Promise.all([
      network.waitUntilReached(ofNetwork, PATIENCE_MS),
      kits.waitUntilReached(ofKits, PATIENCE_MS),
    ]);
    return known.every(Boolean);
  }

  /** Channel → SKUs whose promise may have changed, with the kits that are made of them. */
  private async touched(events: readonly Recorded[]): Promise<Map<string, Set<string>>> {
    const skus = new Map<string, Set<string>>();
    const add = (channel: string, some: Iterable<string>) =>
      skus.set(channel, (skus.get(channel) ?? new Set()).union(this.withKits(new Set(some))));
    const streams = new Set(events.map(({ stream }) => stream));
    for (const stream of streams) {
      if (stream.startsWith('stock-')) {
        const { sku, locationId } = parseStockStream(stream);
        for (const channel of this.sellersAt(locationId)) add(channel, [sku]);
      } else if (stream.startsWith('kit-')) {
        for (const { channelId } of this.options.network.channels()) add(channelId, [idOf(stream)]);
      } else if (stream.startsWith('location-')) {
        const all = await this.skusAt(idOf(stream));
        for (const channel of this.sellersAt(idOf(stream))) add(channel, all);
      } else add(idOf(stream), await this.skusAt()); // also those of a place that it no longer sells from
    }
    return skus;
  }

  private withKits(skus: Set<string>): Set<string> {
    return skus.union(new Set(this.options.kits.kitsWithAnyOf(skus).map(({ sku }) => sku)));
  }

  private sellersAt(locationId: string) {
    return this.options.network
      .channels()
      .filter(({ locations }) => locations.some((place) => place.locationId === locationId))
      .map(({ channelId }) => channelId);
  }

  private async skusAt(locationId?: string): Promise<string[]> {
    const rows = await this.options.db.query<{ sku: string }[]>(
      'SELECT DISTINCT sku FROM read.stock_position WHERE $1::text IS NULL OR location_id = $1',
      [locationId ?? null],
    );
    return rows.map(({ sku }) => sku);
  }

  private async publish(channel: string, skus: readonly string[], position: Position) {
    for (let from = 0; from < skus.length; from += CHUNK) {
      const states = await this.options.availability.forSkus(channel, skus.slice(from, from + CHUNK));
      await this.producer.send(states.map((state) => stateRecord(state, position)));
    }
  }
}

const stateRecord = (state: SkuAvailability, position: Position): KafkaRecord => {
  const key = `${state.channel}·${state.sku}`;
  const now = Date.now();
  return {
    topic: AVAILABILITY_TOPIC,
    key,
    value: JSON.stringify(state),
    timestamp: String(now),
    headers: {
      ce_specversion: '1.0',
      ce_id: `${key}@${position}`,
      ce_source: '/kontor/availability',
      ce_type: 'com.kontor.availability.changed.v1',
      ce_time: new Date(now).toISOString(),
      ce_subject: key,
      'content-type': 'application/json',
      ce_position: String(position),
      ce_channel: state.channel,
    },
  };
};

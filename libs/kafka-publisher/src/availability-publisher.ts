import { randomUUID } from 'node:crypto';
import { type DataSource } from 'typeorm';
import {
  type Batch,
  categoryOf,
  type Consumer,
  type EventStore,
  idOf,
  type Position,
  type Recorded,
  START,
} from '#event-store';
import { type NetworkDirectory } from '#network';
import { type PositionWaiter } from '#projections';
import { isReadable } from '#registry';
import { type Availability, type KitDirectory, parseStockStream, type SkuAvailability } from '#stock';
import { AVAILABILITY_TOPIC, availabilityCategories } from './contract/topics.js';
import { type KafkaRecord } from './kafka-record.js';
import { PublisherStore } from './publisher-store.js';
import { RecordProducer } from './record-producer.js';

export interface AvailabilityPublisherOptions {
  readonly db: DataSource;
  readonly store: EventStore;
  /** Kafka brokers as `host:port`. */
  readonly brokers: readonly string[];
  readonly network: NetworkDirectory;
  readonly kits: KitDirectory;
  readonly positions: PositionWaiter;
  readonly availability: Pick<Availability, 'forSkus'>;
}

/** `ce_type` of the records of the availability topic, and type of the webhooks about availability. */
export const AVAILABILITY_CHANGED_TYPE = 'com.kontor.availability.changed.v1';

const READ_MODEL_TIMEOUT_MS = 10_000;
/** SKUs in one query. */
const CHUNK_SIZE = 500;

/**
 * Publishes in Kafka what each channel can sell, whenever an event may have changed it. A batch of events leads to one
 * record for each affected SKU and channel, with the current state. Its consumer name is `relay-availability`.
 */
export class AvailabilityPublisher implements Consumer {
  readonly name = 'relay-availability';
  readonly categories = availabilityCategories;
  private readonly progress: PublisherStore;
  private readonly producer: RecordProducer;
  private epoch: number | undefined;

  constructor(private readonly options: AvailabilityPublisherOptions) {
    this.progress = new PublisherStore(options.db, this.name, randomUUID());
    this.producer = new RecordProducer(options.brokers, 'kontor-availability');
  }

  /** @throws PublisherTakenOver, PartitionsChanged, TopicGone */
  async resume(): Promise<Position> {
    const { epoch, topics } = await this.progress.begin([{ name: AVAILABILITY_TOPIC, compacted: true }]);
    await this.progress.recordPartitions(await this.producer.start(topics));
    const position = topics[0]?.position ?? START;
    // At the first start the directories are empty; later each batch waits for what it needs of them.
    if (this.epoch === undefined && !(await this.directoriesCaughtUp()))
      throw new Error('The directories of locations, channels and kits are behind: availability waits for them');
    this.epoch = epoch;
    return position;
  }

  /** @throws PublisherTakenOver */
  async handle({ events, position }: Batch): Promise<void> {
    if (this.epoch === undefined) throw new Error('resume() comes before handle()');
    // An event that is not Kontor's changes no availability. The read models report it.
    const readable = events.filter(isReadable);
    const last = readable.at(-1)?.position ?? START;
    if (last > START) {
      await this.waitForReadModels(readable, last);
      for (const [channel, skus] of await this.affectedSkus(readable)) await this.publish(channel, [...skus], last);
    }
    await this.progress.save({ epoch: this.epoch, position });
  }

  /** @throws PublisherTakenOver, also when an operator has asked for a replay */
  async onHeartbeat(): Promise<void> {
    if (this.epoch !== undefined) await this.progress.save({ epoch: this.epoch, position: START });
  }

  close(): Promise<void> {
    return this.producer.close();
  }

  /**
   * Waits until the published state includes the events. Each directory is waited for up to the last event of its own
   * categories, because its position does not move with other events.
   */
  private async waitForReadModels(events: readonly Recorded[], last: Position) {
    const { network, kits, positions } = this.options;
    const lastOf = (...categories: string[]) =>
      events.findLast(({ stream }) => categories.includes(categoryOf(stream)))?.position ?? START;
    const reached = await Promise.all([
      network.waitUntilReached(lastOf('location', 'channel'), READ_MODEL_TIMEOUT_MS),
      kits.waitUntilReached(lastOf('kit'), READ_MODEL_TIMEOUT_MS),
      positions.reached(last, READ_MODEL_TIMEOUT_MS),
    ]);
    if (!reached.every(Boolean)) throw new Error('The read models are behind: availability waits for them');
  }

  private async directoriesCaughtUp(): Promise<boolean> {
    const { store, network, kits } = this.options;
    const caughtUp = await Promise.all(
      [network, kits].map((directory) => directory.waitUntilCaughtUp(store, READ_MODEL_TIMEOUT_MS)),
    );
    return caughtUp.every(Boolean);
  }

  /** @returns channel → SKUs whose availability may have changed, with the kits that contain them */
  private async affectedSkus(events: readonly Recorded[]): Promise<Map<string, Set<string>>> {
    const affected = new Map<string, Set<string>>();
    const add = (channel: string, skus: Iterable<string>) =>
      affected.set(channel, (affected.get(channel) ?? new Set()).union(this.withKits(new Set(skus))));
    const streams = new Set(events.map(({ stream }) => stream));
    for (const stream of streams) {
      if (stream.startsWith('stock-')) {
        const { sku, locationId } = parseStockStream(stream);
        for (const channel of this.channelsSellingFrom(locationId)) add(channel, [sku]);
      } else if (stream.startsWith('kit-')) {
        for (const { channelId } of this.options.network.channels()) add(channelId, [idOf(stream)]);
      } else if (stream.startsWith('location-')) {
        const skus = await this.skusAt(idOf(stream));
        for (const channel of this.channelsSellingFrom(idOf(stream))) add(channel, skus);
      } else add(idOf(stream), await this.skusAt()); // of all locations, as the channel may no longer sell from some
    }
    return affected;
  }

  private withKits(skus: Set<string>): Set<string> {
    return skus.union(new Set(this.options.kits.kitsWithAnyOf(skus).map(({ sku }) => sku)));
  }

  private channelsSellingFrom(locationId: string) {
    return this.options.network
      .channels()
      .filter(({ locations }) => locations.some((location) => location.locationId === locationId))
      .map(({ channelId }) => channelId);
  }

  /** The SKUs that have or had stock at a location; without one, at any location. */
  private async skusAt(locationId?: string): Promise<string[]> {
    const rows = await this.options.db.query<{ sku: string }[]>(
      'SELECT DISTINCT sku FROM read.stock_position WHERE $1::text IS NULL OR location_id = $1',
      [locationId ?? null],
    );
    return rows.map(({ sku }) => sku);
  }

  private async publish(channel: string, skus: readonly string[], position: Position) {
    for (let from = 0; from < skus.length; from += CHUNK_SIZE) {
      const states = await this.options.availability.forSkus(channel, skus.slice(from, from + CHUNK_SIZE));
      await this.producer.send(states.map((state) => availabilityRecord(state, position)));
    }
  }
}

const availabilityRecord = (state: SkuAvailability, position: Position): KafkaRecord => {
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
      ce_type: AVAILABILITY_CHANGED_TYPE,
      ce_time: new Date(now).toISOString(),
      ce_subject: key,
      'content-type': 'application/json',
      ce_position: String(position),
      ce_channel: state.channel,
    },
  };
};

import { randomUUID } from 'node:crypto';
import { type DataSource } from 'typeorm';
import {
  type Batch,
  categoryOf,
  type Consumer,
  earlierOf,
  type EventStore,
  laterOf,
  type Position,
  readStream,
  type Recorded,
  START,
  toStorableText,
  StreamNotReadable,
} from '#event-store';
import { eventsOf, publishedTopics } from '#registry';
import { publishedCategories, topicOf } from './contract/topics.js';
import { type KafkaRecord, recordOf } from './kafka-record.js';
import { type ParkedStream, PublisherStore } from './publisher-store.js';
import { RecordProducer } from './record-producer.js';

export interface EventPublisherOptions {
  readonly db: DataSource;
  readonly store: EventStore;
  /** Kafka brokers as `host:port`. */
  readonly brokers: readonly string[];
  readonly log?: (message: string, details: object) => void;
}

interface Epoch {
  readonly epoch: number;
  /** Topic → the position up to which it contains every event. */
  readonly positions: Map<string, Position>;
  /** Names of parked streams. */
  readonly parked: Set<string>;
}

/**
 * Publishes the events of the log in Kafka. A batch is sent and acknowledged before its position is saved, so after a
 * crash records are sent again, in the same order. A stream is parked at an event that cannot be published,
 * and the others continue. Its consumer name is `relay`.
 */
export class EventPublisher implements Consumer {
  readonly name = 'relay';
  readonly categories = publishedCategories;
  private readonly progress: PublisherStore;
  private readonly producer: RecordProducer;
  private current: Epoch | undefined;

  constructor(private readonly options: EventPublisherOptions) {
    this.progress = new PublisherStore(options.db, this.name, randomUUID());
    this.producer = new RecordProducer(options.brokers, 'kontor-relay');
  }

  /** @throws PublisherTakenOver, PartitionsChanged, TopicGone */
  async resume(): Promise<Position> {
    const allTopics = Object.keys(publishedTopics).map((name) => ({ name, compacted: false }));
    const { epoch, topics, parked } = await this.progress.begin(allTopics);
    await this.progress.recordPartitions(await this.producer.start(topics));
    const positions = new Map(topics.map(({ name, position }) => [name, position]));
    this.current = { epoch, positions, parked: new Set(parked.map(({ stream }) => stream)) };
    for (const stream of parked) await this.retryParked(stream, this.current);
    return [...positions.values()].reduce(earlierOf);
  }

  /** @throws PublisherTakenOver */
  async handle({ events, position }: Batch): Promise<void> {
    const { current } = this;
    if (!current) throw new Error('resume() comes before handle()');
    const records: KafkaRecord[] = [];
    const parked: ParkedStream[] = [];
    for (const recorded of events) {
      const isPublished = recorded.position <= positionOf(current, recorded.stream);
      if (isPublished || current.parked.has(recorded.stream)) continue;
      const record = this.recordOrReason(recorded);
      if ('error' in record) {
        parked.push(record);
        current.parked.add(record.stream);
      } else records.push(record);
    }
    await this.producer.send(records);
    await this.progress.save({ epoch: current.epoch, position, parked });
    for (const [topic, reached] of current.positions) current.positions.set(topic, laterOf(reached, position));
  }

  /** @throws PublisherTakenOver, also when an operator has asked for a replay */
  async onHeartbeat(): Promise<void> {
    if (this.current) await this.progress.save({ epoch: this.current.epoch, position: START });
  }

  close(): Promise<void> {
    return this.producer.close();
  }

  /** @returns the record; where there cannot be one, why the stream is parked */
  private recordOrReason(recorded: Recorded): KafkaRecord | ParkedStream {
    try {
      return recordOf(recorded);
    } catch (cause) {
      const { stream, revision, position } = recorded;
      const parked = { stream, revision, position, error: toStorableText(String(cause)) };
      this.options.log?.('stream parked: it is not published from here on', parked);
      return parked;
    }
  }

  /** Publishes the events that a parked stream has up to the position of its topic. Later events come with the log. */
  private async retryParked(one: ParkedStream, current: Epoch) {
    const { epoch } = current;
    const records = await this.recordsSince(one, positionOf(current, one.stream));
    if ('error' in records) {
      await this.progress.save({ epoch, position: START, parked: [{ ...one, error: records.error }] });
      return;
    }
    await this.producer.send(records);
    await this.progress.save({ epoch, position: START, unparked: [one.stream] });
    current.parked.delete(one.stream);
  }

  /** @returns the records from the parked event on; where one of them still cannot be published, why */
  private async recordsSince({ stream, revision }: ParkedStream, until: Position) {
    const records: KafkaRecord[] = [];
    try {
      for await (const recorded of readStream(this.options.store, stream, eventsOf(stream), revision)) {
        if (recorded.position > until) break;
        const record = this.recordOrReason(recorded);
        if ('error' in record) return record;
        records.push(record);
      }
      return records;
    } catch (error) {
      if (error instanceof StreamNotReadable) return { error: error.message };
      throw error;
    }
  }
}

/** Up to where the topic of a stream contains every event. */
const positionOf = ({ positions }: Epoch, stream: string): Position =>
  positions.get(topicOf(categoryOf(stream))) ?? START;

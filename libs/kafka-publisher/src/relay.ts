import { randomUUID } from 'node:crypto';
import { type DataSource } from 'typeorm';
import { eventsOf, publishedTopics } from '#registry';
import {
  type Batch,
  categoryOf,
  type Consumer,
  type EventStore,
  readStream,
  type Recorded,
  toStorableText,
  StreamNotReadable,
  START,
  laterOf,
  earlierOf,
  type Position,
} from '#event-store';
import { publishedCategories, topicOf } from './contract/topics.js';
import { RelayProducer } from './producer.js';
import { type KafkaRecord, recordOf } from './record.js';
import { type ParkedStream, RelayStore } from './relay-store.js';

export interface RelayOptions {
  readonly db: DataSource;
  readonly store: EventStore;
  readonly brokers: readonly string[];
  readonly log?: (message: string, details: object) => void;
}

interface Run {
  readonly epoch: number;
  /** Topic → everything up to here is in it. */
  readonly positions: Map<string, Position>;
  readonly parked: Set<string>;
}

/**
 * Publishes the log in Kafka. A batch is sent, acknowledged, and only then is its position kept: what a crash leaves
 * unsaid is sent again, in the same order. A stream whose event cannot be published waits; the others go on.
 */
export class Relay implements Consumer {
  readonly name = 'relay';
  readonly categories = publishedCategories;
  private readonly books: RelayStore;
  private readonly producer: RelayProducer;
  private run: Run | undefined;

  constructor(private readonly options: RelayOptions) {
    this.books = new RelayStore(options.db, this.name, randomUUID());
    this.producer = new RelayProducer(options.brokers, 'kontor-relay');
  }

  /** @throws RelayTakenOver, PartitionsChanged, TopicGone */
  async resume(): Promise<Position> {
    const { epoch, topics, parked } = await this.books.begin(
      Object.keys(publishedTopics).map((name) => ({ name, compacted: false })),
    );
    await this.books.record(await this.producer.start(topics));
    const positions = new Map(topics.map(({ name, position }) => [name, position]));
    this.run = { epoch, positions, parked: new Set(parked.map(({ stream }) => stream)) };
    for (const stream of parked) await this.tryAgain(stream, this.run);
    return [...positions.values()].reduce(earlierOf);
  }

  /** @throws RelayTakenOver */
  async handle({ events, position }: Batch): Promise<void> {
    const { run } = this;
    if (!run) throw new Error('resume() comes before handle()');
    const records: KafkaRecord[] = [];
    const parked: ParkedStream[] = [];
    for (const recorded of events) {
      if (recorded.position <= (run.positions.get(topicOf(categoryOf(recorded.stream))) ?? START)) continue;
      if (run.parked.has(recorded.stream)) continue;
      const record = this.recordOf(recorded);
      if ('error' in record) {
        parked.push(record);
        run.parked.add(record.stream);
      } else records.push(record);
    }
    await this.producer.send(records);
    await this.books.save({ epoch: run.epoch, position, parked });
    for (const [topic, at] of run.positions) run.positions.set(topic, laterOf(at, position));
  }

  /** @throws RelayTakenOver, also when a topic is to be published again */
  async onHeartbeat(): Promise<void> {
    if (this.run) await this.books.save({ epoch: this.run.epoch, position: START });
  }

  close(): Promise<void> {
    return this.producer.close();
  }

  private recordOf(recorded: Recorded): KafkaRecord | ParkedStream {
    try {
      return recordOf(recorded);
    } catch (cause) {
      const { stream, revision, position } = recorded;
      const parked = { stream, revision, position, error: toStorableText(String(cause)) };
      this.options.log?.('stream parked: it is not published from here on', parked);
      return parked;
    }
  }

  /**
   * Sends what a parked stream has held back so far. What comes after the position of its topic comes by itself.
   * @throws OutcomeUnknown
   */
  private async tryAgain(one: ParkedStream, { epoch, positions, parked }: Run) {
    const { stream } = one;
    const held = await this.heldBack(one, positions.get(topicOf(categoryOf(stream))) ?? START);
    if ('error' in held) {
      await this.books.save({ epoch, position: START, parked: [{ ...one, error: held.error }] });
      return;
    }
    await this.producer.send(held);
    await this.books.save({ epoch, position: START, unparked: [stream] });
    parked.delete(stream);
  }

  private async heldBack({ stream, revision }: ParkedStream, until: Position) {
    const records: KafkaRecord[] = [];
    try {
      for await (const recorded of readStream(this.options.store, stream, eventsOf(stream), revision)) {
        if (recorded.position > until) break;
        const record = this.recordOf(recorded);
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

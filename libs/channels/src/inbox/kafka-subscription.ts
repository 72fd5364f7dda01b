import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Admin,
  type Batch,
  type Consumer,
  type EachBatchPayload,
  Kafka,
  type KafkaMessage,
  logLevel,
} from 'kafkajs';
import { categoryOf } from '#event-store';
import { type DataSource } from 'typeorm';
import {
  committedOffsets,
  type DeletedRecords,
  findDeletedRecords,
  reportDeletedRecords,
  topicOf,
} from '#kafka-publisher';
import { retryDelayMs } from '#kernel';
import { type Inbox } from './inbox.js';
import {
  type EventSubscription,
  type PublishedEventConsumer,
  type SubscriptionStatus,
} from './published-event-consumer.js';
import { type PublishedEvent, publishedEventOf, storableEventOf, type UnreadableEvent } from './published-event.js';

/** Events in one transaction. */
const BATCH_SIZE = 200;
/** A member that was killed keeps its partitions for this long; kafkajs has no static membership. */
const SESSION_TIMEOUT_MS = 10_000;
const RETRY_DELAYS = { firstMs: 100, maxMs: 10_000 };
/** The end of a session that has lasted this long counts as the first failure. */
const STABLE_SESSION_MS = 60_000;

export interface KafkaSubscriptionOptions {
  readonly db: DataSource;
  /** `host:port` */
  readonly brokers: readonly string[];
  readonly log: (message: string, details: object) => void;
}

/**
 * Reads published events from Kafka. Offsets are committed after the transaction of the effects, and the inbox recognizes
 * events that are delivered again. While PostgreSQL is slow or unavailable, partitions are paused and the member stays in
 * its group.
 */
export class KafkaSubscription implements EventSubscription {
  private readonly kafka: Kafka;
  private readonly log: KafkaSubscriptionOptions['log'];
  private readonly db: DataSource;
  private readonly topics: readonly string[];
  /** `<topic>/<partition>` → records behind. */
  private readonly lags = new Map<string, number>();
  /** `<topic>/<partition>` → offset after the last record that was handled since this member joined the group. */
  private readonly next = new Map<string, number>();
  /** The partitions that this member reads, as `<topic>/<partition>`. */
  private own: ReadonlySet<string> = new Set();
  private failures = 0;
  private state = 'starting';
  private newestAt: number | undefined;
  private lastError: unknown;

  constructor(
    { db, brokers, log }: KafkaSubscriptionOptions,
    private readonly inbox: Inbox,
    private readonly eventConsumer: PublishedEventConsumer,
  ) {
    this.log = log;
    this.db = db;
    this.topics = [...new Set(eventConsumer.categories.map(topicOf))];
    const retry = { retries: 4, initialRetryTime: 100, maxRetryTime: 1_000 };
    const clientId = eventConsumer.name;
    this.kafka = new Kafka({ brokers: [...brokers], clientId, logLevel: logLevel.NOTHING, retry });
  }

  async run(signal: AbortSignal): Promise<void> {
    for (let failures = 1; !signal.aborted; failures++) {
      const startedAt = performance.now();
      this.disconnected(await this.runSession(signal).catch((error: unknown) => error));
      if (performance.now() - startedAt > STABLE_SESSION_MS) failures = 1;
      await sleep(retryDelayMs(failures, RETRY_DELAYS, Math.random), undefined, { signal }).catch(() => undefined);
    }
    this.state = 'stopped';
  }

  status(): Promise<SubscriptionStatus> {
    const lag = [...this.lags.values()].reduce((sum, one) => sum + one, 0);
    const { state, newestAt, lastError } = this;
    return Promise.resolve({ name: this.eventConsumer.name, state, lag, newestAt, lastError });
  }

  private async runSession(signal: AbortSignal): Promise<void> {
    this.own = new Set();
    const deleted = await this.withAdmin((admin) => this.reportDeletedRecords(admin));
    const consumer = this.kafka.consumer({
      groupId: this.groupId,
      sessionTimeout: SESSION_TIMEOUT_MS,
      heartbeatInterval: 1_000,
      maxBytesPerPartition: 1_048_576,
      maxWaitTimeInMs: 100,
      allowAutoTopicCreation: false,
    });
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: [...this.topics], fromBeginning: true });
      const ended = new Promise<void>((resolve, reject) => {
        const { GROUP_JOIN, CRASH } = consumer.events;
        signal.addEventListener('abort', () => resolve(), { once: true });
        consumer.on(GROUP_JOIN, ({ payload: { memberAssignment } }) => this.joined(memberAssignment));
        consumer.on(CRASH, ({ payload: { error, restart } }) => {
          this.disconnected(error);
          if (!restart) reject(error);
        });
      });
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        eachBatch: (payload) => this.handleBatch(payload, consumer),
      });
      await Promise.all([this.skipDeleted(deleted, consumer), ended]);
    } finally {
      await consumer.disconnect().catch(() => undefined);
    }
  }

  private get groupId() {
    return `kontor.${this.eventConsumer.name}`;
  }

  private async withAdmin<Result>(work: (admin: Admin) => Promise<Result>): Promise<Result> {
    const admin = this.kafka.admin();
    await admin.connect();
    try {
      return await work(admin);
    } finally {
      await admin.disconnect().catch(() => undefined);
    }
  }

  private async reportDeletedRecords(admin: Admin) {
    const { groupId, topics, eventConsumer } = this;
    const deleted = await findDeletedRecords(admin, { consumer: eventConsumer.name, groupId, topics });
    await reportDeletedRecords(this.db, deleted);
    return deleted;
  }

  /** Offsets may be missing for other reasons, so the oldest record that is left decides. */
  private async reportDeletedBefore({ topic, partition, messages }: Batch) {
    const next = this.next.get(`${topic}/${partition}`);
    if (next !== undefined && Number(messages[0]?.offset ?? 0) <= next) return;
    await this.withAdmin(async (admin) => {
      const first = next ?? (await committedOffsets(admin, this.groupId, [topic])).get(topic)?.get(partition) ?? 0;
      const low = (await admin.fetchTopicOffsets(topic)).find((one) => one.partition === partition)?.low ?? '0';
      const deleted = { consumer: this.eventConsumer.name, topic, partition, first, last: Number(low) - 1 };
      if (deleted.last >= first) await reportDeletedRecords(this.db, [deleted]);
    });
  }

  /** @param assignment topic → partitions that this member reads from now on */
  private joined(assignment: Readonly<Record<string, number[]>>) {
    this.own = new Set(Object.entries(assignment).flatMap(([topic, all]) => all.map((one) => `${topic}/${one}`)));
    for (const partition of this.lags.keys()) if (!this.own.has(partition)) this.lags.delete(partition);
    this.next.clear();
    this.state = 'live';
    this.lastError = undefined;
  }

  /** Where no new record comes, they would be reported again in the next session. */
  private async skipDeleted(deleted: readonly DeletedRecords[], consumer: Consumer) {
    const own = deleted.filter(({ topic, partition }) => this.own.has(`${topic}/${partition}`));
    const offsets = own.map(({ topic, partition, last }) => ({ topic, partition, offset: String(last + 1) }));
    if (offsets.length > 0) await consumer.commitOffsets(offsets);
  }

  private disconnected(error: unknown) {
    this.state = 'waiting';
    this.lastError = error;
  }

  private async handleBatch(payload: EachBatchPayload, consumer: Consumer) {
    const { batch } = payload;
    const { topic, partition, messages } = batch;
    for (let from = 0; from < messages.length && payload.isRunning() && !payload.isStale(); from += BATCH_SIZE) {
      const slice = messages.slice(from, from + BATCH_SIZE);
      try {
        if (from === 0) await this.reportDeletedBefore(batch);
        await this.deliver(slice);
      } catch (error) {
        this.lastError = error;
        setTimeout(payload.pause(), retryDelayMs(++this.failures, RETRY_DELAYS, Math.random));
        return;
      }
      const offset = slice.at(-1)?.offset ?? '0';
      payload.resolveOffset(offset);
      this.next.set(`${topic}/${partition}`, Number(offset) + 1);
      await consumer.commitOffsets([{ topic, partition, offset: String(Number(offset) + 1) }]);
      this.lags.set(`${topic}/${partition}`, lagAfter(batch, offset));
      await payload.heartbeat();
    }
  }

  private async deliver(messages: readonly KafkaMessage[]) {
    const categories = new Set(this.eventConsumer.categories);
    const events = messages
      .flatMap((message) => this.publishedEventsIn(message))
      .filter(({ stream }) => categories.has(categoryOf(stream)));
    await this.inbox.receive(events);
    this.failures = 0;
    this.lastError = undefined;
    const newest = events.findLast((event) => 'recordedAt' in event);
    if (newest) this.newestAt = Date.parse(newest.recordedAt);
  }

  /** Skips a record that Kontor's publisher cannot have written. If it stands in the place of one, the inbox finds the gap. */
  private publishedEventsIn(message: KafkaMessage): readonly (PublishedEvent | UnreadableEvent)[] {
    try {
      return [storableEventOf(publishedEventOf(textOf(message)))];
    } catch (error) {
      const { name: consumer } = this.eventConsumer;
      this.log('a record in Kafka is not an event of Kontor', {
        consumer,
        offset: message.offset,
        error: String(error),
      });
      return [];
    }
  }
}

const lagAfter = ({ highWatermark }: Batch, offset: string) => Math.max(0, Number(highWatermark) - 1 - Number(offset));

const textOf = ({ key, value, headers = {} }: KafkaMessage) => ({
  key: String(key),
  value: String(value),
  headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, String(text)])),
});

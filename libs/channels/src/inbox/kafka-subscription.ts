import { setTimeout as sleep } from 'node:timers/promises';
import { type Batch, type Consumer, type EachBatchPayload, Kafka, type KafkaMessage, logLevel } from 'kafkajs';
import { categoryOf } from '#event-store';
import { topicOf } from '#kafka-publisher';
import { retryDelayMs } from '#kernel';
import { type Inbox } from './inbox.js';
import {
  type EventSubscription,
  type PublishedEventConsumer,
  type SubscriptionStatus,
} from './published-event-consumer.js';
import { type PublishedEvent, publishedEventOf } from './published-event.js';

/** Events in one transaction. */
const BATCH_SIZE = 200;
/** A member that was killed keeps its partitions for this long; kafkajs has no static membership. */
const SESSION_TIMEOUT_MS = 10_000;
const RETRY_DELAYS = { firstMs: 100, maxMs: 10_000 };

/**
 * Reads published events from Kafka. Offsets are committed after the transaction of the effects, and the inbox recognizes
 * events that are delivered again. While PostgreSQL is slow or unavailable, partitions are paused and the member stays in
 * its group.
 */
export class KafkaSubscription implements EventSubscription {
  private readonly kafka: Kafka;
  private readonly topics: readonly string[];
  /** `<topic>/<partition>` → records behind. */
  private readonly lags = new Map<string, number>();
  private failures = 0;
  private state = 'starting';
  private newestAt: number | undefined;
  private lastError: unknown;

  constructor(
    brokers: readonly string[],
    private readonly inbox: Inbox,
    private readonly eventConsumer: PublishedEventConsumer,
  ) {
    this.topics = [...new Set(eventConsumer.categories.map(topicOf))];
    const retry = { retries: 4, initialRetryTime: 100, maxRetryTime: 1_000 };
    const clientId = eventConsumer.name;
    this.kafka = new Kafka({ brokers: [...brokers], clientId, logLevel: logLevel.NOTHING, retry });
  }

  async run(signal: AbortSignal): Promise<void> {
    for (let sessions = 1; !signal.aborted; sessions++) {
      this.lastError = await this.runSession(signal).catch((error: unknown) => error);
      this.state = 'waiting';
      await sleep(retryDelayMs(sessions, RETRY_DELAYS, Math.random), undefined, { signal }).catch(() => undefined);
    }
    this.state = 'stopped';
  }

  status(): Promise<SubscriptionStatus> {
    const lag = [...this.lags.values()].reduce((sum, one) => sum + one, 0);
    const { state, newestAt, lastError } = this;
    return Promise.resolve({ name: this.eventConsumer.name, state, lag, newestAt, lastError });
  }

  private async runSession(signal: AbortSignal): Promise<void> {
    const consumer = this.kafka.consumer({
      groupId: `kontor.${this.eventConsumer.name}`,
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
        signal.addEventListener('abort', () => resolve(), { once: true });
        consumer.on(consumer.events.CRASH, ({ payload }) => payload.restart || reject(payload.error));
      });
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        eachBatch: (payload) => this.handleBatch(payload, consumer),
      });
      this.state = 'live';
      await ended;
    } finally {
      await consumer.disconnect().catch(() => undefined);
    }
  }

  private async handleBatch(payload: EachBatchPayload, consumer: Consumer) {
    const { batch } = payload;
    const { topic, partition, messages } = batch;
    for (let from = 0; from < messages.length && payload.isRunning() && !payload.isStale(); from += BATCH_SIZE) {
      const slice = messages.slice(from, from + BATCH_SIZE);
      try {
        await this.deliver(slice);
      } catch (error) {
        this.lastError = error;
        setTimeout(payload.pause(), retryDelayMs(++this.failures, RETRY_DELAYS, Math.random));
        return;
      }
      const offset = slice.at(-1)?.offset ?? '0';
      payload.resolveOffset(offset);
      await consumer.commitOffsets([{ topic, partition, offset: String(Number(offset) + 1) }]);
      this.lags.set(`${topic}/${partition}`, lagAfter(batch, offset));
      await payload.heartbeat();
    }
  }

  private async deliver(messages: readonly KafkaMessage[]) {
    const categories = new Set(this.eventConsumer.categories);
    const events = messages.flatMap(publishedEventsIn).filter(({ stream }) => categories.has(categoryOf(stream)));
    await this.inbox.receive(events);
    this.failures = 0;
    this.lastError = undefined;
    const newest = events.at(-1);
    if (newest) this.newestAt = Date.parse(newest.recordedAt);
  }
}

const lagAfter = ({ highWatermark }: Batch, offset: string) => Math.max(0, Number(highWatermark) - 1 - Number(offset));

/** A record that Kontor's publisher cannot have written is no event. If it stands in the place of one, the inbox finds the gap. */
const publishedEventsIn = (message: KafkaMessage): readonly PublishedEvent[] => {
  try {
    return [publishedEventOf(textOf(message))];
  } catch {
    return [];
  }
};

const textOf = ({ key, value, headers = {} }: KafkaMessage) => ({
  key: String(key),
  value: String(value),
  headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, String(text)])),
});

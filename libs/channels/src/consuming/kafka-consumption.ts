import { setTimeout as pause } from 'node:timers/promises';
import { type Batch, type Consumer, type EachBatchPayload, Kafka, type KafkaMessage, logLevel } from 'kafkajs';
import { retryDelayMs } from '#kernel';
import { topicOf } from '#kafka-publisher';
import { type Inbox } from './inbox.js';
import { type Consumption, type ConsumptionStatus, type PublishedConsumer } from './published-consumer.js';
import { eventOf, type PublishedEvent } from './published-event.js';

/** Events in one transaction. */
const BATCH = 200;
/** A member that was killed keeps its partitions for so long. kafkajs has no static membership. */
const SESSION_MS = 10_000;
const DELAYS = { firstMs: 100, maxMs: 10_000 };

/**
 * Reads published events from Kafka. An offset is committed after the transaction of its effects; what comes again is
 * known by the inbox. While PostgreSQL is away or slow, partitions are paused and the member stays in its group.
 */
export class KafkaConsumption implements Consumption {
  private readonly kafka: Kafka;
  private readonly topics: readonly string[];
  private readonly lags = new Map<string, number>();
  private failures = 0;
  private state = 'starting';
  private newestAt: number | undefined;
  private lastError: unknown;

  constructor(
    brokers: readonly string[],
    private readonly inbox: Inbox,
    private readonly of: PublishedConsumer,
  ) {
    this.topics = [...new Set(of.categories.map(topicOf))];
    const retry = { retries: 4, initialRetryTime: 100, maxRetryTime: 1_000 };
    this.kafka = new Kafka({ brokers: [...brokers], clientId: of.name, logLevel: logLevel.NOTHING, retry });
  }

  async run(signal: AbortSignal): Promise<void> {
    for (let starts = 1; !signal.aborted; starts++) {
      this.lastError = await this.session(signal).catch((error: unknown) => error);
      this.state = 'waiting';
      await pause(retryDelayMs(starts, DELAYS, Math.random), undefined, { signal }).catch(() => undefined);
    }
    this.state = 'stopped';
  }

  status(): Promise<ConsumptionStatus> {
    const lag = [...this.lags.values()].reduce((sum, one) => sum + one, 0);
    const { state, newestAt, lastError } = this;
    return Promise.resolve({ name: this.of.name, state, lag, newestAt, lastError });
  }

  private async session(signal: AbortSignal): Promise<void> {
    const consumer = this.kafka.consumer({
      groupId: `kontor.${this.of.name}`,
      sessionTimeout: SESSION_MS,
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
        eachBatch: (payload) => this.take(payload, consumer),
      });
      this.state = 'live';
      await ended;
    } finally {
      await consumer.disconnect().catch(() => undefined);
    }
  }

  private async take(payload: EachBatchPayload, by: Consumer) {
    const { batch } = payload;
    const { topic, partition, messages } = batch;
    for (let from = 0; from < messages.length && payload.isRunning() && !payload.isStale(); from += BATCH) {
      const slice = messages.slice(from, from + BATCH);
      try {
        await this.keep(slice);
      } catch (error) {
        this.lastError = error;
        setTimeout(payload.pause(), retryDelayMs(++this.failures, DELAYS, Math.random));
        return;
      }
      const offset = slice.at(-1)?.offset ?? '0';
      payload.resolveOffset(offset);
      await by.commitOffsets([{ topic, partition, offset: String(Number(offset) + 1) }]);
      this.lags.set(`${topic}/${partition}`, lagAfter(batch, offset));
      await payload.heartbeat();
    }
  }

  private async keep(messages: readonly KafkaMessage[]) {
    const categories = new Set(this.of.categories);
    const events = messages
      .flatMap(publishedOf)
      .filter(({ stream }) => categories.has(stream.slice(0, stream.indexOf('-'))));
    await this.inbox.take(events);
    this.failures = 0;
    this.lastError = undefined;
    const newest = events.at(-1);
    if (newest) this.newestAt = Date.parse(newest.recordedAt);
  }
}

const lagAfter = ({ highWatermark }: Batch, offset: string) => Math.max(0, Number(highWatermark) - 1 - Number(offset));

/** What the relay cannot have written is no event: where one is missing for it, the inbox finds the gap. */
const publishedOf = (message: KafkaMessage): readonly PublishedEvent[] => {
  try {
    return [eventOf(textOf(message))];
  } catch {
    return [];
  }
};

const textOf = ({ key, value, headers = {} }: KafkaMessage) => ({
  key: String(key),
  value: String(value),
  headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, String(text)])),
});

import { setTimeout as sleep } from 'node:timers/promises';
import { type Consumer, type EachBatchPayload, type Kafka } from 'kafkajs';
import { retryDelayMs } from '#kernel';
import { AnswerProducer } from './answer-producer.js';
import { PartitionProcessor } from './partition-processor.js';
import { type CommandRecordHandler, type HandledRecord } from './record-handler.js';
import { COMMANDS_TOPIC, CONSUMER_GROUP, createMissingTopics, kafkaClient, withAdmin } from './topics.js';

export interface CommandConsumerOptions {
  /** Kafka brokers as `host:port`. */
  readonly brokers: readonly string[];
  readonly handler: CommandRecordHandler;
  /** Called for each record once its answer is committed. */
  readonly onAnswered?: (outcome: HandledRecord['outcome']) => void;
  readonly log?: (message: string, details: object) => void;
}

/** A member that has died is noticed after this time. */
const SESSION_TIMEOUT_MS = 10_000;
const PARTITIONS_AT_ONCE = 16;
const RESTART_DELAYS = { firstMs: 250, maxMs: 10_000 };
/** The end of a session that has lasted this long counts as the first failure. */
const STABLE_SESSION_MS = 60_000;

interface OpenPartition {
  readonly processor: PartitionProcessor;
  readonly answers: AnswerProducer;
  readonly end: AbortController;
}

/**
 * Carries out commands from Kafka until it is closed. After any failure it starts again at the first record that is not
 * answered; a command that was carried out already is recognized by its id.
 */
export class CommandConsumer {
  private readonly end = new AbortController();
  private readonly kafka: Kafka;
  private running: Promise<void> | undefined;

  constructor(private readonly options: CommandConsumerOptions) {
    this.kafka = kafkaClient(options.brokers, CONSUMER_GROUP);
  }

  start(): void {
    this.running ??= this.run();
  }

  /** Resolves once the current session has ended. Another member carries out the records that it has not answered. */
  async close(): Promise<void> {
    this.end.abort();
    await this.running;
  }

  /** The number of records that are not answered yet, over all partitions. @throws Error when the broker does not answer */
  lag(): Promise<number> {
    return withAdmin(this.kafka, async (admin) => {
      const [ends, [committed]] = await Promise.all([
        admin.fetchTopicOffsets(COMMANDS_TOPIC),
        admin.fetchOffsets({ groupId: CONSUMER_GROUP, topics: [COMMANDS_TOPIC] }),
      ]);
      const answered = new Map(committed?.partitions.map(({ partition, offset }) => [partition, Number(offset)]));
      const unanswered = ends.map(({ partition, high, low }) =>
        Math.max(0, Number(high) - Math.max(Number(low), answered.get(partition) ?? 0)),
      );
      return unanswered.reduce((sum, count) => sum + count, 0);
    });
  }

  private async run(): Promise<void> {
    const { signal } = this.end;
    for (let failures = 1; !signal.aborted; failures++) {
      const startedAt = performance.now();
      try {
        await new ConsumerSession(this.kafka, this.options).run(signal);
      } catch (error) {
        this.options.log?.('the session with Kafka ended, starting again', { error: String(error) });
      }
      if (performance.now() - startedAt > STABLE_SESSION_MS) failures = 1;
      await sleep(retryDelayMs(failures, RESTART_DELAYS, Math.random), undefined, { signal }).catch(() => undefined);
    }
  }
}

/** One membership in the consumer group, until it is closed or something fails. */
class ConsumerSession {
  private readonly consumer: Consumer;
  private readonly partitions = new Map<number, OpenPartition>();
  private readonly failed = Promise.withResolvers<never>();

  constructor(
    private readonly kafka: Kafka,
    private readonly options: CommandConsumerOptions,
  ) {
    this.consumer = kafka.consumer({
      groupId: CONSUMER_GROUP,
      sessionTimeout: SESSION_TIMEOUT_MS,
      heartbeatInterval: 1_000,
      maxWaitTimeInMs: 500,
      maxBytesPerPartition: 256 * 1024,
      retry: { retries: 3, restartOnFailure: () => Promise.resolve(false) }, // a new session is started instead
    });
    this.failed.promise.catch(() => undefined); // it may reject before run() awaits it
    const { GROUP_JOIN, CRASH } = this.consumer.events;
    this.consumer.on(GROUP_JOIN, () => void this.closePartitions());
    this.consumer.on(CRASH, ({ payload: { error } }) => this.failed.reject(error));
  }

  /** Returns when `signal` aborts. @throws the error that ends the session before that */
  async run(signal: AbortSignal): Promise<void> {
    const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    try {
      await createMissingTopics(this.kafka);
      await this.consumer.connect();
      await this.consumer.subscribe({ topics: [COMMANDS_TOPIC], fromBeginning: true });
      await this.consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: PARTITIONS_AT_ONCE,
        eachBatch: (payload) => this.handleBatch(payload),
      });
      await Promise.race([aborted, this.failed.promise]);
    } finally {
      await this.closePartitions();
      await this.consumer.disconnect().catch(() => undefined);
    }
  }

  private async handleBatch(payload: EachBatchPayload): Promise<void> {
    const { batch } = payload;
    const { partition } = batch;
    const open = this.partitions.get(partition);
    if (!open) {
      // The previous member may have answered records of this batch, so it is fetched again from the first unanswered one.
      const answers = await this.openPartition(partition);
      this.consumer.seek({ topic: COMMANDS_TOPIC, partition, offset: answers.firstUnanswered });
      return;
    }
    const { processor, end } = open;
    for (const { key, value, headers = {}, offset } of batch.messages) {
      if (!payload.isRunning() || payload.isStale() || end.signal.aborted) return;
      if (processor.isFull) {
        const resume = payload.pause();
        void processor.waitForRoom().then(resume);
        break;
      }
      processor.add({ partition, offset, key, value, headers });
      payload.resolveOffset(offset);
    }
    await payload.heartbeat();
  }

  private async openPartition(partition: number): Promise<AnswerProducer> {
    const answers = await AnswerProducer.open(this.kafka, partition);
    const end = new AbortController();
    const processor = new PartitionProcessor({
      answers,
      handler: this.options.handler.forPartition(end.signal),
      signal: end.signal,
      onFailure: (error) => this.failed.reject(error instanceof Error ? error : new Error(String(error))),
      onAnswered: ({ outcome }) => this.options.onAnswered?.(outcome),
    });
    this.partitions.set(partition, { processor, answers, end });
    return answers;
  }

  private async closePartitions(): Promise<void> {
    const open = [...this.partitions.values()];
    this.partitions.clear();
    for (const { end } of open) end.abort();
    await Promise.all(open.map(({ answers }) => answers.close()));
  }
}

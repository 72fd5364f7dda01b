import { setTimeout as pause } from 'node:timers/promises';
import { type Consumer, type EachBatchPayload, type Kafka } from 'kafkajs';
import { retryDelayMs } from '#kernel';
import { type Handled, type Receiver } from './handled.js';
import { Outbox } from './outbox.js';
import { PartitionLane } from './partition-lane.js';
import { COMMANDS_TOPIC, ensureTopics, GROUP, kafkaOf, withAdmin } from './topics.js';

export interface IntakeOptions {
  readonly brokers: readonly string[];
  readonly receiver: Receiver;
  /** Its answer is on record. */
  readonly onAnswered?: (outcome: Handled['outcome']) => void;
  readonly log?: (message: string, details: object) => void;
}

/** A member that has died is missed after this long. */
const SESSION_MS = 10_000;
const PARTITIONS_AT_ONCE = 16;
const DELAYS = { firstMs: 250, maxMs: 10_000 };
/** A session that lasted so long was no failure: the delays begin anew. */
const STEADY_AFTER_MS = 60_000;

interface OpenLane {
  readonly lane: PartitionLane;
  readonly outbox: Outbox;
  readonly end: AbortController;
}

/** Takes commands from Kafka until it is closed. Whatever fails, it begins anew at the first one that is not answered. */
export class CommandIntake {
  private readonly end = new AbortController();
  private readonly kafka: Kafka;
  private running: Promise<void> | undefined;

  constructor(private readonly options: IntakeOptions) {
    this.kafka = kafkaOf(options.brokers, GROUP);
  }

  start(): void {
    this.running ??= this.run();
  }

  async close(): Promise<void> {
    this.end.abort();
    await this.running;
  }

  /** Records that are not answered yet, over all partitions. @throws Error when the broker does not answer */
  lag(): Promise<number> {
    return withAdmin(this.kafka, async (admin) => {
      const [ends, [committed]] = await Promise.all([
        admin.fetchTopicOffsets(COMMANDS_TOPIC),
        admin.fetchOffsets({ groupId: GROUP, topics: [COMMANDS_TOPIC] }),
      ]);
      const answered = new Map(committed?.partitions.map(({ partition, offset }) => [partition, Number(offset)]));
      const open = ends.map(({ partition, high, low }) =>
        Math.max(0, Number(high) - Math.max(Number(low), answered.get(partition) ?? 0)),
      );
      return open.reduce((sum, count) => sum + count, 0);
    });
  }

  private async run(): Promise<void> {
    const { signal } = this.end;
    for (let failures = 1; !signal.aborted; failures++) {
      const began = performance.now();
      try {
        await new Session(this.kafka, this.options).run(signal);
      } catch (error) {
        this.options.log?.('commands from Kafka: begins anew', { error: String(error) });
      }
      if (performance.now() - began > STEADY_AFTER_MS) failures = 1;
      await pause(retryDelayMs(failures, DELAYS, Math.random), undefined, { signal }).catch(() => undefined);
    }
  }
}

/** One membership in the group, until something fails. */
class Session {
  private readonly consumer: Consumer;
  private readonly lanes = new Map<number, OpenLane>();
  private readonly failed = Promise.withResolvers<never>();

  constructor(
    private readonly kafka: Kafka,
    private readonly options: IntakeOptions,
  ) {
    this.consumer = kafka.consumer({
      groupId: GROUP,
      sessionTimeout: SESSION_MS,
      heartbeatInterval: 1_000,
      maxWaitTimeInMs: 500,
      maxBytesPerPartition: 256 * 1024,
      retry: { retries: 3, restartOnFailure: () => Promise.resolve(false) }, // a new session is begun instead
    });
    this.failed.promise.catch(() => undefined); // it may fail before anybody waits for it
    const { GROUP_JOIN, CRASH } = this.consumer.events;
    this.consumer.on(GROUP_JOIN, () => void this.closeLanes());
    this.consumer.on(CRASH, ({ payload: { error } }) => this.failed.reject(error));
  }

  async run(signal: AbortSignal): Promise<void> {
    const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    try {
      await ensureTopics(this.kafka);
      await this.consumer.connect();
      await this.consumer.subscribe({ topics: [COMMANDS_TOPIC], fromBeginning: true });
      await this.consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: PARTITIONS_AT_ONCE,
        eachBatch: (payload) => this.handle(payload),
      });
      await Promise.race([aborted, this.failed.promise]);
    } finally {
      await this.closeLanes();
      await this.consumer.disconnect().catch(() => undefined);
    }
  }

  private async handle(payload: EachBatchPayload): Promise<void> {
    const { batch } = payload;
    const { partition } = batch;
    const open = this.lanes.get(partition);
    if (!open) {
      // Where it goes on is asked again once it is ours alone; this batch may be of before.
      const outbox = await this.open(partition);
      this.consumer.seek({ topic: COMMANDS_TOPIC, partition, offset: outbox.from });
      return;
    }
    for (const { key, value, headers = {}, offset } of batch.messages) {
      if (!payload.isRunning() || payload.isStale() || open.end.signal.aborted) return;
      if (open.lane.isFull) {
        const goOn = payload.pause();
        void open.lane.room().then(goOn);
        break;
      }
      open.lane.take({ partition, offset, key, value, headers });
      payload.resolveOffset(offset);
    }
    await payload.heartbeat();
  }

  private async open(partition: number): Promise<Outbox> {
    const outbox = await Outbox.open(this.kafka, partition);
    const end = new AbortController();
    const lane = new PartitionLane({
      outbox,
      receiver: this.options.receiver.lane(end.signal),
      signal: end.signal,
      fail: (error) => this.failed.reject(error instanceof Error ? error : new Error(String(error))),
      onAnswered: ({ outcome }) => this.options.onAnswered?.(outcome),
    });
    this.lanes.set(partition, { lane, outbox, end });
    return outbox;
  }

  private async closeLanes(): Promise<void> {
    const open = [...this.lanes.values()];
    this.lanes.clear();
    for (const { end } of open) end.abort();
    await Promise.all(open.map(({ outbox }) => outbox.close()));
  }
}

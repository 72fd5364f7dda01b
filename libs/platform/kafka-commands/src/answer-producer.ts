import { type Kafka, type Message, type PartitionerArgs, type Producer } from 'kafkajs';
import { type CommandRecord, type HandledRecord } from './record-handler.js';
import { COMMANDS_TOPIC, CONSUMER_GROUP, PARKED_TOPIC, RESULTS_TOPIC, withAdmin } from './topics.js';

/** A record and its result. */
export interface AnsweredRecord {
  readonly record: CommandRecord;
  readonly handled: HandledRecord;
}

/** Kafka aborts a transaction after this time. Until then, readers of committed answers wait. */
const TRANSACTION_TIMEOUT_MS = 20_000;
const MAX_DETAIL_LENGTH = 1_000;

/**
 * Writes the answers to one partition of commands. The answers and the offset up to which the partition is answered are
 * one transaction of Kafka, so each record gets one answer. Opening a producer fences the member that had the
 * partition before.
 */
export class AnswerProducer {
  private constructor(
    private readonly producer: Producer,
    private readonly partition: number,
    /** Offset of the first record that is not answered. */
    readonly firstUnanswered: string,
  ) {}

  static async open(kafka: Kafka, partition: number): Promise<AnswerProducer> {
    const producer = kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      transactionalId: `${CONSUMER_GROUP}-${partition}`,
      transactionTimeout: TRANSACTION_TIMEOUT_MS,
      createPartitioner: () => samePartition(partition),
    });
    try {
      await producer.connect();
      const first = await producer.transaction();
      await first.abort();
      return new AnswerProducer(producer, partition, await firstUnansweredOffset(kafka, partition));
    } catch (error) {
      await producer.disconnect().catch(() => undefined);
      throw error;
    }
  }

  /**
   * Commits the answers to consecutive records.
   * @throws Error when it is not certain that they are committed: the session starts again at the first unanswered record
   */
  async commit(answered: readonly AnsweredRecord[]): Promise<void> {
    const last = answered.at(-1);
    if (!last) return;
    const offset = String(BigInt(last.record.offset) + 1n);
    const transaction = await this.producer.transaction();
    try {
      const answers = answered.flatMap(answerMessages);
      if (answers.length > 0) await transaction.send({ topic: RESULTS_TOPIC, messages: answers });
      // One by one, because parked records may be large.
      for (const parked of answered.flatMap(parkedMessages))
        await transaction.send({ topic: PARKED_TOPIC, messages: [parked] });
      const partitions = [{ partition: this.partition, offset }];
      const topics = [{ topic: COMMANDS_TOPIC, partitions }];
      await transaction.sendOffsets({ consumerGroupId: CONSUMER_GROUP, topics });
      await transaction.commit();
    } catch (error) {
      if (transaction.isActive()) await transaction.abort().catch(() => undefined);
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.producer.disconnect().catch(() => undefined);
  }
}

/**
 * Answers go to the partition with the same number as the commands, so that the transactions of two members never overlap
 * in a partition: where they do, kafkajs 2.2.4 delivers aborted records to readers as if they were committed.
 */
const samePartition =
  (partition: number) =>
  ({ partitionMetadata }: PartitionerArgs) =>
    partition % partitionMetadata.length;

/** Read only after the previous member is fenced, so that it cannot change any more. */
const firstUnansweredOffset = (kafka: Kafka, partition: number): Promise<string> =>
  withAdmin(kafka, async (admin) => {
    const [committed] = await admin.fetchOffsets({ groupId: CONSUMER_GROUP, topics: [COMMANDS_TOPIC] });
    const offset = committed?.partitions.find((one) => one.partition === partition)?.offset ?? '-1';
    const ends = await admin.fetchTopicOffsets(COMMANDS_TOPIC);
    const low = ends.find((one) => one.partition === partition)?.low ?? '0';
    return BigInt(offset) < BigInt(low) ? low : offset;
  });

const typeOf = ({ outcome }: HandledRecord) =>
  outcome === 'accepted' || outcome === 'repeated' ? 'com.kontor.command.accepted.v1' : 'com.kontor.command.refused.v1';

/** @returns none where the sender is not known */
const answerMessages = ({ record, handled }: AnsweredRecord): Message[] => {
  if (!handled.answer) return [];
  const { to, channel, answer } = handled.answer;
  const headers = {
    ce_specversion: '1.0',
    ce_id: `${record.partition}:${record.offset}`,
    ce_source: '/kontor/commands',
    ce_type: typeOf(handled),
    ce_subject: to.id,
    ce_time: new Date().toISOString(),
    ce_channel: channel,
    ce_correlationid: to.correlationId,
    ce_command: to.type,
    'kontor-key-id': to.keyId,
    'content-type': 'application/json',
  };
  return [{ key: to.id ?? '', value: JSON.stringify(answer), headers: withoutUndefined(headers) }];
};

const withoutUndefined = (headers: Readonly<Record<string, string | undefined>>) =>
  Object.fromEntries(Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined));

/**
 * The unchanged record, so that it can be sent again, with the reason in its headers. A record without a value gets an
 * empty one, because a null value would delete a record from the compacted topic.
 */
const parkedMessages = ({ record, handled: { parking } }: AnsweredRecord): Message[] => {
  if (!parking) return [];
  const headers = {
    ...record.headers,
    'kontor-parked-code': parking.code,
    'kontor-parked-detail': parking.detail.slice(0, MAX_DETAIL_LENGTH),
    'kontor-parked-at': new Date().toISOString(),
    ...(record.key && { 'kontor-parked-key': record.key }),
  };
  return [{ key: `${record.partition}:${record.offset}`, value: record.value ?? Buffer.alloc(0), headers }];
};

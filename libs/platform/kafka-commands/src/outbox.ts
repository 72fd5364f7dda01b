import { type Kafka, type Message, type PartitionerArgs, type Producer } from 'kafkajs';
import { type CommandRecord, type Handled } from './handled.js';
import { COMMANDS_TOPIC, GROUP, PARKED_TOPIC, RESULTS_TOPIC, withAdmin } from './topics.js';

export interface Settled {
  readonly record: CommandRecord;
  readonly handled: Handled;
}

/** A transaction that nobody ends keeps readers of answers waiting for this long at most. */
const TRANSACTION_MS = 20_000;

/**
 * Writes the answers of one partition and how far it is answered, both or neither: what is told is told once. Opening
 * it shuts out whoever had the partition before.
 */
export class Outbox {
  private constructor(
    private readonly producer: Producer,
    private readonly partition: number,
    /** Of the first record that is not answered. */
    readonly from: string,
  ) {}

  static async open(kafka: Kafka, partition: number): Promise<Outbox> {
    const producer = kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      transactionalId: `${GROUP}-${partition}`,
      transactionTimeout: TRANSACTION_MS,
      createPartitioner: () => beside(partition),
    });
    try {
      await producer.connect();
      const first = await producer.transaction();
      await first.abort();
      return new Outbox(producer, partition, await startOf(kafka, partition));
    } catch (error) {
      await producer.disconnect().catch(() => undefined);
      throw error;
    }
  }

  /** Everything up to the last one is answered, or parked. @throws Error when that is not sure: begin anew */
  async commit(settled: readonly Settled[]): Promise<void> {
    const last = settled.at(-1);
    if (!last) return;
    const offset = String(BigInt(last.record.offset) + 1n);
    const transaction = await this.producer.transaction();
    try {
      const answers = settled.flatMap(answerOf);
      if (answers.length > 0) await transaction.send({ topic: RESULTS_TOPIC, messages: answers });
      // One by one: they may be large.
      for (const parked of settled.flatMap(parkedOf))
        await transaction.send({ topic: PARKED_TOPIC, messages: [parked] });
      const partitions = [{ partition: this.partition, offset }];
      await transaction.sendOffsets({ consumerGroupId: GROUP, topics: [{ topic: COMMANDS_TOPIC, partitions }] });
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
 * What is told about a partition lies in the one of the same number, so that nobody else's transaction lies across it:
 * kafkajs shows readers what was aborted when the transactions of several writers overlap.
 */
const beside =
  (partition: number) =>
  ({ partitionMetadata }: PartitionerArgs) =>
    partition % partitionMetadata.length;

/** Asked after whoever was here before has been shut out: it does not move any more. */
const startOf = (kafka: Kafka, partition: number): Promise<string> =>
  withAdmin(kafka, async (admin) => {
    const [committed] = await admin.fetchOffsets({ groupId: GROUP, topics: [COMMANDS_TOPIC] });
    const offset = committed?.partitions.find((one) => one.partition === partition)?.offset ?? '-1';
    const ends = await admin.fetchTopicOffsets(COMMANDS_TOPIC);
    const low = ends.find((one) => one.partition === partition)?.low ?? '0';
    return BigInt(offset) < BigInt(low) ? low : offset;
  });

const typeOf = ({ outcome }: Handled) =>
  outcome === 'accepted' || outcome === 'repeated' ? 'com.kontor.command.accepted.v1' : 'com.kontor.command.refused.v1';

const answerOf = ({ record, handled }: Settled): Message[] => {
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
  return [{ key: to.id ?? '', value: JSON.stringify(answer), headers: present(headers) }];
};

const present = (headers: Readonly<Record<string, string | undefined>>) =>
  Object.fromEntries(Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined));

/** As it came, so that it can be sent again, and why it lies here. A record without a value would delete another. */
const parkedOf = ({ record, handled: { parking } }: Settled): Message[] => {
  if (!parking) return [];
  return [
    {
      key: `${record.partition}:${record.offset}`,
      value: record.value ?? Buffer.alloc(0),
      headers: {
        ...record.headers,
        'kontor-parked-code': parking.code,
        'kontor-parked-detail': parking.detail.slice(0, 1000),
        'kontor-parked-at': new Date().toISOString(),
        ...(record.key && { 'kontor-parked-key': record.key }),
      },
    },
  ];
};

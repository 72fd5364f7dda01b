import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type Consumer, type Kafka, type Message, type Producer } from 'kafkajs';
import {
  type CommandAnswer,
  COMMANDS_TOPIC,
  createMissingTopics,
  type CommandEnvelope,
  headersOf,
  kafkaClient,
  RESULTS_TOPIC,
  signatureOf,
} from '#kafka-commands';

export interface SenderOptions {
  readonly brokers: readonly string[];
  /** For which commands are sent. */
  readonly channel: string;
  readonly keyId: string;
  /** `signerOf(secret)` of libs/platform/access makes both of the API key. */
  readonly signingKey: Buffer;
}

export interface CommandToSend {
  readonly name: string;
  readonly body: object;
  /** Idempotency key: the same one per repeat. */
  readonly id: string;
  /** What has the same key keeps its order: the stream, say. Default: the id. */
  readonly key?: string;
  /** ISO 8601; default: now. */
  readonly occurredAt?: string;
  readonly correlationId?: string;
}

interface Asked {
  readonly promise: Promise<CommandAnswer>;
  readonly resolve: (answer: CommandAnswer) => void;
}

interface Queued {
  readonly record: Message;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

const MOST_TOGETHER = 500;

/** By the broker, and for good: a record that is too large, say. */
const isRefused = (error: unknown) =>
  error instanceof Error && error.name === 'KafkaJSProtocolError' && 'retriable' in error && error.retriable === false;

const ANSWERED_WITHIN_MS = 15_000;

const silence = (signal: AbortSignal): Promise<undefined> =>
  pause(ANSWERED_WITHIN_MS, undefined, { signal }).catch(() => undefined);

/** The record of a command as its sender signs it. */
export const commandRecord = (command: CommandToSend, { channel, keyId, signingKey }: SenderOptions): Message => {
  const body = Buffer.from(JSON.stringify(command.body));
  const envelope: CommandEnvelope = {
    id: command.id,
    type: command.name,
    time: command.occurredAt ?? new Date().toISOString(),
    source: channel,
    ...(command.correlationId !== undefined && { correlationId: command.correlationId }),
    keyId,
  };
  const headers = headersOf({ ...envelope, signature: signatureOf(signingKey, envelope, body) });
  return { key: command.key ?? command.id, value: body, headers };
};

/** Sends commands by Kafka and hears their answers: the sender's side, for adapters and tests. */
export class CommandSender {
  private readonly asked = new Map<string, Asked>();
  private readonly queue: Queued[] = [];
  private sending: Promise<void> | undefined;

  private readonly end = new AbortController();
  private producer: Producer | undefined;

  private constructor(
    private readonly options: SenderOptions,
    private readonly kafka: Kafka,
    private readonly consumer: Consumer,
  ) {}

  static async open(options: SenderOptions): Promise<CommandSender> {
    const kafka = kafkaClient(options.brokers, `kontor-sender-${options.keyId}`);
    await createMissingTopics(kafka);
    const consumer = kafka.consumer({ groupId: `kontor-sender-${randomUUID()}`, maxWaitTimeInMs: 50 });
    const sender = new CommandSender(options, kafka, consumer);
    await sender.listen();
    return sender;
  }

  /** Resolves to the answer, however long it takes: what is not answered is sent again, which does no harm. */
  async send(command: CommandToSend): Promise<CommandAnswer> {
    const asked = this.asked.get(command.id) ?? Promise.withResolvers<CommandAnswer>();
    this.asked.set(command.id, asked);
    const record = commandRecord(command, this.options);
    while (!this.end.signal.aborted) {
      await this.post(record);
      const again = new AbortController();
      const answer = await Promise.race([asked.promise, silence(again.signal)]).finally(() => again.abort());
      if (answer) return answer;
    }
    throw new Error('The sender was closed before there was an answer');
  }

  /** Sends a record as it is, as soon as Kafka takes it; rejects when it refuses it for good. What comes while another request is on its way goes together. */
  post(record: Message): Promise<void> {
    return new Promise((resolve, reject) => {
      this.queue.push({ record, resolve, reject });
      this.sending ??= this.flush();
    });
  }

  async close(): Promise<void> {
    this.end.abort();
    await this.sending;
    await Promise.all([this.producer?.disconnect(), this.consumer.disconnect()]);
  }

  private async flush(): Promise<void> {
    await new Promise((next) => setImmediate(next));
    for (let most = MOST_TOGETHER; this.queue.length > 0;) {
      const together = this.queue.slice(0, most);
      const error = await this.deliver(together.map(({ record }) => record)).catch((reason: unknown) => reason);
      if (error === undefined) for (const { resolve } of this.queue.splice(0, together.length)) resolve();
      else await this.failed(error, together.length);
      most = isRefused(error) ? 1 : Math.min(most * 2, MOST_TOGETHER); // one by one: whose fault it is
    }
    this.sending = undefined;
  }

  private async failed(error: unknown, count: number): Promise<void> {
    if (this.end.signal.aborted || (count === 1 && isRefused(error))) this.queue.shift()?.reject(error);
    else if (!isRefused(error)) await pause(500);
  }

  /** With a new producer after a failure: the old one does not know what became of its last request. */
  private async deliver(messages: Message[]): Promise<void> {
    this.producer ??= this.kafka.producer({ idempotent: true, maxInFlightRequests: 1, retry: { retries: 3 } });
    const { producer } = this;
    try {
      await producer.connect();
      await producer.send({ topic: COMMANDS_TOPIC, messages });
    } catch (error) {
      this.producer = undefined;
      await producer.disconnect().catch(() => undefined);
      throw error;
    }
  }

  /** From now on: what is sent once this resolves is heard. */
  private async listen(): Promise<void> {
    const { consumer } = this;
    const listening = new Promise<void>((resolve) => {
      const off = consumer.on(consumer.events.FETCH, () => {
        off();
        resolve();
      });
    });
    await consumer.connect();
    await consumer.subscribe({ topics: [RESULTS_TOPIC], fromBeginning: false });
    await consumer.run({
      autoCommit: false,
      eachMessage: ({ message: { key, value, headers } }) => {
        if (headers?.['kontor-key-id']?.toString() !== this.options.keyId) return Promise.resolve();
        const id = String(key);
        this.asked.get(id)?.resolve(JSON.parse(String(value)) as CommandAnswer);
        this.asked.delete(id);
        return Promise.resolve();
      },
    });
    await listening;
  }
}

import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Consumer, type Kafka, type Message, type Producer } from 'kafkajs';
import {
  type CommandAnswer,
  type CommandEnvelope,
  COMMANDS_TOPIC,
  createMissingTopics,
  headersOf,
  kafkaClient,
  RESULTS_TOPIC,
  signatureOf,
} from '#kafka-commands';

export interface SenderOptions {
  /** Kafka brokers as `host:port`. */
  readonly brokers: readonly string[];
  /** Id of the channel on whose behalf commands are sent. */
  readonly channel: string;
  /** `signerOf(secret)` of libs/platform/access makes both from an API key. */
  readonly keyId: string;
  readonly signingKey: Buffer;
}

export interface CommandToSend {
  readonly name: string;
  readonly body: object;
  /** Idempotency key: every repeat has the same. */
  readonly id: string;
  /** Key of the record; commands with the same key keep their order. By default the id. */
  readonly key?: string;
  /** ISO 8601; by default now. */
  readonly occurredAt?: string;
  readonly correlationId?: string;
}

interface PendingAnswer {
  readonly promise: Promise<CommandAnswer>;
  readonly resolve: (answer: CommandAnswer) => void;
}

interface QueuedRecord {
  readonly record: Message;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

const MAX_RECORDS_IN_REQUEST = 500;
const RETRY_AFTER_MS = 500;
/** A command without an answer after this time is sent again. */
const ANSWER_TIMEOUT_MS = 15_000;

/** Whether the broker will never take the record, for example because it is too large. */
const isRefused = (error: unknown) =>
  error instanceof Error && error.name === 'KafkaJSProtocolError' && 'retriable' in error && error.retriable === false;

const answerTimeout = (signal: AbortSignal): Promise<undefined> =>
  sleep(ANSWER_TIMEOUT_MS, undefined, { signal }).catch(() => undefined);

/** The signed record of a command. */
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

/** A sender of commands by Kafka that also reads their answers. */
export class CommandSender {
  /** Command id → its answer. */
  private readonly pending = new Map<string, PendingAnswer>();
  private readonly queue: QueuedRecord[] = [];
  private flushing: Promise<void> | undefined;
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

  /** Sends a command, again if need be, until it is answered, however long that takes. */
  async send(command: CommandToSend): Promise<CommandAnswer> {
    const pending = this.pending.get(command.id) ?? Promise.withResolvers<CommandAnswer>();
    this.pending.set(command.id, pending);
    const record = commandRecord(command, this.options);
    while (!this.end.signal.aborted) {
      await this.sendRecord(record);
      const answered = new AbortController();
      const answer = await Promise.race([pending.promise, answerTimeout(answered.signal)]).finally(() =>
        answered.abort(),
      );
      if (answer) return answer;
    }
    throw new Error('The sender was closed before there was an answer');
  }

  /**
   * Resolves once Kafka has taken the record, and rejects if Kafka refuses it for good. Records that arrive while a request
   * is in flight share the next request.
   */
  sendRecord(record: Message): Promise<void> {
    return new Promise((resolve, reject) => {
      this.queue.push({ record, resolve, reject });
      this.flushing ??= this.flush();
    });
  }

  async close(): Promise<void> {
    this.end.abort();
    await this.flushing;
    await Promise.all([this.producer?.disconnect(), this.consumer.disconnect()]);
  }

  private async flush(): Promise<void> {
    await new Promise((next) => setImmediate(next));
    for (let max = MAX_RECORDS_IN_REQUEST; this.queue.length > 0;) {
      const request = this.queue.slice(0, max);
      const error = await this.produce(request.map(({ record }) => record)).catch((reason: unknown) => reason);
      if (error === undefined) for (const { resolve } of this.queue.splice(0, request.length)) resolve();
      else await this.handleFailure(error, request.length);
      max = isRefused(error) ? 1 : Math.min(max * 2, MAX_RECORDS_IN_REQUEST); // one by one, to find the refused one
    }
    this.flushing = undefined;
  }

  private async handleFailure(error: unknown, count: number): Promise<void> {
    if (this.end.signal.aborted || (count === 1 && isRefused(error))) this.queue.shift()?.reject(error);
    else if (!isRefused(error)) await sleep(RETRY_AFTER_MS);
  }

  /** After a failure a new producer is opened, because the old one does not know whether its request was taken. */
  private async produce(messages: Message[]): Promise<void> {
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

  /** Resolves once the answers to all commands that are sent from now on will be read. */
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
        this.pending.get(id)?.resolve(JSON.parse(String(value)) as CommandAnswer);
        this.pending.delete(id);
        return Promise.resolve();
      },
    });
    await listening;
  }
}

import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { Counter, Gauge } from 'prom-client';
import { CommandConsumer } from '#kafka-commands';
import { MetricsRegistry } from '#host/service';
import { KafkaCommandHandler } from './kafka-command-handler.js';

/** Consumes commands from Kafka if brokers are configured. */
@Injectable()
export class KafkaCommands implements BeforeApplicationShutdown {
  private readonly logger = new Logger('kafka-commands');
  private consumer: CommandConsumer | undefined;

  constructor(
    private readonly handler: KafkaCommandHandler,
    private readonly registry: MetricsRegistry,
  ) {}

  /** Called once the API can carry out commands. @param brokers as `host:port` */
  start(brokers: readonly string[]): void {
    const answered = new Counter({
      name: 'kontor_kafka_commands_total',
      help: 'Commands from Kafka whose answer is committed, by outcome: accepted, repeated, refused or parked.',
      labelNames: ['outcome'],
      registers: [this.registry],
    });
    const consumer = new CommandConsumer({
      brokers,
      handler: this.handler,
      onAnswered: (outcome) => answered.inc({ outcome }),
      log: (message, details) => this.logger.warn({ message, ...details }),
    });
    new Gauge({
      name: 'kontor_kafka_commands_lag',
      help: 'Records of the topic of commands that are not answered yet, over all partitions.',
      registers: [this.registry],
      async collect() {
        this.reset();
        const lag = await consumer.lag().catch(() => undefined);
        if (lag === undefined)
          this.remove(); // the broker does not answer, and an old value would be wrong
        else this.set(lag);
      },
    });
    consumer.start();
    this.consumer = consumer;
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.consumer?.close();
  }
}

import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { Counter, Gauge } from 'prom-client';
import { CommandIntake } from '#kafka-commands';
import { MetricsRegistry } from '#host/service';
import { CommandReceiver } from './command-receiver.js';

/** Hosts the intake where a broker is configured. */
@Injectable()
export class CommandsByKafka implements BeforeApplicationShutdown {
  private readonly logger = new Logger('intake');
  private intake: CommandIntake | undefined;

  constructor(
    private readonly receiver: CommandReceiver,
    private readonly registry: MetricsRegistry,
  ) {}

  /** Once the API can take commands. */
  start(brokers: readonly string[]): void {
    const answered = new Counter({
      name: 'kontor_kafka_commands_total',
      help: 'Commands from Kafka whose answer is on record, by outcome: accepted, repeated, refused or parked.',
      labelNames: ['outcome'],
      registers: [this.registry],
    });
    const intake = new CommandIntake({
      brokers,
      receiver: this.receiver,
      onAnswered: (outcome) => answered.inc({ outcome }),
      log: (message, details) => this.logger.warn({ message, ...details }),
    });
    new Gauge({
      name: 'kontor_kafka_commands_lag',
      help: 'Records of the topic of commands that are not answered yet, over all partitions.',
      registers: [this.registry],
      async collect() {
        this.reset();
        const lag = await intake.lag().catch(() => undefined);
        if (lag === undefined) this.remove();
        else this.set(lag);
      },
    });
    intake.start();
    this.intake = intake;
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.intake?.close();
  }
}

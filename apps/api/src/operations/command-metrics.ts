import { Injectable } from '@nestjs/common';
import { Counter } from 'prom-client';
import { MetricsRegistry } from '#host/service';

@Injectable()
export class CommandMetrics {
  private readonly counter: Counter<'command' | 'outcome'>;

  constructor(registry: MetricsRegistry) {
    this.counter = new Counter({
      name: 'kontor_commands_total',
      help: 'Commands by name and outcome: accepted, repeated or refused.',
      labelNames: ['command', 'outcome'],
      registers: [registry],
    });
  }

  count(command: string, outcome: 'accepted' | 'repeated' | 'refused'): void {
    this.counter.inc({ command, outcome });
  }
}

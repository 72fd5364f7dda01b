import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { type Outcome } from '#event-store';
import { type Cause, type Intent, type Message } from '#kernel';

/** What an intent led to, and in which stream. */
export interface Dispatched {
  readonly stream: string;
  readonly outcome: Outcome;
}

/** Any route. As methods, so that the routes of some commands can stand where any command may come. */
export interface AnyRoute {
  stream(command: Message): string;
  message(command: Message, cause: Cause): object;
}

/** Puts the commands of processes and timers on the bus. */
@Injectable()
export class Dispatcher {
  constructor(
    private readonly bus: CommandBus,
    /** By the command's name. */
    private readonly routes: Readonly<Record<string, AnyRoute>>,
  ) {}

  /** @throws DomainError, OutcomeUnknown */
  async send(command: Intent, cause: Cause): Promise<Dispatched> {
    const route = this.routes[command.type];
    if (!route) throw new TypeError(`Nobody carries out ${command.type}`);
    const outcome = await this.bus.execute<object, Outcome>(route.message(command, cause));
    return { stream: route.stream(command), outcome };
  }
}

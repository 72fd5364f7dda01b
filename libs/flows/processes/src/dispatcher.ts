import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { type Outcome, type Route } from '#event-store';
import { type Cause, type Intent } from '#kernel';

/** What an intent led to, and in which stream. */
export interface Dispatched {
  readonly stream: string;
  readonly outcome: Outcome;
}

/** Puts the commands of processes and timers on the bus. */
@Injectable()
export class Dispatcher {
  constructor(
    private readonly bus: CommandBus,
    /** By the command's name. */
    private readonly routes: ReadonlyMap<string, Route>,
  ) {}

  /** @throws DomainError, OutcomeUnknown */
  async send({ type, data }: Intent, cause: Cause): Promise<Dispatched> {
    const route = this.routes.get(type);
    if (!route) throw new TypeError(`Nobody carries out ${type}`);
    const outcome = await this.bus.execute<object, Outcome>(route.message(data, cause));
    return { stream: route.stream(data), outcome };
  }
}

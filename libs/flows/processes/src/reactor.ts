import { type AnyProcess, DomainError, type Happened, type Intent, processCommandId, type Reaction } from '#kernel';
import { type Dispatcher } from './dispatcher.js';

/** Lets a process react to one event, and to everything that its own commands cause. */
export class Reactor {
  constructor(private readonly dispatcher: Pick<Dispatcher, 'send'>) {}

  /**
   * Carries out what the process wants, lets it react to what came of that, until it wants no more.
   * @returns its state then
   * @throws OutcomeUnknown
   */
  async react(
    process: AnyProcess,
    instance: string,
    { state, happened: first }: { readonly state: object | undefined; readonly happened: Happened },
  ): Promise<object | undefined> {
    let current = state;
    const open = [first];
    for (let happened = open.shift(); happened; happened = open.shift()) {
      const { state: next, intents } = process.react(current, happened) as Reaction<object>;
      const cause = happened;
      const caused = await Promise.all(intents.map((intent, index) => this.carryOut(process, intent, cause, index)));
      current = next;
      // What was refused was its own, whatever it reacted to.
      const own = (one: Happened) => one.event.type === 'CommandRefused' || process.instanceOf(one) === instance;
      open.push(...caused.flat().filter(own));
    }
    return current;
  }

  private async carryOut(process: AnyProcess, intent: Intent, cause: Happened, index: number): Promise<Happened[]> {
    const commandId = processCommandId(process.name, cause.id, index);
    const { correlationId, channel, occurredAt } = cause;
    const context = { correlationId, channel, occurredAt };
    try {
      const actor = `process:${process.name}`;
      const full = { ...context, commandId, causationId: cause.id, actor };
      const { stream, outcome } = await this.dispatcher.send(intent, full);
      return outcome.events.map((event, i) => ({ ...context, event, stream, id: outcome.eventIds[i] ?? commandId }));
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      const { reservationId, fulfillmentId, paymentId, operationId } = intent.data as Partial<Record<string, string>>;
      const named = { reservationId, fulfillmentId, paymentId, operationId };
      const data = { command: intent.type, code: error.code, ...named };
      const refused = { type: 'CommandRefused', data };
      return [{ ...context, event: refused, stream: cause.stream, id: commandId }];
    }
  }
}

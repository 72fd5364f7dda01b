import { DomainError, processCommandId, type Message } from '#kernel';
import { type CommandDispatcher } from './dispatcher.js';
import { type AnyProcess, type CommandRefused, type DeliveredEvent } from './process.js';

/** Lets a process react to one event, and at once to everything that its own commands lead to. */
export class Reactor<Command extends Message> {
  constructor(private readonly dispatcher: CommandDispatcher<Command>) {}

  /**
   * Sends the commands of the process and delivers what came of them to it, until it sends no more.
   * @returns its state then
   * @throws StreamNotReadable, OutcomeUnknown, and the errors of the process
   */
  async react(
    process: AnyProcess<Command>,
    instance: string,
    { state, delivered: first }: { readonly state: object | undefined; readonly delivered: DeliveredEvent },
  ): Promise<object | undefined> {
    let current = state;
    const pending = [first];
    for (let delivered = pending.shift(); delivered; delivered = pending.shift()) {
      const { state: next, commands } = process.react(current, delivered, instance);
      const cause = delivered;
      const caused = await Promise.all(commands.map((command, index) => this.carryOut(process, command, cause, index)));
      current = next;
      pending.push(...caused.flat().filter((one) => isFor(process, instance, one)));
    }
    return current;
  }

  private async carryOut(process: AnyProcess<Command>, command: Command, cause: DeliveredEvent, index: number) {
    const commandId = processCommandId(process.name, cause.id, index);
    const { correlationId, channel, occurredAt } = cause;
    const context = { correlationId, channel, occurredAt };
    try {
      const actor = `process:${process.name}`;
      const full = { ...context, commandId, causationId: cause.id, actor };
      const { stream, outcome } = await this.dispatcher.send(command, full);
      return outcome.events.map((event, i) => ({ ...context, event, stream, id: outcome.eventIds[i] ?? commandId }));
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      const event: CommandRefused<Command> = { type: 'CommandRefused', data: { command, code: error.code } };
      return [{ ...context, event, stream: cause.stream, id: commandId }];
    }
  }
}

/** A refusal is always for the instance that sent the command. */
const isFor = (process: AnyProcess, instance: string, delivered: DeliveredEvent) =>
  delivered.event.type === 'CommandRefused' ||
  (process.inputs.includes(delivered.event) && process.instanceOf(delivered) === instance);

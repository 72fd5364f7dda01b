import { DomainError, processCommandId, type Message } from '#kernel';
import { type CommandDispatcher } from './dispatcher.js';
import { type AnyProcess, type CommandRefused, type DeliveredEvent } from './process.js';

/** What came of the commands that were answered, by command id: an event that is handled again does not send these again. */
export type AnsweredCommands = Map<string, readonly DeliveredEvent[]>;

interface Input {
  readonly state: object | undefined;
  readonly delivered: DeliveredEvent;
  /** Grows with each answer. */
  readonly answered: AnsweredCommands;
}

/** Lets a process react to one event, and at once to everything that its own commands lead to. */
export class Reactor<Command extends Message> {
  constructor(private readonly dispatcher: CommandDispatcher<Command>) {}

  /**
   * Sends the commands of the process and delivers what came of them to it, until it sends no more. When a command fails, those that
   * were sent with it are awaited.
   * @returns its state then
   * @throws StreamNotReadable, OutcomeUnknown, and the errors of the process
   */
  async react(
    process: AnyProcess<Command>,
    instance: string,
    { state, delivered: first, answered }: Input,
  ): Promise<object | undefined> {
    let current = state;
    const pending = [first];
    for (let delivered = pending.shift(); delivered; delivered = pending.shift()) {
      const { state: next, commands } = process.react(current, delivered, instance);
      const cause = delivered;
      const caused = await allOf(
        commands.map((command, index) => {
          const commandId = processCommandId(process.name, cause.id, index);
          return this.sendOnce(commandId, answered, () => this.carryOut(process, command, cause, commandId));
        }),
      );
      current = next;
      pending.push(...caused.flat().filter((one) => isFor(process, instance, one)));
    }
    return current;
  }

  private async sendOnce(
    commandId: string,
    answered: AnsweredCommands,
    carryOut: () => Promise<readonly DeliveredEvent[]>,
  ) {
    const caused = answered.get(commandId) ?? (await carryOut());
    answered.set(commandId, caused);
    return caused;
  }

  private async carryOut(
    process: AnyProcess<Command>,
    command: Command,
    cause: DeliveredEvent,
    commandId: string,
  ): Promise<readonly DeliveredEvent[]> {
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

/** Waits for all of them. @throws the first error */
const allOf = async <Result>(works: readonly Promise<Result>[]): Promise<Result[]> => {
  await Promise.allSettled(works);
  return Promise.all(works);
};

/** A refusal is always for the instance that sent the command. */
const isFor = (process: AnyProcess, instance: string, delivered: DeliveredEvent) =>
  delivered.event.type === 'CommandRefused' ||
  (process.inputs.includes(delivered.event) && process.instanceOf(delivered) === instance);

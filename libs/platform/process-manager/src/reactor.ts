import { DomainError, processCommandId, type Message } from '#kernel';
import { type CommandDispatcher } from './dispatcher.js';
import { type AnyProcess, type CommandRefused, type DeliveredEvent } from './process.js';
import { type Refusals } from './refusals.js';

interface Input {
  readonly delivered: DeliveredEvent;
  /** Of a refusal: the refused command, and the event that led to it. */
  readonly refused?: { readonly command: Message; readonly cause: DeliveredEvent };
}

/** What came of the commands that were answered, by command id: an event that is handled again does not send these again. */
export type AnsweredCommands = Map<string, readonly Input[]>;

interface Reacting {
  readonly state: object | undefined;
  readonly delivered: DeliveredEvent;
  /** Grows with each answer. */
  readonly answered: AnsweredCommands;
  /** The process has caused the event itself, and may have reacted to it before: see {@link Refusals.codeOf}. */
  readonly causedByProcess?: boolean;
}

/** Lets a process react to one event, and at once to everything that its own commands lead to. */
export class Reactor<Command extends Message> {
  constructor(
    private readonly dispatcher: CommandDispatcher<Command>,
    private readonly refusals: Pick<Refusals, 'codeOf' | 'record'>,
  ) {}

  /**
   * Sends the commands of the process and delivers what came of them to it, until it sends no more. When a command fails, those that
   * were sent with it are awaited. A refusal is recorded before anything follows from it. One that the process throws at is not: it
   * answers nothing, and the command is sent again when the parked instance is tried again.
   * @returns its state then
   * @throws StreamNotReadable, OutcomeUnknown, and the errors of the process
   */
  async react(
    process: AnyProcess<Command>,
    instance: string,
    { state, delivered: first, answered, causedByProcess = false }: Reacting,
  ): Promise<object | undefined> {
    let current = state;
    const pending: Input[] = [{ delivered: first }];
    for (let input = pending.shift(); input; input = pending.shift()) {
      const { state: next, commands } = process.react(current, input.delivered, instance);
      const recorded = await this.recorded(process, instance, input);
      if (recorded !== input) {
        pending.unshift(recorded);
        continue;
      }
      const cause = input.delivered;
      const caused = await allOf(
        commands.map((command, index) => {
          const commandId = processCommandId(process.name, cause.id, index);
          return this.sendOnce(commandId, answered, async () => {
            const sent = { process: process.name, instance, commandId };
            const code = await this.refusals.codeOf(sent, causedByProcess);
            if (code !== undefined) return [refusalOf(command, cause, { commandId, code })];
            return this.carryOut(process, command, cause, commandId);
          });
        }),
      );
      current = next;
      pending.push(...caused.flat().filter((one) => isFor(process, instance, one)));
    }
    return current;
  }

  /** @returns the input as it is recorded, which differs if another worker has recorded a refusal with another code first */
  private async recorded({ name }: AnyProcess<Command>, instance: string, input: Input): Promise<Input> {
    const { delivered, refused } = input;
    if (!refused) return input;
    const { code } = (delivered.event as CommandRefused<Message>).data;
    const stored = await this.refusals.record({ process: name, instance, commandId: delivered.id, code, ...refused });
    return stored === code
      ? input
      : refusalOf(refused.command, refused.cause, { commandId: delivered.id, code: stored });
  }

  private async sendOnce(commandId: string, answered: AnsweredCommands, carryOut: () => Promise<readonly Input[]>) {
    const caused = answered.get(commandId) ?? (await carryOut());
    answered.set(commandId, caused);
    return caused;
  }

  private async carryOut(
    process: AnyProcess<Command>,
    command: Command,
    cause: DeliveredEvent,
    commandId: string,
  ): Promise<readonly Input[]> {
    const context = contextOf(cause);
    try {
      const actor = `process:${process.name}`;
      const full = { ...context, commandId, causationId: cause.id, actor };
      const { stream, outcome } = await this.dispatcher.send(command, full);
      return outcome.events.map((event, i) => ({
        delivered: { ...context, event, stream, id: outcome.eventIds[i] ?? commandId },
      }));
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      return [refusalOf(command, cause, { commandId, code: error.code })];
    }
  }
}

const contextOf = ({ correlationId, channel, subject, occurredAt }: DeliveredEvent) => ({
  correlationId,
  channel,
  occurredAt,
  ...(subject !== undefined && { subject }),
});

const refusalOf = (
  command: Message,
  cause: DeliveredEvent,
  { commandId, code }: { readonly commandId: string; readonly code: string },
): Input => {
  const event: CommandRefused<Message> = { type: 'CommandRefused', data: { command, code } };
  return {
    delivered: { ...contextOf(cause), event, stream: cause.stream, id: commandId },
    refused: { command, cause },
  };
};

/** Waits for all of them. @throws the first error */
const allOf = async <Result>(works: readonly Promise<Result>[]): Promise<Result[]> => {
  if (works.length > 1) await Promise.allSettled(works);
  return Promise.all(works);
};

/** A refusal is always for the instance that sent the command. */
const isFor = (process: AnyProcess, instance: string, { delivered, refused }: Input) =>
  refused !== undefined || (process.inputs.includes(delivered.event) && process.instanceOf(delivered) === instance);

import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { reasonAndNote, type Cause, type Message } from '#kernel';
import { type CommandContract, type Route } from './command-contract.js';
import { DeciderRunner } from './decider-runner.js';
import { type Outcome } from './outcome.js';
import { type AnyStreamType, type StreamType } from './stream-type.js';

/** The message of the command bus for one command to one stream. */
export class Decide extends Command<Outcome> {
  constructor(
    readonly type: AnyStreamType,
    readonly id: string,
    readonly command: Message,
    readonly cause: Cause,
  ) {
    super();
  }
}

@CommandHandler(Decide)
export class DecideHandler implements ICommandHandler<Decide> {
  constructor(private readonly deciders: DeciderRunner) {}

  execute({ type, id, command, cause }: Decide) {
    return this.deciders.run(type as StreamType<unknown, Message, Message>, id, command, cause);
  }
}

/** A copy as plain JSON: without classes, and without undefined fields. */
export const plain = <Body extends object>(body: Body) => JSON.parse(JSON.stringify(body)) as Body;

/** Hides the type of the body, which callers validate as an instance of `dto` first. */
export const contract = <Dto extends object>(typed: CommandContract<Dto>) => typed as unknown as CommandContract;

/** Creates contracts of commands that need no handler of their own. @param idField the field with the id of the stream */
export const contractsFor =
  (type: AnyStreamType, idField: string) =>
  <Dto extends object>(
    typed: Pick<CommandContract<Dto>, 'name' | 'summary' | 'dto' | 'scope'> &
      Partial<Pick<CommandContract<Dto>, 'subject' | 'refusals' | 'tokenizeSecrets' | 'anyChannelScope'>>,
  ): CommandContract => {
    const idOf = (body: object) => String((body as Record<string, unknown>)[idField]);
    return {
      ...contract({ ...typed, ...NOWHERE }),
      stream: (body) => `${type.category}-${idOf(body)}`,
      message: (body, cause) => new Decide(type, idOf(body), { type: typed.name, data: plain(body) }, cause),
    };
  };

/** For a command whose reason may be free text, which `reasonAndNote` splits into a code and a note. */
export const withReasonAndNote = (typed: CommandContract): CommandContract => ({
  ...typed,
  message: ({ reason, ...body }: { reason?: string }, cause) =>
    typed.message({ ...body, ...(reason !== undefined && reasonAndNote(reason)) }, cause),
});

const NOWHERE = { stream: () => '', message: () => ({}) };

/** Creates the route of commands to one type of stream. @param idOf returns the id of the stream of a command */
export const routeTo = <State, Command extends Message, Event extends Message>(
  type: StreamType<State, Command, Event>,
  idOf: (data: Command['data']) => string,
): Route<Command> => ({
  stream: ({ data }) => `${type.category}-${idOf(data)}`,
  message: (command, cause) => new Decide(type, idOf(command.data), command, cause),
});
